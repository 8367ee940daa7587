/*
 * Calls into the host application. The response belongs to this side once the conversation returns: it is wiped and freed on every path.
 */
#include "converse.h"

#include <stdlib.h>
#include <string.h>

static const struct pam_conv *get_conversation(pam_handle_t *pamh)
{
	const void *item = NULL;
	const struct pam_conv *conversation;

	if (pam_get_item(pamh, PAM_CONV, &item) != PAM_SUCCESS || item == NULL)
		return NULL;
	conversation = item;
	return conversation->conv == NULL ? NULL : conversation;
}

bool dg_converse_is_possible(pam_handle_t *pamh)
{
	return get_conversation(pamh) != NULL;
}

static void drop(struct pam_response *response)
{
	if (response == NULL)
		return;
	if (response->resp != NULL) {
		explicit_bzero(response->resp, strlen(response->resp));
		free(response->resp);
	}
	free(response);
}

/* PAM_SUCCESS, or not. *response is the caller's to drop either way. */
static int converse(pam_handle_t *pamh, int style, const char *text, struct pam_response **response)
{
	const struct pam_conv *conversation = get_conversation(pamh);
	struct pam_message message = {.msg_style = style, .msg = text};
	const struct pam_message *messages = &message;

	if (conversation == NULL)
		return PAM_CONV_ERR;
	return conversation->conv(1, &messages, response, conversation->appdata_ptr);
}

void dg_converse_show(pam_handle_t *pamh, bool is_error, const char *text)
{
	struct pam_response *response = NULL;

	(void)converse(pamh, is_error ? PAM_ERROR_MSG : PAM_TEXT_INFO, text, &response);
	drop(response);
}

static size_t without_line_end(const char *text, size_t length)
{
	while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
		length--;
	return length;
}

enum dg_converse_result dg_converse_ask(pam_handle_t *pamh, bool echo, const char *text, struct dg_answer *answer)
{
	enum dg_converse_result result = DG_CONVERSE_CANCELLED;
	struct pam_response *response = NULL;
	int code = converse(pamh, echo ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF, text, &response);
	size_t length;

	if (code != PAM_SUCCESS || response == NULL || response->resp == NULL)
		goto out;
	length = without_line_end(response->resp, strlen(response->resp));
	if (length > sizeof answer->text) {
		result = DG_CONVERSE_TOO_LONG;
		goto out;
	}
	memcpy(answer->text, response->resp, length);
	answer->length = length;
	result = DG_CONVERSE_GIVEN;
out:
	drop(response);
	return result;
}
