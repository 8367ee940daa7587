/*
 * What the user is told when a transaction ended and the daemon could not say why: fixed lines that name no file and no
 * error of the system, which are the log's. Called by the reports of pam_duogate.so and login_duogate.
 */
#ifndef DG_USER_LINE_H
#define DG_USER_LINE_H

#include "attributes.h"
#include "dialogue.h"

/* Static, without a line end; NULL when the daemon has told the user what there is to tell. */
DG_MUST_CHECK const char *dg_user_line(enum dg_ending ending);

#endif
