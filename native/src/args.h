/*
 * The module's arguments from the PAM configuration. Parses and judges; logs nothing itself and reads no file. Called by module.
 */
#ifndef DG_ARGS_H
#define DG_ARGS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "attributes.h"

#define DG_SOCKET_ROOT "/run/duogate/pam.sock"
#define DG_SOCKET_LOGIN "/run/duogate/login.sock"
#define DG_TIMEOUT_DEFAULT_S 115
/* Below 3 s the daemon, which takes 2 s off, has no time at all. */
#define DG_TIMEOUT_MIN_S 3
#define DG_TIMEOUT_MAX_S 3600

/* SECURITY: for a daemon that cannot be reached, and for nothing else. Far apart, and zero is neither. */
enum dg_failmode { DG_FAILMODE_SECURE = 0x35c9, DG_FAILMODE_SAFE = 0x4a36 };

struct dg_args {
	const char *socket;	/* borrowed from argv, or a constant */
	enum dg_failmode failmode;
	uid_t owner;		/* trusted besides root; 0 without owner= */
	uint32_t timeout_ms;
	bool debug;
};

/* Told of each bad argument: the argument as written, and what to write instead (static). */
typedef void dg_args_report(void *context, const char *argument, const char *instead);

/*
 * Parses argv[0] to argv[argc - 1]. Reports every bad argument, not only the first. Returns false when there was one: args is
 * then left alone, and the login must be refused, because a misspelt failmode= must not be taken for its default.
 */
DG_MUST_CHECK bool dg_args_parse(int argc, const char **argv, bool as_root, dg_args_report *report, void *context, struct dg_args *args);

#endif
