/*
 * Shells. COMPAT(duo_unix): the user's own shell, `-c` with a command, a dash before its name without one; there, an empty shell field
 * fails and login_duo as the account's shell starts itself for ever.
 */
#include "login-shell.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#define DEFAULT_SHELL "/bin/sh"
#define STANDS_FOR "duogate-"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static bool is_this_program(const char *path)
{
	struct stat own, other;

	return stat("/proc/self/exe", &own) == 0 && stat(path, &other) == 0 && own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

static bool copy(char *to, size_t size, const char *before, const char *text)
{
	int length = snprintf(to, size, "%s%s", before, text);

	return length >= 0 && (size_t)length < size;
}

static const char *find_path(const char *entry, struct dg_login_shell *shell)
{
	const char *name = base_name(entry);
	size_t prefix = sizeof STANDS_FOR - 1;
	bool copied;

	shell->instead = is_this_program(entry);
	if (!shell->instead)
		copied = copy(shell->path, sizeof shell->path, "", *entry == '\0' ? DEFAULT_SHELL : entry);
	else if (strncmp(name, STANDS_FOR, prefix) == 0 && name[prefix] != '\0')
		copied = copy(shell->path, sizeof shell->path, "/bin/", name + prefix);
	else
		copied = copy(shell->path, sizeof shell->path, "", DEFAULT_SHELL);
	if (!copied)
		return "the path of this account's shell is too long";
	if (shell->instead && is_this_program(shell->path))
		return "the shell that this account's shell stands for is login_duogate again";
	return NULL;
}

const char *dg_login_shell_find(struct dg_login_shell *shell)
{
	const struct passwd *entry;

	errno = 0;
	entry = getpwuid(getuid());
	if (entry == NULL)
		return errno == 0 ? "this user has no account" : "this user's account could not be looked up";
	if (!copy(shell->user, sizeof shell->user, "", entry->pw_name) || *shell->user == '\0' ||
	    !dg_text_is_text((const unsigned char *)shell->user, strlen(shell->user)))
		return "the user name is empty, longer than 256 bytes, or not UTF-8";
	return find_path(entry->pw_shell == NULL ? "" : entry->pw_shell, shell);
}

void dg_login_shell_run(const struct dg_login_shell *shell, const char *command)
{
	char path[PATH_MAX], name[PATH_MAX + 1], dash_c[] = "-c";
	char *copied = command == NULL ? NULL : strdup(command);
	char *with_command[] = {name, dash_c, copied, NULL};
	char *as_login[] = {name, NULL};

	(void)copy(path, sizeof path, "", shell->path);
	(void)copy(name, sizeof name, command == NULL ? "-" : "", base_name(path));
	/* Programs that start $SHELL for the user would ask for a second factor each time. */
	if ((command != NULL && copied == NULL) || (shell->instead && setenv("SHELL", path, 1) != 0))
		errno = ENOMEM;
	else
		(void)execv(path, command == NULL ? as_login : with_command);
	(void)dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
	free(copied);
}

char *dg_login_shell_join(char *const *words)
{
	size_t size = 1;
	char *joined, *at;

	for (size_t i = 0; words[i] != NULL; i++)
		size += strlen(words[i]) + 1;
	joined = malloc(size);
	if (joined == NULL)
		return NULL;
	at = joined;
	*at = '\0';
	for (size_t i = 0; words[i] != NULL; i++) {
		at = i == 0 ? at : stpcpy(at, " ");
		at = stpcpy(at, words[i]);
	}
	return joined;
}
