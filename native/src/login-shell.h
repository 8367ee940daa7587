/*
 * The account behind the real uid, the shell that a login ends in, and starting it. Decides nothing about the second factor. Called by
 * login-main: find before the login, run after an allow.
 */
#ifndef DG_LOGIN_SHELL_H
#define DG_LOGIN_SHELL_H

#include <limits.h>
#include <stdbool.h>

#include "attributes.h"

#define DG_ACCOUNT_NAME_MAX 256

struct dg_login_shell {
	char user[DG_ACCOUNT_NAME_MAX + 1];
	char path[PATH_MAX];
	bool instead;	/* the account's shell is login_duogate itself, and path is the one that it stands for */
};

/*
 * Looks the real uid up. NULL, or what is wrong (static, for the user). A shell that is not set is /bin/sh. Where login_duogate is the
 * account's shell, the name tells which one it stands for: a link duogate-NAME means /bin/NAME, anything else /bin/sh.
 */
DG_MUST_CHECK const char *dg_login_shell_find(struct dg_login_shell *shell);

/*
 * Becomes the shell: with `-c command`, or as a login shell when command is NULL. Returns only when it cannot be started, and has
 * said so then.
 */
void dg_login_shell_run(const struct dg_login_shell *shell, const char *command);

/* words joined by single blanks, as `sh -c` takes them; for the life of the process. NULL without memory. */
DG_MUST_CHECK char *dg_login_shell_join(char *const *words);

#endif
