/*
 * Reading of the PAM items. user and service are taken whole or not at all, since a decision hangs on them; the others are only
 * shown and logged, and are made to fit.
 */
#include "facts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "converse.h"
#include "sudo-line.h"

static const char *get_item(pam_handle_t *pamh, int item)
{
	const void *value = NULL;

	if (pam_get_item(pamh, item, &value) != PAM_SUCCESS)
		return NULL;
	return value;
}

/* True when value is a fact that may be sent as it is; it is then copied with its NUL into to[max + 1]. */
static bool copy_whole(const char *value, char *to, size_t max)
{
	size_t length = strnlen(value, max + 1);

	if (length == 0 || length > max || !dg_text_is_text((const unsigned char *)value, length))
		return false;
	memcpy(to, value, length + 1);
	return true;
}

static struct dg_text as_text(const char *value)
{
	struct dg_text text = {.bytes = (const unsigned char *)value, .length = strlen(value)};

	return text;
}

/* An item that is absent or empty is a fact that is not known: it is not sent. */
static void fit(struct dg_facts *facts, unsigned tag, const char *value, unsigned char *to, size_t max)
{
	if (value == NULL || *value == '\0')
		return;
	facts->start.texts[tag].bytes = to;
	facts->start.texts[tag].length = dg_text_fit(value, to, max);
}

static bool is_sudo(const char *service)
{
	return strcmp(service, "sudo") == 0 || strcmp(service, "sudo-i") == 0;
}

/*
 * sudo -n: the caller has asked that nobody be asked, and a push asks somebody. sudo itself does not call PAM then, unless sudoers
 * has noninteractive_auth, which is the administrator's word that a push is meant. sudo-rs always calls it, with a conversation that
 * shows messages and fails every prompt; nothing but its command line tells. The two differ in SUDO_COMMAND, which only sudo sets
 * before it authenticates. The caller can set it too, and gets their own phone to ring.
 */
static bool is_unattended(const char *service)
{
	return is_sudo(service) && getenv("SUDO_COMMAND") == NULL && dg_sudo_line_of_process();
}

static int take_user(pam_handle_t *pamh, struct dg_facts *facts, const char **problem, const char **value)
{
	const char *user = NULL;
	/* Asks for the name when nobody has yet: the first module of login's stack must. */
	int code = pam_get_user(pamh, &user, NULL);

	if (code == PAM_CONV_AGAIN)
		return PAM_INCOMPLETE;
	if (code != PAM_SUCCESS || user == NULL) {
		*problem = "there is no user name";
		return PAM_USER_UNKNOWN;
	}
	if (!copy_whole(user, facts->user, DG_USER_MAX)) {
		*problem = "the user name is empty, longer than 256 bytes, or not UTF-8";
		*value = user;
		return PAM_USER_UNKNOWN;
	}
	return PAM_SUCCESS;
}

static int take_service(pam_handle_t *pamh, struct dg_facts *facts, const char **problem, const char **value)
{
	const char *service = get_item(pamh, PAM_SERVICE);

	if (service == NULL || !copy_whole(service, facts->service, DG_SERVICE_MAX)) {
		*problem = "the PAM service name is missing, longer than 64 bytes, or not UTF-8";
		*value = service;
		return PAM_SERVICE_ERR;
	}
	return PAM_SUCCESS;
}

int dg_facts_gather(pam_handle_t *pamh, struct dg_facts *facts, const char **problem, const char **value)
{
	bool interactive = dg_converse_is_possible(pamh);
	int code;

	memset(facts, 0, sizeof *facts);
	*problem = "";
	*value = NULL;
	code = take_user(pamh, facts, problem, value);
	if (code == PAM_SUCCESS)
		code = take_service(pamh, facts, problem, value);
	if (code != PAM_SUCCESS)
		return code;

	if (is_unattended(facts->service))
		facts->start.flags = DG_FLAG_UNATTENDED;
	else if (interactive)
		facts->start.flags = DG_FLAG_INTERACTIVE | DG_FLAG_SHOWS_MESSAGES;
	facts->start.texts[DG_FACT_USER] = as_text(facts->user);
	facts->start.texts[DG_FACT_SERVICE] = as_text(facts->service);
	facts->start.caller = (uint32_t)getuid();
	fit(facts, DG_FACT_RHOST, get_item(pamh, PAM_RHOST), facts->rhost, sizeof facts->rhost);
	fit(facts, DG_FACT_TTY, get_item(pamh, PAM_TTY), facts->tty, sizeof facts->tty);
	fit(facts, DG_FACT_RUSER, get_item(pamh, PAM_RUSER), facts->ruser, sizeof facts->ruser);
	/* The caller of sudo can set it to anything: PROTOCOL section 2 keeps it out of every decision. */
	if (is_sudo(facts->service))
		fit(facts, DG_FACT_COMMAND, getenv("SUDO_COMMAND"), facts->command, sizeof facts->command);
	return PAM_SUCCESS;
}

bool dg_facts_same_user(pam_handle_t *pamh, const struct dg_facts *facts)
{
	const char *user = get_item(pamh, PAM_USER);

	return user != NULL && strcmp(user, facts->user) == 0;
}
