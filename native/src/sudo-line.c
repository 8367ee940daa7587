/*
 * sudo's own options, as sudo and sudo-rs read them: up to the command, `--`, or the end. SECURITY: the caller wrote this line, and
 * can get nothing by it: the only thing that it can bring about is a refusal of the caller's own login.
 */
#include "sudo-line.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The options come first: what a longer line holds behind this is its command. */
#define LINE_MAX_BYTES 4096

static const char short_with_value[] = "CDghpRrTtUu";
static const char *const long_with_value[] = {"--chdir",  "--chroot", "--close-from", "--command-timeout", "--group", "--host",
					      "--other-user", "--prompt", "--role",	    "--type",		 "--user"};

enum option { NONE, ASKS_NOBODY, TAKES_NEXT, PLAIN };

static enum option read_short(const char *argument)
{
	for (const char *letter = argument + 1; *letter != '\0'; letter++) {
		if (*letter == 'n')
			return ASKS_NOBODY;
		if (strchr(short_with_value, *letter) != NULL)
			return letter[1] == '\0' ? TAKES_NEXT : PLAIN;
	}
	return PLAIN;
}

static enum option read_long(const char *argument)
{
	if (strcmp(argument, "--non-interactive") == 0)
		return ASKS_NOBODY;
	for (size_t i = 0; i < sizeof long_with_value / sizeof long_with_value[0]; i++) {
		if (strcmp(argument, long_with_value[i]) == 0)
			return TAKES_NEXT;
	}
	return PLAIN;
}

/* NONE: the options are over. A variable for the command (NAME=value) may stand between them. */
static enum option read_option(const char *argument)
{
	if (strcmp(argument, "--") == 0 || strcmp(argument, "-") == 0)
		return NONE;
	if (argument[0] == '-')
		return argument[1] == '-' ? read_long(argument) : read_short(argument);
	return argument[strcspn(argument, "=/")] == '=' ? PLAIN : NONE;
}

/* Moves to the next whole argument; NULL when there is none. */
static const char *next_argument(const char **at, const char *end)
{
	const char *argument = *at;
	const char *nul = argument == end ? NULL : memchr(argument, '\0', (size_t)(end - argument));

	if (nul == NULL)
		return NULL;
	*at = nul + 1;
	return argument;
}

bool dg_sudo_line_asks_nobody(const char *arguments, size_t length)
{
	const char *at = arguments, *end = arguments + length;
	const char *argument = next_argument(&at, end);
	enum option option = PLAIN;

	while (argument != NULL && option != NONE && option != ASKS_NOBODY) {
		argument = next_argument(&at, end);
		if (argument == NULL)
			return false;
		option = option == TAKES_NEXT ? PLAIN : read_option(argument);
	}
	return option == ASKS_NOBODY;
}

bool dg_sudo_line_of_process(void)
{
	char line[LINE_MAX_BYTES];
	size_t length = 0;
	ssize_t got = 1;
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	while (got > 0 && length < sizeof line) {
		got = read(fd, line + length, sizeof line - length);
		length += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	return dg_sudo_line_asks_nobody(line, length);
}
