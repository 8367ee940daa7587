/*
 * The log goes to authpriv, from the user's own process: the daemon's decision is the record, and this is for the admin who looks for
 * the reason why no decision was made.
 */
#include "login-report.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "login-shell.h"
#include "user-line.h"

static void log_refusal(const char *user, const char *socket, const struct dg_outcome *outcome)
{
	const struct dg_result *result = &outcome->result;
	const char *transaction = result->transaction[0] == '\0' ? "none" : result->transaction;

	if (result->ending == DG_ENDING_BAD_PATH)
		syslog(LOG_ERR, "refused user %s: %.*s: %s", user, (int)outcome->path.length, socket, result->detail);
	else if (result->ending == DG_ENDING_BAD_PEER)
		syslog(LOG_ERR, "refused user %s: %s (socket %s, uid %u)", user, result->detail, socket, (unsigned)outcome->peer);
	else if (result->error != 0)
		syslog(LOG_ERR, "refused user %s: %s: %s (socket %s)", user, result->detail, strerror(result->error), socket);
	else
		syslog(LOG_NOTICE, "refused user %s: %s (socket %s, transaction %s)", user, result->detail, socket, transaction);
}

bool dg_login_report(const char *user, const char *socket, const struct dg_outcome *outcome)
{
	char escaped[DG_ESCAPED_SIZE(DG_ACCOUNT_NAME_MAX)];
	const char *line = dg_user_line(outcome->result.ending);

	/* SECURITY: the one way in, and only equality opens it. */
	if (outcome->result.ending == DG_ENDING_ALLOWED && outcome->result.verdict == DG_VERDICT_ALLOW)
		return true;
	dg_text_escape(user, escaped, sizeof escaped);
	openlog("login_duogate", LOG_PID, LOG_AUTHPRIV);
	log_refusal(escaped, socket, outcome);
	closelog();
	if (line != NULL)
		(void)dprintf(STDERR_FILENO, "%s\n", line);
	return false;
}
