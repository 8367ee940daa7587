/*
 * Connecting to the daemon's socket within a deadline, and judging why it failed: that judgement is where failmode= begins.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "channel.h"

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
