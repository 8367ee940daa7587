/*
 * The real transport over real sockets: deadlines under a storm of signals, a full backlog, the descriptor's number and flags, and that
 * receive leaves the next frame where quiet sees it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "channel.h"
#include "peer.h"
#include "tap.h"

static volatile sig_atomic_t signals;

static void on_signal(int number)
{
	(void)number;
	signals++;
}

/* A signal every 5 ms without SA_RESTART: every wait is interrupted many times. */
static void storm(bool on)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct itimerval timer = {.it_interval = {.tv_usec = on ? 5000 : 0}, .it_value = {.tv_usec = on ? 5000 : 0}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static char path[100];

static int listen_on(int backlog)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	unlink(path);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 || listen(fd, backlog) != 0)
		perror(path);
	return fd;
}

static bool took(int64_t since, int64_t least, int64_t most)
{
	int64_t ms = dg_channel_now(NULL) - since;

	return ms >= least && ms <= most;
}

static void check_open(struct tap *tap)
{
	struct dg_channel channel = {.fd = -7};
	uid_t uid = (uid_t)-1;
	int datagram = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int saved = dup(STDIN_FILENO), listener;

	unlink(path);
	tap_ok(tap, dg_channel_open(path, dg_channel_now(NULL) + 1000, &channel) == DG_IO_ENDED && errno == ENOENT && channel.fd == -7, "no socket");
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	tap_ok(tap, bind(datagram, (const struct sockaddr *)&address, sizeof address) == 0 &&
		       dg_channel_open(path, dg_channel_now(NULL) + 1000, &channel) == DG_IO_FAILED,
	       "a socket of another kind is a failure, not an absent daemon");
	close(datagram);
	listener = listen_on(5);
	close(STDIN_FILENO);
	tap_ok(tap, dg_channel_open(path, dg_channel_now(NULL) + 1000, &channel) == DG_IO_DONE && channel.fd > 2, "a descriptor above 2, though 0 is free");
	tap_ok(tap, fcntl(STDIN_FILENO, F_GETFD) == -1, "and 0 is free again");
	tap_ok(tap, (fcntl(channel.fd, F_GETFD) & FD_CLOEXEC) != 0, "close-on-exec");
	tap_ok(tap, dg_peer_check(channel.fd, getuid(), &uid) == DG_PEER_OK && uid == getuid(), "the owner's process is genuine");
	tap_ok(tap, getuid() == 0 || dg_peer_check(channel.fd, 0, &uid) == DG_PEER_STRANGER, "another user's process is not");
	tap_ok(tap, dg_peer_check(-1, 0, &uid) == DG_PEER_FAILED, "no socket is no peer");
	dg_channel_close(&channel);
	dup2(saved, STDIN_FILENO);
	close(saved);
	tap_ok(tap, dg_channel_open(path, dg_channel_now(NULL) + 1000, &channel) == DG_IO_DONE && (fcntl(channel.fd, F_GETFD) & FD_CLOEXEC) != 0,
	       "close-on-exec where no descriptor had to be moved");
	dg_channel_close(&channel);
	close(listener);
	tap_ok(tap, dg_channel_open(path, dg_channel_now(NULL) + 1000, &channel) == DG_IO_ENDED && errno == ECONNREFUSED, "nobody listens");
}

/* SECURITY: the caller of sudo sets this limit. It must not look like an absent daemon, which failmode=safe lets in. */
static void check_no_descriptors(struct tap *tap)
{
	struct rlimit before, none;
	struct dg_channel channel;
	enum dg_io io;

	getrlimit(RLIMIT_NOFILE, &before);
	none = before;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &none);
	io = dg_channel_open(path, dg_channel_now(NULL) + 1000, &channel);
	setrlimit(RLIMIT_NOFILE, &before);
	tap_ok(tap, io == DG_IO_FAILED, "no descriptor to be had is a failure, not an absent daemon");
}

static void check_backlog(struct tap *tap)
{
	int listener = listen_on(0);
	struct dg_channel held[64], channel;
	int64_t began;
	int count = 0;

	while (count < 64 && dg_channel_open(path, 0, &held[count]) == DG_IO_DONE)
		count++;
	tap_ok(tap, count > 0 && count < 64, "a deadline in the past still connects, until the backlog is full (%d)", count);
	storm(true);
	began = dg_channel_now(NULL);
	tap_ok(tap, dg_channel_open(path, began + 300, &channel) == DG_IO_TIMED_OUT && took(began, 290, 10000), "a full backlog is bounded, under signals");
	storm(false);
	while (count > 0)
		dg_channel_close(&held[--count]);
	close(listener);
}

static void check_receive(struct tap *tap)
{
	int pair[2];
	struct dg_channel channel;
	struct dg_transport t;
	unsigned char bytes[8];
	size_t got = 0;
	int64_t began;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		perror("socketpair");
	channel.fd = pair[0];
	t = dg_channel_transport(&channel);
	storm(true);
	began = t.now(t.context);
	tap_ok(tap, t.receive(t.context, bytes, 4, began + 200, &got) == DG_IO_TIMED_OUT && got == 0 && took(began, 190, 10000), "silence, under signals");
	storm(false);
	tap_ok(tap, signals > 10, "there were signals");
	tap_ok(tap, t.quiet(t.context) == DG_IO_DONE, "an empty queue is quiet");
	tap_ok(tap, write(pair[1], "abcdef", 6) == 6 && t.receive(t.context, bytes, 4, 0, &got) == DG_IO_DONE && memcmp(bytes, "abcd", 4) == 0,
	       "what is there is taken after the deadline");
	tap_ok(tap, t.quiet(t.context) == DG_IO_PENDING, "and what follows stays in the queue");
	got = 0;
	tap_ok(tap, t.receive(t.context, bytes, 4, 0, &got) == DG_IO_TIMED_OUT && got == 2, "but a part that is there does not get more time");
	tap_ok(tap, t.send(t.context, bytes, 4, 0) == DG_IO_DONE, "there is room to send");
	close(pair[1]);
	got = 0;
	/* The peer left with unread bytes: first a reset, then the end. */
	tap_ok(tap, t.receive(t.context, bytes, 4, began + 1000, &got) == DG_IO_ENDED && got == 0, "the end of the stream");
	tap_ok(tap, t.quiet(t.context) == DG_IO_ENDED, "is not quiet");
	tap_ok(tap, t.send(t.context, bytes, 4, began + 1000) == DG_IO_ENDED, "sending to nobody ends, without SIGPIPE");
	dg_channel_close(&channel);
	tap_ok(tap, channel.fd == -1 && t.quiet(t.context) == DG_IO_FAILED, "a closed channel fails");
}

static void check_full_queue(struct tap *tap)
{
	static unsigned char much[1 << 20];
	int pair[2];
	struct dg_channel channel;
	struct dg_transport t;
	int64_t began;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		perror("socketpair");
	channel.fd = pair[0];
	t = dg_channel_transport(&channel);
	began = t.now(t.context);
	tap_ok(tap, t.send(t.context, much, sizeof much, began + 200) == DG_IO_TIMED_OUT && took(began, 190, 10000), "a reader who does not read is bounded");
	close(pair[0]);
	close(pair[1]);
}

int main(void)
{
	struct tap tap = {0};
	const char *base = getenv("TMPDIR");

	snprintf(path, sizeof path, "%s/dg-channel-%d.sock", base == NULL ? "/tmp" : base, (int)getpid());
	check_open(&tap);
	check_no_descriptors(&tap);
	check_backlog(&tap);
	check_receive(&tap);
	check_full_queue(&tap);
	unlink(path);
	return tap_end(&tap);
}
