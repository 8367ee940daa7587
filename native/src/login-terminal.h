/*
 * The user of login_duogate: prompts on standard output, answers from standard input, a byte at a time, so that what is typed behind an
 * answer is left for the shell. No stdio. Where nobody can be asked, standard output belongs to the command (scp, git), and only errors
 * are shown, on standard error. Called by login-main, as the dialogue's struct dg_ui.
 */
#ifndef DG_LOGIN_TERMINAL_H
#define DG_LOGIN_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"
#include "dialogue.h"

struct dg_login_terminal {
	bool interactive;
	bool debug;
	int64_t deadline;	/* monotonic milliseconds: nobody waits for an answer beyond it */
};

/* context is the terminal, which the caller keeps. */
DG_MUST_CHECK struct dg_ui dg_login_terminal_ui(struct dg_login_terminal *terminal);

/* Copies /etc/motd, as it is, to standard output. A file that is not there, or is none, is passed over. */
void dg_login_terminal_show_motd(void);

#endif
