/*
 * Argument parsing by hand: strtoul takes signs, blanks and the locale's opinion. Given twice counts as bad, since one of the two is
 * not what the admin meant.
 */
#include "args.h"

#include <stddef.h>
#include <string.h>

#include "path.h"

enum { SEEN_SOCKET = 1, SEEN_FAILMODE = 2, SEEN_OWNER = 4, SEEN_TIMEOUT = 8, SEEN_DEBUG = 16 };

/* Decimal digits only, no sign, no leading blank, at most max. */
static bool parse_number(const char *text, uint32_t max, uint32_t *number)
{
	uint64_t value = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (uint64_t)(*text - '0');
		if (value > max)
			return false;
	}
	*number = (uint32_t)value;
	return true;
}

/* Each setter returns NULL, or what to write instead. */
static const char *set_socket(struct dg_args *args, const char *value)
{
	enum dg_path_fault fault = dg_path_judge_form(value);

	args->socket = value;
	return fault == DG_PATH_OK ? NULL : dg_path_advice(fault);
}

static const char *set_failmode(struct dg_args *args, const char *value)
{
	if (strcmp(value, "safe") == 0)
		args->failmode = DG_FAILMODE_SAFE;
	else if (strcmp(value, "secure") == 0)
		args->failmode = DG_FAILMODE_SECURE;
	else
		return "is neither; write failmode=secure or failmode=safe";
	return NULL;
}

static const char *set_owner(struct dg_args *args, const char *value)
{
	uint32_t number;

	/* (uid_t)-1 means "no user" to the kernel. */
	if (!parse_number(value, UINT32_MAX - 1, &number))
		return "is not a user number; write owner=UID with digits only";
	args->owner = (uid_t)number;
	return NULL;
}

static const char *set_timeout(struct dg_args *args, const char *value)
{
	uint32_t number;

	if (!parse_number(value, DG_TIMEOUT_MAX_S, &number) || number < DG_TIMEOUT_MIN_S)
		return "is out of range; write timeout=SECONDS from 3 to 3600, digits only";
	args->timeout_ms = number * 1000;
	return NULL;
}

static const char *set_debug(struct dg_args *args, const char *value)
{
	(void)value;
	args->debug = true;
	return NULL;
}

struct option {
	const char *name; /* with its '=', when it takes a value */
	unsigned seen;
	const char *(*set)(struct dg_args *args, const char *value);
};

static const struct option options[] = {
	{"socket=", SEEN_SOCKET, set_socket},	 {"failmode=", SEEN_FAILMODE, set_failmode}, {"owner=", SEEN_OWNER, set_owner},
	{"timeout=", SEEN_TIMEOUT, set_timeout}, {"debug", SEEN_DEBUG, set_debug},
};

/* The value's start, or NULL when argument is not this option. */
static const char *match(const struct option *option, const char *argument)
{
	size_t length = strlen(option->name);
	bool takes_value = option->name[length - 1] == '=';

	if (strncmp(argument, option->name, length) != 0)
		return NULL;
	return takes_value || argument[length] == '\0' ? argument + length : NULL;
}

static const char *apply(struct dg_args *args, unsigned *seen, const char *argument)
{
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		const char *value = match(&options[i], argument);

		if (value == NULL)
			continue;
		if ((*seen & options[i].seen) != 0)
			return "is given twice; keep one of them";
		*seen |= options[i].seen;
		return options[i].set(args, value);
	}
	return "is not known; write socket=PATH, failmode=secure|safe, owner=UID, timeout=SECONDS or debug";
}

bool dg_args_parse(int argc, const char **argv, bool as_root, dg_args_report *report, void *context, struct dg_args *args)
{
	struct dg_args parsed = {
		.socket = as_root ? DG_SOCKET_ROOT : DG_SOCKET_LOGIN,
		.failmode = DG_FAILMODE_SECURE,
		.timeout_ms = DG_TIMEOUT_DEFAULT_S * 1000,
	};
	unsigned seen = 0;
	bool good = true;

	for (int i = 0; i < argc; i++) {
		const char *instead = apply(&parsed, &seen, argv[i]);

		if (instead != NULL) {
			report(context, argv[i], instead);
			good = false;
		}
	}
	if (good)
		*args = parsed;
	return good;
}
