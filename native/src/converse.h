/*
 * The application's conversation function: one message at a time, every response wiped before it is freed. pam_prompt is not used,
 * because it formats through the heap and frees some responses as they are. Called by facts and module.
 */
#ifndef DG_CONVERSE_H
#define DG_CONVERSE_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "attributes.h"
#include "dialogue.h"

enum dg_converse_result {
	DG_CONVERSE_GIVEN = 0,
	DG_CONVERSE_CANCELLED,	/* no conversation, it failed, or it gave no answer */
	DG_CONVERSE_TOO_LONG	/* above DG_ANSWER_MAX: never cut, since a cut passcode is another passcode */
};

/* True when the application gave a conversation function. */
DG_MUST_CHECK bool dg_converse_is_possible(pam_handle_t *pamh);

/* Shows a line. Whether it could be shown does not matter to the login, so nothing is returned. */
void dg_converse_show(pam_handle_t *pamh, bool is_error, const char *text);

/* Asks, and copies the answer without the line end that some applications leave on it. answer is filled on GIVEN only. */
DG_MUST_CHECK enum dg_converse_result dg_converse_ask(pam_handle_t *pamh, bool echo, const char *text, struct dg_answer *answer);

#endif
