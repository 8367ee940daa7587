/*
 * Module arguments: defaults, every good form, every bad one with a report of its own, and nothing filled in when one is bad.
 */
#include <string.h>

#include "args.h"
#include "tap.h"

static void count_report(void *context, const char *argument, const char *instead)
{
	int *count = context;

	*count += argument[0] != '\1' && instead[0] != '\0';
}

static bool parse(int argc, const char **argv, bool as_root, int *reports, struct dg_args *args)
{
	*reports = 0;
	memset(args, 0, sizeof *args);
	return dg_args_parse(argc, argv, as_root, count_report, reports, args);
}

static void check_defaults(struct tap *tap)
{
	struct dg_args args;
	int reports;

	tap_ok(tap, parse(0, NULL, true, &reports, &args) && strcmp(args.socket, "/run/duogate/pam.sock") == 0, "root's socket");
	tap_ok(tap, args.failmode == DG_FAILMODE_SECURE && args.owner == 0 && args.timeout_ms == 115000 && !args.debug, "the defaults");
	tap_ok(tap, parse(0, NULL, false, &reports, &args) && strcmp(args.socket, "/run/duogate/login.sock") == 0, "everybody's socket");
}

static void check_good(struct tap *tap)
{
	const char *all[] = {"socket=/a/b", "failmode=safe", "owner=1000", "timeout=3", "debug"};
	const char *edges[] = {"owner=4294967294", "timeout=3600", "failmode=secure"};
	struct dg_args args;
	int reports;
	bool good = parse(5, all, true, &reports, &args);

	tap_ok(tap, good && reports == 0 && strcmp(args.socket, "/a/b") == 0 && args.failmode == DG_FAILMODE_SAFE && args.owner == 1000, "all of them");
	tap_ok(tap, args.timeout_ms == 3000 && args.debug, "the least timeout, debug");
	tap_ok(tap, parse(3, edges, true, &reports, &args) && args.owner == 4294967294u && args.timeout_ms == 3600000, "the greatest numbers");
}

static void check_bad(struct tap *tap)
{
	const char *bad[] = {
		"",	     "socket",	      "socket=",	"socket=a",	    "socket=/",	       "socket=/a/",	"socket=/a/../b", "socket=/./b",
		"Socket=/a", "failmode",      "failmode=",	"failmode=SAFE",    "failmode=safe ",  "failmode=safer", "failmode=0",	 "failmode=saf",
		"owner",     "owner=",	      "owner=-1",	"owner=4294967295", "owner=+1",	       "owner= 1",	"owner=1x",	 "owner=0x1",
		"timeout=2", "timeout=3601",  "timeout=3.5",	"timeout=",	    "timeout=4294967299", "timeout=\xd9\xa3", "debug=", "debugging", "deb",
	};
	static char long_path[200] = "socket=/";
	const char *argument = long_path;
	struct dg_args args;
	int reports;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		bool good = parse(1, &bad[i], true, &reports, &args);

		tap_ok(tap, !good && reports == 1 && args.socket == NULL && args.failmode == 0, "\"%s\" is refused", bad[i]);
	}
	memset(long_path + 8, 'x', 107 - 1);
	tap_ok(tap, parse(1, &argument, true, &reports, &args), "a path of 107 bytes fits");
	memset(long_path + 8, 'x', 108 - 1);
	tap_ok(tap, !parse(1, &argument, true, &reports, &args) && reports == 1, "a path of 108 bytes does not");
}

static void check_together(struct tap *tap)
{
	const char *mixed[] = {"failmode=safe", "fail=safe", "debug", "timeout=1", "debug", "failmode=safe"};
	struct dg_args args;
	int reports;
	bool good = parse(6, mixed, true, &reports, &args);

	tap_ok(tap, !good && reports == 4, "all bad ones are reported (%d), repeats too", reports);
	tap_ok(tap, args.failmode == 0 && !args.debug, "and none of the good ones is taken");
}

int main(void)
{
	struct tap tap = {0};

	check_defaults(&tap);
	check_good(&tap);
	check_bad(&tap);
	check_together(&tap);
	return tap_end(&tap);
}
