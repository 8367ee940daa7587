/*
 * Transfers over the connected socket (channel-open.c makes it). Every wait is poll with what is left of a monotonic deadline; every transfer is MSG_DONTWAIT, so nothing
 * blocks outside poll.
 */
#include "channel.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t dg_channel_now(void *context)
{
	struct timespec now = {0};

	(void)context;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void dg_channel_close(struct dg_channel *channel)
{
	int saved = errno;

	/* No retry on EINTR: Linux has closed it, and another thread may own the number by now. */
	(void)close(channel->fd);
	channel->fd = -1;
	errno = saved;
}

static enum dg_io wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd waited = {.fd = fd, .events = events};

	for (;;) {
		int64_t left = deadline - dg_channel_now(NULL);
		int ready;

		left = left < 0 ? 0 : left;
		ready = poll(&waited, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (ready > 0)
			return DG_IO_DONE;
		if (ready < 0 && errno != EINTR)
			return DG_IO_FAILED;
		/* poll may wake a moment early, and EINTR at any time: only the clock ends the wait. */
		if (ready == 0 && left == 0)
			return DG_IO_TIMED_OUT;
	}
}

/* DG_IO_DONE: try again. */
static enum dg_io judge_transfer(int error)
{
	if (error == EINTR || error == EAGAIN)
		return DG_IO_DONE;
	return error == EPIPE || error == ECONNRESET ? DG_IO_ENDED : DG_IO_FAILED;
}

static enum dg_io channel_send(void *context, const unsigned char *bytes, size_t length, int64_t deadline)
{
	const struct dg_channel *channel = context;
	size_t sent = 0;

	while (sent < length) {
		enum dg_io io = wait_for(channel->fd, POLLOUT, deadline);
		ssize_t count;

		if (io != DG_IO_DONE)
			return io;
		count = send(channel->fd, bytes + sent, length - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (count < 0) {
			io = judge_transfer(errno);
			if (io != DG_IO_DONE)
				return io;
			continue;
		}
		sent += (size_t)count;
	}
	return DG_IO_DONE;
}

static enum dg_io channel_receive(void *context, unsigned char *bytes, size_t length, int64_t deadline, size_t *got)
{
	const struct dg_channel *channel = context;

	while (*got < length) {
		enum dg_io io;
		ssize_t count;

		io = wait_for(channel->fd, POLLIN, deadline);
		if (io != DG_IO_DONE)
			return io;
		count = recv(channel->fd, bytes + *got, length - *got, MSG_DONTWAIT);
		if (count == 0)
			return DG_IO_ENDED;
		if (count < 0) {
			io = judge_transfer(errno);
			if (io != DG_IO_DONE)
				return io;
			continue;
		}
		*got += (size_t)count;
	}
	return DG_IO_DONE;
}

static enum dg_io channel_quiet(void *context)
{
	const struct dg_channel *channel = context;
	unsigned char byte;
	ssize_t count;

	do
		count = recv(channel->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	while (count < 0 && errno == EINTR);
	if (count > 0)
		return DG_IO_PENDING;
	if (count == 0)
		return DG_IO_ENDED;
	return judge_transfer(errno);
}

struct dg_transport dg_channel_transport(struct dg_channel *channel)
{
	struct dg_transport transport = {
		.context = channel,
		.now = dg_channel_now,
		.send = channel_send,
		.receive = channel_receive,
		.quiet = channel_quiet,
	};

	return transport;
}
