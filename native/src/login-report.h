/*
 * What a transaction's ending means for login_duogate: run the shell, or not. Every ending but an allow refuses; there is no failmode=.
 * Called by login-main, once.
 */
#ifndef DG_LOGIN_REPORT_H
#define DG_LOGIN_REPORT_H

#include <stdbool.h>

#include "attributes.h"
#include "transaction.h"

/* Logs a refusal, tells the user a fixed line when the daemon could not, and returns true for an allow only. */
DG_MUST_CHECK bool dg_login_report(const char *user, const char *socket, const struct dg_outcome *outcome);

#endif
