/*
 * The PAM entry points, the only names that leave the shared object. Keeps no state but one mark with the handle, whose
 * login was refused: each call owns what it uses, so two threads do not meet. Takes a login through arguments, facts, transaction and report.
 */
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "args.h"
#include "attributes.h"
#include "converse.h"
#include "facts.h"
#include "report.h"
#include "transaction.h"

/* The longest part of a stranger's value that a log line shows. */
#define LOGGED_MAX 300

/* Kept with the handle: the user whose login was last refused with it. */
#define REFUSED_NAME "duogate-refused"

struct host {
	pam_handle_t *pamh;
	bool debug;
};

static void report_argument(void *context, const char *argument, const char *instead)
{
	char escaped[DG_ESCAPED_SIZE(LOGGED_MAX)];

	dg_text_escape(argument, escaped, sizeof escaped);
	pam_syslog(context, LOG_ERR, "module argument \"%s\" %s; every login through this line is refused until it is mended", escaped, instead);
}

static void show(void *context, bool is_error, const char *text)
{
	const struct host *host = context;

	dg_converse_show(host->pamh, is_error, text);
}

static bool ask(void *context, bool echo, const char *text, struct dg_answer *answer)
{
	const struct host *host = context;
	enum dg_converse_result result = dg_converse_ask(host->pamh, echo, text, answer);

	if (result == DG_CONVERSE_TOO_LONG)
		pam_syslog(host->pamh, LOG_NOTICE, "an answer of more than %d bytes counts as cancelled", DG_ANSWER_MAX);
	return result == DG_CONVERSE_GIVEN;
}

static void trace(void *context, const char *did, const char *what)
{
	const struct host *host = context;

	if (host->debug)
		pam_syslog(host->pamh, LOG_DEBUG, "%s %s", did, what);
}

static void drop_mark(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	free(data);
}

static bool was_refused(const pam_handle_t *pamh, const char *user)
{
	const void *data = NULL;

	return pam_get_data(pamh, REFUSED_NAME, &data) == PAM_SUCCESS && data != NULL && strcmp(data, user) == 0;
}

/*
 * sudo, login and screen lockers ask again by themselves after a refusal, with the same handle, and so does a second line of one stack.
 * A failure here costs the mark alone: the next call is then a first one.
 */
static void mark_refused(pam_handle_t *pamh, const char *user)
{
	char *mark = strdup(user);

	if (mark != NULL && pam_set_data(pamh, REFUSED_NAME, mark, drop_mark) != PAM_SUCCESS)
		free(mark);
}

static int refuse_facts(pam_handle_t *pamh, int code, const char *problem, const char *value)
{
	char escaped[DG_ESCAPED_SIZE(LOGGED_MAX)];

	if (code == PAM_INCOMPLETE)
		return code;
	dg_text_escape(value == NULL ? "" : value, escaped, sizeof escaped);
	pam_syslog(pamh, LOG_ERR, "refused: %s: \"%s\"", problem, escaped);
	return code;
}

/*
 * PROTOCOL: section 2, flags. PAM_SILENT is not heeded: sudo always sets it, and a user must be told why a login waits or fails.
 * COMPAT(duo_unix): pam_duo does the same.
 */
DG_EXPORT int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct host host = {.pamh = pamh};
	struct dg_ui ui = {.context = &host, .show = show, .ask = ask, .trace = trace};
	struct dg_transaction transaction;
	struct dg_outcome outcome;
	struct dg_args args;
	struct dg_facts facts;
	const char *problem, *value;
	int code;

	(void)flags;
	if (!dg_args_parse(argc, argv, geteuid() == 0, report_argument, pamh, &args))
		return PAM_SERVICE_ERR;
	host.debug = args.debug;
	code = dg_facts_gather(pamh, &facts, &problem, &value);
	if (code != PAM_SUCCESS) {
		code = refuse_facts(pamh, code, problem, value);
		goto wipe;
	}
	if (was_refused(pamh, facts.user))
		facts.start.flags |= DG_FLAG_AGAIN;
	transaction = (struct dg_transaction){.path = args.socket, .owner = args.owner, .timeout_ms = args.timeout_ms};
	dg_transaction_run(&transaction, &facts.start, &ui, &outcome);
	code = dg_report_outcome(pamh, &args, &facts, &outcome);
	if (code != PAM_SUCCESS)
		mark_refused(pamh, facts.user);
wipe:
	explicit_bzero(&facts, sizeof facts);
	return code;
}

/* There are no credentials to set, and a failure here would undo a login that has been allowed. */
DG_EXPORT int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}

/*
 * PAM_IGNORE: this module knows nothing about accounts, and PAM_SUCCESS would let `account sufficient pam_duogate.so` skip the
 * modules that do (expiry, nologin). A stack in which every line ignores is refused by libpam, as it should be: `account
 * required pam_duogate.so` stands beside pam_unix or pam_permit, never alone. COMPAT(duo_unix): pam_duo returns PAM_SUCCESS.
 */
DG_EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_IGNORE;
}

DG_EXPORT int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}

DG_EXPORT int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}

/* There is no password here to change: a password stack with this module is a mistake to be seen. */
DG_EXPORT int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	(void)argc;
	(void)argv;
	pam_syslog(pamh, LOG_ERR, "pam_duogate.so has no password to change; remove it from the password stack");
	return PAM_SERVICE_ERR;
}
