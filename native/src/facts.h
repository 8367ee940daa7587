/*
 * What the PAM module observed about this login, as START reports it. Owns the copies, so that nothing the host or another module
 * does later changes them. Decides nothing; never touches a password. Called by module.
 */
#ifndef DG_FACTS_H
#define DG_FACTS_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "attributes.h"
#include "wire.h"

#define DG_USER_MAX 256
#define DG_SERVICE_MAX 64

/* 2 KiB, for the stack of one call. start points into it: do not copy. */
struct dg_facts {
	char user[DG_USER_MAX + 1];	/* PAM_USER as it was when the login began */
	char service[DG_SERVICE_MAX + 1];
	unsigned char rhost[255];
	unsigned char tty[128];
	unsigned char ruser[256];
	unsigned char command[1024];
	struct dg_start start;
};

/*
 * Gathers. PAM_SUCCESS: facts is filled but for start's nonce and budget. Otherwise the PAM code to return, and *problem says why
 * (static); the offending value, if there is one, is in *value (borrowed from PAM, to be escaped).
 */
DG_MUST_CHECK int dg_facts_gather(pam_handle_t *pamh, struct dg_facts *facts, const char **problem, const char **value);

/* SECURITY: true when PAM_USER still is the user for whom the transaction was run. Asked before every PAM_SUCCESS. */
DG_MUST_CHECK bool dg_facts_same_user(pam_handle_t *pamh, const struct dg_facts *facts);

#endif
