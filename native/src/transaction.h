/*
 * One transaction from the socket's path to the daemon's verdict: trust, connect, START, dialogue. Knows no PAM, so that
 * pam_duogate.so and login_duogate do the same. It never decides what an ending means for the login.
 */
#ifndef DG_TRANSACTION_H
#define DG_TRANSACTION_H

#include <stdint.h>
#include <sys/types.h>

#include "attributes.h"
#include "dialogue.h"
#include "path.h"

struct dg_transaction {
	const char *path;	/* the daemon's socket */
	uid_t owner;		/* trusted besides root; 0 for root alone */
	uint32_t timeout_ms;	/* for the whole */
};

/* What the reports need beside the dialogue's result. */
struct dg_outcome {
	struct dg_result result;
	struct dg_path_finding path;	/* with DG_ENDING_BAD_PATH, or UNREACHABLE and path.fault MISSING; for_others always */
	uid_t peer;			/* with DG_ENDING_BAD_PEER */
};

/*
 * Runs it. start needs all but nonce and budget_ms, which are filled in here (and the nonce wiped). Blocks for timeout_ms at most,
 * except while the user types. outcome is filled on every path; no descriptor is left open.
 */
void dg_transaction_run(const struct dg_transaction *transaction, struct dg_start *start, const struct dg_ui *ui, struct dg_outcome *outcome);

#endif
