/*
 * What each ending means to PAM, to the user and to the log. Called by module, once per transaction.
 *
 *   ending                                          PAM code               failmode=safe
 *   allow                                           PAM_SUCCESS            same
 *   deny                                            PAM_AUTH_ERR           same
 *   max-tries                                       PAM_MAXTRIES           same
 *   unavailable                                     PAM_AUTHINFO_UNAVAIL   same
 *   aborted                                         PAM_ABORT              same
 *   misconfigured                                   PAM_SERVICE_ERR        same
 *   no WELCOME could be had                         PAM_AUTHINFO_UNAVAIL   PAM_SUCCESS
 *   daemon lost, or a deadline, after WELCOME began PAM_AUTH_ERR           same
 *   the daemon spoke or left during a prompt        PAM_AUTH_ERR           same
 *   daemon of another protocol version              PAM_SERVICE_ERR        same
 *   path, peer or frame that breaks PROTOCOL        PAM_SYSTEM_ERR         same
 *   trouble on this side                            PAM_SYSTEM_ERR         same
 * and, before or after the transaction:
 *   bad module argument                             PAM_SERVICE_ERR        same
 *   user name absent, too long or not UTF-8         PAM_USER_UNKNOWN       same
 *   service name too long or not UTF-8              PAM_SERVICE_ERR        same
 *   the application must be asked again             PAM_INCOMPLETE         same
 *   PAM_USER changed meanwhile                      PAM_AUTH_ERR           same
 * PAM_IGNORE is never among them: a module that is skipped is a module that lets in.
 */
#ifndef DG_REPORT_H
#define DG_REPORT_H

#include <security/pam_modules.h>

#include "args.h"
#include "attributes.h"
#include "facts.h"
#include "transaction.h"

/* Logs the outcome for the admin, tells the user a fixed line when the daemon could not, and returns the PAM code. */
DG_MUST_CHECK int dg_report_outcome(pam_handle_t *pamh, const struct dg_args *args, const struct dg_facts *facts, const struct dg_outcome *outcome);

#endif
