/*
 * The table of report.h. Errors of the system go to the log and never to the user; text for the user is fixed and names no file.
 * Values that a stranger can choose are escaped before they are logged.
 */
#include "report.h"

#include <errno.h>
#include <security/pam_ext.h>
#include <string.h>
#include <syslog.h>

#include "converse.h"
#include "user-line.h"

static int verdict_code(uint32_t verdict)
{
	switch (verdict) {
	case DG_VERDICT_DENY:
		return PAM_AUTH_ERR;
	case DG_VERDICT_MAX_TRIES:
		return PAM_MAXTRIES;
	case DG_VERDICT_UNAVAILABLE:
		return PAM_AUTHINFO_UNAVAIL;
	case DG_VERDICT_ABORTED:
		return PAM_ABORT;
	case DG_VERDICT_MISCONFIGURED:
		return PAM_SERVICE_ERR;
	default:
		return PAM_SYSTEM_ERR;
	}
}

/* SECURITY: each of the two ways in is named here, and only equality opens it. */
static int pam_code(const struct dg_args *args, const struct dg_result *result)
{
	if (result->ending == DG_ENDING_ALLOWED && result->verdict == DG_VERDICT_ALLOW)
		return PAM_SUCCESS;
	if (result->ending == DG_ENDING_UNREACHABLE && args->failmode == DG_FAILMODE_SAFE)
		return PAM_SUCCESS;
	switch (result->ending) {
	case DG_ENDING_VERDICT:
		return verdict_code(result->verdict);
	case DG_ENDING_UNREACHABLE:
	case DG_ENDING_CROWDED:
		return PAM_AUTHINFO_UNAVAIL;
	case DG_ENDING_LOST:
	case DG_ENDING_TIMED_OUT:
	case DG_ENDING_LATE_ANSWER:
		return PAM_AUTH_ERR;
	case DG_ENDING_OTHER_VERSION:
		return PAM_SERVICE_ERR;
	case DG_ENDING_REFUSED:
	case DG_ENDING_BAD_PATH:
	case DG_ENDING_BAD_PEER:
	case DG_ENDING_FAILED:
	case DG_ENDING_ALLOWED:
		break;
	}
	return PAM_SYSTEM_ERR;
}

/* The transaction's id finds the daemon's own lines about it. */
static const char *transaction_id(const struct dg_outcome *outcome)
{
	return outcome->result.transaction[0] == '\0' ? "none" : outcome->result.transaction;
}

static void log_unreachable(pam_handle_t *pamh, const struct dg_args *args, const char *user, const struct dg_outcome *outcome)
{
	bool safe = args->failmode == DG_FAILMODE_SAFE;

	pam_syslog(pamh, safe ? LOG_WARNING : LOG_ERR, "duogated cannot be reached at %s: %s; %s %s. Start it: systemctl start duogated.socket",
		   args->socket, outcome->result.detail,
		   safe ? "failmode=safe lets in, without a second factor, user" : "failmode=secure refuses user", user);
}

static void log_path(pam_handle_t *pamh, const struct dg_args *args, const char *user, const struct dg_outcome *outcome)
{
	const struct dg_path_finding *path = &outcome->path;

	if (path->fault == DG_PATH_OWNER)
		pam_syslog(pamh, LOG_ERR, "refused user %s: %.*s belongs to uid %u; it must belong to root (or owner=). Find out who made it, then chown it",
			   user, (int)path->length, args->socket, (unsigned)path->uid);
	else if (path->fault == DG_PATH_FAILED) {
		errno = path->error;
		pam_syslog(pamh, LOG_ERR, "refused user %s: cannot examine %.*s: %m. Check its permissions and this process's limits", user,
			   (int)path->length, args->socket);
	} else
		pam_syslog(pamh, LOG_ERR, "refused user %s: %.*s %s", user, (int)path->length, args->socket, dg_path_advice(path->fault));
}

static void log_failure(pam_handle_t *pamh, const struct dg_args *args, const char *user, const struct dg_result *result)
{
	if (result->error == 0) {
		pam_syslog(pamh, LOG_ERR, "refused user %s: %s (socket %s)", user, result->detail, args->socket);
		return;
	}
	errno = result->error;
	pam_syslog(pamh, LOG_ERR, "refused user %s: %s %s: %m. This is trouble of this process, not of duogated, so failmode= does not apply", user,
		   result->detail, args->socket);
}

static void log_outcome(pam_handle_t *pamh, const struct dg_args *args, const char *user, const struct dg_outcome *outcome)
{
	const struct dg_result *result = &outcome->result;

	switch (result->ending) {
	case DG_ENDING_ALLOWED:
		if (args->debug)
			pam_syslog(pamh, LOG_DEBUG, "allowed user %s (transaction %s)", user, transaction_id(outcome));
		break;
	case DG_ENDING_VERDICT:
		pam_syslog(pamh, LOG_NOTICE, "refused user %s: verdict %s (transaction %s)", user, result->detail, transaction_id(outcome));
		break;
	case DG_ENDING_UNREACHABLE:
		log_unreachable(pamh, args, user, outcome);
		break;
	case DG_ENDING_CROWDED:
		pam_syslog(pamh, LOG_ERR,
			   "refused user %s: duogated does not answer at %s: %s. Others may connect there and keep it busy, so failmode= does not "
			   "apply. See: systemctl status duogated, duogate status",
			   user, args->socket, outcome->result.detail);
		break;
	case DG_ENDING_BAD_PATH:
		log_path(pamh, args, user, outcome);
		break;
	case DG_ENDING_BAD_PEER:
		pam_syslog(pamh, LOG_ERR, "refused user %s: the process behind %s runs as uid %u; duogated runs as root or as user duogate. Find that process",
			   user, args->socket, (unsigned)outcome->peer);
		break;
	case DG_ENDING_REFUSED:
		pam_syslog(pamh, LOG_ERR, "refused user %s: duogated broke the protocol: %s (transaction %s). Install the module and duogated from one release",
			   user, result->detail, transaction_id(outcome));
		break;
	case DG_ENDING_OTHER_VERSION:
		pam_syslog(pamh, LOG_ERR, "refused user %s: %s. Upgrade the older of the module and duogated, then restart this service", user,
			   result->detail);
		break;
	case DG_ENDING_LOST:
	case DG_ENDING_TIMED_OUT:
	case DG_ENDING_LATE_ANSWER:
		pam_syslog(pamh, LOG_ERR, "refused user %s: %s (transaction %s)", user, result->detail, transaction_id(outcome));
		break;
	case DG_ENDING_FAILED:
		log_failure(pamh, args, user, result);
		break;
	}
}

int dg_report_outcome(pam_handle_t *pamh, const struct dg_args *args, const struct dg_facts *facts, const struct dg_outcome *outcome)
{
	char user[DG_ESCAPED_SIZE(DG_USER_MAX)];
	int code = pam_code(args, &outcome->result);
	const char *line = dg_user_line(outcome->result.ending);

	dg_text_escape(facts->user, user, sizeof user);
	log_outcome(pamh, args, user, outcome);
	if (line != NULL && code != PAM_SUCCESS)
		dg_converse_show(pamh, true, line);
	if (code != PAM_SUCCESS)
		return code;
	if (!dg_facts_same_user(pamh, facts)) {
		pam_syslog(pamh, LOG_ALERT, "refused user %s: the application or another module changed PAM_USER during the login", user);
		return PAM_AUTH_ERR;
	}
	return PAM_SUCCESS;
}
