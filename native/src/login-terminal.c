/*
 * Writing and reading. A write that fails at a prompt cancels it: a question that nobody saw has no answer.
 */
#include "login-terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channel.h"
#include "login-hidden.h"

#define MOTD "/etc/motd"
/* More is no message of the day. */
#define MOTD_MAX (64 * 1024)

static bool write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t count = write(fd, bytes, length);

		if (count < 0 && errno == EAGAIN) {
			struct pollfd waited = {.fd = fd, .events = POLLOUT};

			(void)poll(&waited, 1, -1);
		} else if (count < 0 && errno != EINTR) {
			return false;
		} else if (count > 0) {
			bytes += count;
			length -= (size_t)count;
		}
	}
	return true;
}

static void write_line(int fd, const char *text)
{
	size_t length = strlen(text);

	if (write_all(fd, text, length) && (length == 0 || text[length - 1] != '\n'))
		(void)write_all(fd, "\n", 1);
}

static void show(void *context, bool is_error, const char *text)
{
	const struct dg_login_terminal *terminal = context;

	if (is_error)
		write_line(STDERR_FILENO, text);
	else if (terminal->interactive)
		write_line(STDOUT_FILENO, text);
}

/* False at the deadline, or when a signal came in hidden typing. */
static bool wait_for_key(const struct dg_login_terminal *terminal, const struct dg_hidden *hidden)
{
	for (;;) {
		struct pollfd waited = {.fd = STDIN_FILENO, .events = POLLIN};
		int64_t left = terminal->deadline - dg_channel_now(NULL);
		struct timespec limit = {.tv_sec = (time_t)(left / 1000), .tv_nsec = (long)(left % 1000) * 1000000};
		int ready;

		if (left <= 0 || (hidden != NULL && dg_hidden_interrupted()))
			return false;
		ready = ppoll(&waited, 1, &limit, hidden == NULL ? NULL : &hidden->mask);
		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR)
			return false;
	}
}

/* A byte at a time, to the end of the line: the next byte is not ours. False: no line, or one that is too long. */
static bool read_line(const struct dg_login_terminal *terminal, const struct dg_hidden *hidden, struct dg_answer *answer)
{
	size_t length = 0;
	unsigned char byte;

	while (wait_for_key(terminal, hidden)) {
		ssize_t count = read(STDIN_FILENO, &byte, 1);

		if (count < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (count <= 0)
			return false;
		if (byte == '\n') {
			answer->length = length <= sizeof answer->text ? length : 0;
			return length <= sizeof answer->text;
		}
		if (length < sizeof answer->text)
			answer->text[length] = byte;
		length += length <= sizeof answer->text ? 1 : 0;
	}
	return false;
}

static bool ask_hidden(const struct dg_login_terminal *terminal, const char *text, struct dg_answer *answer)
{
	struct dg_hidden hidden;
	bool given;

	/* SECURITY: what must not be shown is not asked for where it would be. Silence comes before the question. */
	if (!dg_hidden_begin(&hidden))
		return false;
	given = write_all(STDOUT_FILENO, text, strlen(text)) && read_line(terminal, &hidden, answer);
	/* The Enter was not shown either. */
	(void)write_all(STDOUT_FILENO, "\n", 1);
	dg_hidden_end(&hidden);
	return given;
}

static bool ask_shown(const struct dg_login_terminal *terminal, const char *text, struct dg_answer *answer)
{
	bool given = write_all(STDOUT_FILENO, text, strlen(text)) && read_line(terminal, NULL, answer);

	/* No Enter has ended the prompt's line. */
	if (!given)
		(void)write_all(STDOUT_FILENO, "\n", 1);
	return given;
}

static bool ask(void *context, bool echo, const char *text, struct dg_answer *answer)
{
	const struct dg_login_terminal *terminal = context;
	bool given;

	if (!terminal->interactive)
		return false;
	given = echo ? ask_shown(terminal, text, answer) : ask_hidden(terminal, text, answer);
	if (!given)
		explicit_bzero(answer, sizeof *answer);
	while (given && answer->length > 0 && answer->text[answer->length - 1] == '\r')
		answer->length--;
	return given;
}

static void trace(void *context, const char *did, const char *what)
{
	const struct dg_login_terminal *terminal = context;

	if (!terminal->debug)
		return;
	(void)write_all(STDERR_FILENO, did, strlen(did));
	(void)write_all(STDERR_FILENO, " ", 1);
	write_line(STDERR_FILENO, what);
}

struct dg_ui dg_login_terminal_ui(struct dg_login_terminal *terminal)
{
	struct dg_ui ui = {.context = terminal, .show = show, .ask = ask, .trace = trace};

	return ui;
}

void dg_login_terminal_show_motd(void)
{
	/* O_NONBLOCK: a FIFO in its place must not hold the login up. */
	int fd = open(MOTD, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status;
	char bytes[4096];
	size_t shown = 0;

	if (fd < 0)
		return;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		ssize_t count = read(fd, bytes, sizeof bytes);

		while (count > 0 && shown < MOTD_MAX && write_all(STDOUT_FILENO, bytes, (size_t)count)) {
			shown += (size_t)count;
			count = read(fd, bytes, sizeof bytes);
		}
	}
	(void)close(fd);
}
