/*
 * What login_duogate takes from its environment: the factor, which it removes, and what sshd left there. Everything else in it is the
 * user's and goes on to the shell as it is. Called by login-main.
 */
#ifndef DG_LOGIN_ENVIRONMENT_H
#define DG_LOGIN_ENVIRONMENT_H

#include <stddef.h>

#include "attributes.h"
#include "text.h"

#define DG_FACTOR_MAX 255

enum dg_factor_fault { DG_FACTOR_OK = 0, DG_FACTOR_TOO_LONG, DG_FACTOR_NO_TEXT };

/* The caller wipes it as soon as START has left. */
struct dg_login_factor {
	unsigned char text[DG_FACTOR_MAX];
	size_t length;	/* 0: none was given */
};

/*
 * Takes DUO_PASSCODE: copies it, overwrites every copy that lies in the environment, and removes it. On a fault it is removed all the
 * same, and factor is empty. An empty value counts as none.
 */
DG_MUST_CHECK enum dg_factor_fault dg_login_environment_take_factor(struct dg_login_factor *factor);

/*
 * The client's address: the first word of SSH_CONNECTION, or fallback (which may be NULL) where that is unset. Written to to[max] as a
 * text, cut to fit. Returns its length; 0 is unknown.
 */
DG_MUST_CHECK size_t dg_login_environment_client(const char *fallback, unsigned char *to, size_t max);

/* SSH_ORIGINAL_COMMAND: NULL when it is unset; it may be empty. Borrowed. */
DG_MUST_CHECK const char *dg_login_environment_command(void);

#endif
