/*
 * Options by getopt, up to the first word of the command. COMPAT(duo_unix): the same letters; login_duo lets getopt look for options
 * behind the command as well, so that there `login_duo ls -l` fails on -l.
 */
#include "login-args.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

#define USAGE "usage: login_duogate [-dmv] [-f duo-user] [-h client] [-o setting] [command [argument ...]]\n"
/* socket=, owner=, timeout=, failmode= and debug, and one more to be told that it is twice. */
#define SETTINGS_MAX 6
/* The longest part of a bad setting that is shown. */
#define SHOWN_MAX 300

struct parsing {
	struct dg_login_args args;
	const char *settings[SETTINGS_MAX];
	int setting_count;
};

static bool complain(const char *what, int letter, const char *instead)
{
	(void)dprintf(STDERR_FILENO, "login_duogate: %s-%c%s\n" USAGE, what, letter, instead);
	return false;
}

static bool set_once(const char **value, int letter)
{
	if (*value != NULL)
		return complain("option ", letter, " is given twice; keep one of them");
	*value = optarg;
	return true;
}

static bool add_setting(struct parsing *p)
{
	if (p->setting_count == SETTINGS_MAX)
		return complain("too many ", 'o', "; give each setting once");
	p->settings[p->setting_count++] = optarg;
	return true;
}

static bool apply(struct parsing *p, int letter)
{
	switch (letter) {
	case 'c':
		return set_once(&p->args.command, letter);
	case 'd':
		p->args.debug = true;
		return true;
	case 'f':
		return set_once(&p->args.duo_user, letter);
	case 'h':
		return set_once(&p->args.host, letter);
	case 'm':
		p->args.motd = true;
		return true;
	case 'o':
		return add_setting(p);
	case 'v':
		/* COMPAT(duo_unix): status 1, which also keeps a ForceCommand with -v from looking like a login that went well. */
		(void)dprintf(STDERR_FILENO, "login_duogate " DG_RELEASE "\n");
		return false;
	case ':':
		return complain("write a value behind ", optopt, "");
	default:
		return complain("there is no option ", optopt >= '!' && optopt <= '~' ? optopt : '?', "");
	}
}

static void report_setting(void *context, const char *setting, const char *instead)
{
	char escaped[DG_ESCAPED_SIZE(SHOWN_MAX)];

	(void)context;
	dg_text_escape(setting, escaped, sizeof escaped);
	(void)dprintf(STDERR_FILENO, "login_duogate: -o \"%s\" %s\n", escaped, instead);
}

/* SECURITY: PROTOCOL section 6. The user runs this program and could make the daemon unreachable for it. */
static bool is_secure(const struct dg_args *common)
{
	if (common->failmode == DG_FAILMODE_SECURE)
		return true;
	(void)dprintf(STDERR_FILENO, "login_duogate: it always refuses without duogated; remove -o failmode=safe\n");
	return false;
}

bool dg_login_args_parse(int argc, char **argv, struct dg_login_args *args)
{
	struct parsing p = {.setting_count = 0};
	int letter;

	opterr = 0;
	while ((letter = getopt(argc, argv, "+:c:df:h:mo:v")) != -1) {
		if (!apply(&p, letter))
			return false;
		p.args.any_other = p.args.any_other || letter != 'c';
	}
	/* Never pam.sock, not even for root: the user is to be the one whom the kernel names. */
	if (!dg_args_parse(p.setting_count, p.settings, false, report_setting, NULL, &p.args.common) || !is_secure(&p.args.common))
		return false;
	p.args.debug = p.args.debug || p.args.common.debug;
	p.args.words = argv + optind;
	*args = p.args;
	return true;
}
