/*
 * The signals are blocked but for the moments of waiting, so that none can come between the look at the flag and the wait. Stopping
 * (Ctrl-Z) is among them: it counts as giving up, because a shell with its echo off is no place to return to.
 */
#include "login-hidden.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

static const int signals[DG_HIDDEN_SIGNALS] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGTSTP};

static volatile sig_atomic_t came;

static void note(int number)
{
	came = number;
}

/* A signal that is ignored stays so. */
static void catch(int number, struct sigaction *before)
{
	struct sigaction action;

	memset(&action, 0, sizeof action);
	action.sa_handler = note;
	if (sigaction(number, NULL, before) == 0 && before->sa_handler != SIG_IGN)
		(void)sigaction(number, &action, NULL);
}

bool dg_hidden_begin(struct dg_hidden *hidden)
{
	struct termios silent;
	sigset_t blocked;

	if (tcgetattr(STDIN_FILENO, &hidden->before) != 0)
		return false;
	(void)sigemptyset(&blocked);
	for (size_t i = 0; i < DG_HIDDEN_SIGNALS; i++)
		(void)sigaddset(&blocked, signals[i]);
	came = 0;
	if (sigprocmask(SIG_BLOCK, &blocked, &hidden->mask) != 0)
		return false;
	for (size_t i = 0; i < DG_HIDDEN_SIGNALS; i++)
		catch(signals[i], &hidden->actions[i]);
	silent = hidden->before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	/* TCSADRAIN: what was typed ahead stays. */
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &silent) == 0)
		return true;
	dg_hidden_end(hidden);
	return false;
}

bool dg_hidden_interrupted(void)
{
	return came != 0;
}

void dg_hidden_end(const struct dg_hidden *hidden)
{
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &hidden->before);
	for (size_t i = 0; i < DG_HIDDEN_SIGNALS; i++)
		(void)sigaction(signals[i], &hidden->actions[i], NULL);
	/* Still blocked, so that it is there before the mask falls. */
	if (came != 0)
		(void)raise(came);
	(void)sigprocmask(SIG_SETMASK, &hidden->mask, NULL);
}
