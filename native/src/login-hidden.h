/*
 * Typing that is not shown: the terminal's echo off, and on again whatever happens, signals that end the program included. One at a time.
 * Called by login-terminal.
 */
#ifndef DG_LOGIN_HIDDEN_H
#define DG_LOGIN_HIDDEN_H

#include <signal.h>
#include <stdbool.h>
#include <termios.h>

#include "attributes.h"

#define DG_HIDDEN_SIGNALS 5

struct dg_hidden {
	struct termios before;
	struct sigaction actions[DG_HIDDEN_SIGNALS];
	sigset_t mask;		/* as it was: what a wait must let through, with ppoll */
};

/* False: the echo cannot be switched off, and nothing has changed. */
DG_MUST_CHECK bool dg_hidden_begin(struct dg_hidden *hidden);

/* True once a signal wants the program to end: waiting stops, and end lets the signal do its work. */
DG_MUST_CHECK bool dg_hidden_interrupted(void);

/* Puts everything back as it was, then raises the signal that came meanwhile. */
void dg_hidden_end(const struct dg_hidden *hidden);

#endif
