/*
 * A PAM module for the tests of src/host/pam/: `pam-scripted.so CODE NAME` says NAME through the conversation and returns
 * CODE, whatever it is called for. Built and used by test/integration/pam-dispatch.test.ts; never installed.
 */
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdlib.h>

static int act(pam_handle_t *pamh, int argc, const char **argv)
{
    if (argc != 2)
        return PAM_SERVICE_ERR;
    pam_info(pamh, "%s", argv[1]);
    return atoi(argv[0]);
}

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)flags;
    return act(pamh, argc, argv);
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)flags;
    return act(pamh, argc, argv);
}

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)flags;
    return act(pamh, argc, argv);
}

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)flags;
    return act(pamh, argc, argv);
}

int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)flags;
    return act(pamh, argc, argv);
}
