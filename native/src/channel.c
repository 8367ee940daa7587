/*
 * Unix socket work. Every wait is poll with what is left of a monotonic deadline; every transfer is MSG_DONTWAIT, so nothing
 * blocks outside poll and connect.
 */
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
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

/* SECURITY: the conversation may write to the standard descriptors; if the host closed one, ours must not take its place. */
static int open_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int moved;

	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	(void)close(fd);
	return moved;
}

/*
 * connect to a full backlog waits for SO_SNDTIMEO, and a zero there would mean for ever. Once the time is over, one last try
 * without waiting: a process that was stopped meanwhile must not conclude that the daemon is not there.
 */
static int bound_connect(int fd, int64_t left_ms)
{
	struct timeval limit;
	int flags;

	if (left_ms > 0) {
		limit.tv_sec = (time_t)(left_ms / 1000);
		limit.tv_usec = (suseconds_t)(left_ms % 1000 * 1000);
		return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	}
	flags = fcntl(fd, F_GETFL);
	return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* SECURITY: only these errors prove that no daemon listens. EMFILE, ENOMEM and the like can be made by the user who logs in
 * (sudo keeps the caller's limits), so they are failures, which no failmode= turns into a way in. */
static enum dg_io judge_connect(int error)
{
	if (error == ENOENT || error == ECONNREFUSED)
		return DG_IO_ENDED;
	return error == EAGAIN ? DG_IO_TIMED_OUT : DG_IO_FAILED;
}

enum dg_io dg_channel_open(const char *path, int64_t deadline, struct dg_channel *channel)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct dg_channel opened = {.fd = open_socket()};
	size_t length = strlen(path);
	int made;

	if (opened.fd < 0)
		return DG_IO_FAILED;
	if (length >= sizeof address.sun_path) {
		dg_channel_close(&opened);
		errno = ENAMETOOLONG;
		return DG_IO_FAILED;
	}
	memcpy(address.sun_path, path, length + 1);
	do {
		made = bound_connect(opened.fd, deadline - dg_channel_now(NULL));
		if (made == 0)
			made = connect(opened.fd, (const struct sockaddr *)&address, sizeof address);
	} while (made != 0 && errno == EINTR);
	if (made != 0) {
		dg_channel_close(&opened);
		return judge_connect(errno);
	}
	*channel = opened;
	return DG_IO_DONE;
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
