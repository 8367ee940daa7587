/*
 * The command line of login_duogate. Parses and judges, and prints what is wrong on standard error; does not decide who may use -f
 * (the daemon does). Called by login-main, once.
 */
#ifndef DG_LOGIN_ARGS_H
#define DG_LOGIN_ARGS_H

#include <stdbool.h>

#include "args.h"
#include "attributes.h"

struct dg_login_args {
	const char *command;	/* -c: how sshd and su run a command through a login shell; else NULL */
	const char *duo_user;	/* -f, else NULL */
	const char *host;	/* -h, else NULL */
	bool motd;		/* -m */
	bool debug;		/* -d, or -o debug */
	bool any_other;		/* some option beside -c was given */
	struct dg_args common;	/* from -o; failmode is always secure */
	char **words;		/* the command's words, ended by NULL; borrowed from argv */
};

/* False: nothing may be run, and the exit status is 1; everything has been said, -v included. */
DG_MUST_CHECK bool dg_login_args_parse(int argc, char **argv, struct dg_login_args *args);

#endif
