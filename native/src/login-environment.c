/*
 * Reading and cleaning of the environment.
 */
#include "login-environment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FACTOR_NAME "DUO_PASSCODE"
/* An IPv6 address with a zone is shorter. */
#define WORD_MAX 255

static enum dg_factor_fault copy_factor(const char *value, struct dg_login_factor *factor)
{
	size_t length = strnlen(value, DG_FACTOR_MAX + 1);

	if (length > DG_FACTOR_MAX)
		return DG_FACTOR_TOO_LONG;
	if (!dg_text_is_text((const unsigned char *)value, length))
		return DG_FACTOR_NO_TEXT;
	memcpy(factor->text, value, length);
	factor->length = length;
	return DG_FACTOR_OK;
}

/* An environment may hold a name twice, and unsetenv leaves the bytes where they are, for /proc/self/environ to show. */
static void wipe_factor(void)
{
	for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
		if (strncmp(*entry, FACTOR_NAME "=", sizeof FACTOR_NAME) == 0)
			explicit_bzero(*entry + sizeof FACTOR_NAME, strlen(*entry + sizeof FACTOR_NAME));
	(void)unsetenv(FACTOR_NAME);
}

enum dg_factor_fault dg_login_environment_take_factor(struct dg_login_factor *factor)
{
	const char *value = getenv(FACTOR_NAME);
	enum dg_factor_fault fault = DG_FACTOR_OK;

	factor->length = 0;
	if (value != NULL)
		fault = copy_factor(value, factor);
	wipe_factor();
	return fault;
}

size_t dg_login_environment_client(const char *fallback, unsigned char *to, size_t max)
{
	const char *connection = getenv("SSH_CONNECTION");
	char word[WORD_MAX + 1];
	size_t length;

	if (connection == NULL)
		return fallback == NULL ? 0 : dg_text_fit(fallback, to, max);
	length = strcspn(connection, " ");
	length = length > WORD_MAX ? WORD_MAX : length;
	memcpy(word, connection, length);
	word[length] = '\0';
	return dg_text_fit(word, to, max);
}

const char *dg_login_environment_command(void)
{
	return getenv("SSH_ORIGINAL_COMMAND");
}
