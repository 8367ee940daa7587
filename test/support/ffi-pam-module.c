/*
 * A PAM module for the tests of src/ffi/pam.ts: does what its first argument says, and tells what it saw through the
 * conversation. Built and used by test/integration/ffi-pam.test.ts; never installed.
 */
#include <fcntl.h>
#include <security/pam_appl.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int say(pam_handle_t *pamh, const char *name, const char *value)
{
    return pam_info(pamh, "%s=%s", name, value != NULL ? value : "(none)");
}

/* One call with all four styles; what came back is shown, and freed as every module frees it. */
static int all_styles(pam_handle_t *pamh)
{
    static const struct pam_message text[4] = {
        {PAM_TEXT_INFO, "info"}, {PAM_PROMPT_ECHO_OFF, "secret: "}, {PAM_ERROR_MSG, "error"}, {PAM_PROMPT_ECHO_ON, "open: "}};
    const struct pam_message *messages[4] = {&text[0], &text[1], &text[2], &text[3]};
    struct pam_response *answers = NULL;
    const struct pam_conv *conv = NULL;
    int code = pam_get_item(pamh, PAM_CONV, (const void **)&conv);

    if (code != PAM_SUCCESS || (code = conv->conv(4, messages, &answers, conv->appdata_ptr)) != PAM_SUCCESS)
        return code;
    say(pamh, "info", answers[0].resp);
    say(pamh, "secret", answers[1].resp);
    say(pamh, "error", answers[2].resp);
    say(pamh, "open", answers[3].resp);
    for (int i = 0; i < 4; i++)
        free(answers[i].resp);
    free(answers);
    return PAM_SUCCESS;
}

/* One call with `count` messages of one style; gives the conversation's own code, and frees nothing after a failure. */
static int many(pam_handle_t *pamh, int count, int style)
{
    static struct pam_message text;
    const struct pam_message *messages[64];
    struct pam_response *answers = NULL;
    const struct pam_conv *conv = NULL;
    int code = pam_get_item(pamh, PAM_CONV, (const void **)&conv);

    if (code != PAM_SUCCESS || count > 64)
        return PAM_SYSTEM_ERR;
    text.msg_style = style;
    text.msg = "many";
    for (int i = 0; i < count; i++)
        messages[i] = &text;
    code = conv->conv(count, messages, &answers, conv->appdata_ptr);
    if (code == PAM_SUCCESS)
        free(answers);
    return code;
}

static int items(pam_handle_t *pamh)
{
    static const struct { const char *name; int item; } table[] = {
        {"service", PAM_SERVICE}, {"user", PAM_USER}, {"tty", PAM_TTY}, {"rhost", PAM_RHOST},
        {"ruser", PAM_RUSER}, {"user_prompt", PAM_USER_PROMPT}, {"xdisplay", PAM_XDISPLAY}};

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const void *value = NULL;

        if (pam_get_item(pamh, table[i].item, &value) != PAM_SUCCESS)
            return PAM_SYSTEM_ERR;
        say(pamh, table[i].name, value);
    }
    say(pamh, "pam_getenv", pam_getenv(pamh, "DUOGATE_PAM"));
    say(pamh, "getenv", getenv("DUOGATE_PROCESS"));
    say(pamh, "path", getenv("PATH"));
    return PAM_SUCCESS;
}

/* Hangs, and leaves a process that holds the channel until the other end has closed it. */
static int leave_behind(pam_handle_t *pamh)
{
    char byte;

    if (fork() == 0) {
        while (read(3, &byte, 1) > 0)
            continue;
        _exit(0);
    }
    say(pamh, "about to", "hang");
    for (;;)
        pause();
}

static int act(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    const char *what = argc > 0 ? argv[0] : "";
    int number = argc > 1 ? atoi(argv[1]) : 0;

    if (strcmp(what, "styles") == 0)
        return all_styles(pamh);
    if (strcmp(what, "many") == 0)
        return many(pamh, number, argc > 2 ? atoi(argv[2]) : PAM_TEXT_INFO);
    if (strcmp(what, "items") == 0)
        return items(pamh);
    if (strcmp(what, "flags") == 0)
        return say(pamh, "flags", (flags & PAM_SILENT) != 0 ? "silent" : "loud");
    if (strcmp(what, "return") == 0)
        return number;
    if (strcmp(what, "hang") == 0) {
        say(pamh, "about to", "hang");
        for (;;)
            pause();
    }
    if (strcmp(what, "abort") == 0)
        abort();
    if (strcmp(what, "exit") == 0)
        _exit(number);
    if (strcmp(what, "channel") == 0)
        return say(pamh, "channel", fcntl(3, F_GETFD) == FD_CLOEXEC ? "closed on exec" : "inherited");
    if (strcmp(what, "close") == 0) {
        close(3);
        for (;;)
            pause();
    }
    if (strcmp(what, "leave") == 0)
        return leave_behind(pamh);
    if (strcmp(what, "scribble") == 0)
        return write(3, "\0\0\0\2{}", 6) == 6 ? PAM_SUCCESS : PAM_SYSTEM_ERR;
    return PAM_SERVICE_ERR;
}

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return act(pamh, flags, argc, argv);
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)argc;
    (void)argv;
    return say(pamh, "setcred", (flags & PAM_ESTABLISH_CRED) != 0 ? "establish" : (flags & PAM_DELETE_CRED) != 0 ? "delete" : "other");
}

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    return act(pamh, flags, argc, argv);
}
