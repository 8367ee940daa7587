/*
 * Prints, as JSON, what the C compiler says about the structures and constants that src/ffi/layout.ts and
 * src/ffi/pam-codes.ts state. Built and run by test/unit/ffi/layout.test.ts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#define NUM(name, value) printf("\"%s\":%ld,", name, (long)(value))
#define C(name) NUM(#name, name)
#define OPEN(name) printf("\"%s\":{", name)
/* Every object ends in one member that the test takes away: JSON has no trailing comma. */
#define CLOSE() printf("\"end\":0},")
#define STRUCT(type) OPEN(#type); NUM("size", sizeof(struct type))
#define M(type, member) NUM(#member, offsetof(struct type, member))

static void layouts(void)
{
    OPEN("LAYOUT");
    STRUCT(ucred); M(ucred, pid); M(ucred, uid); M(ucred, gid); CLOSE();
    STRUCT(passwd); M(passwd, pw_name); M(passwd, pw_uid); M(passwd, pw_gid); M(passwd, pw_gecos);
    M(passwd, pw_dir); M(passwd, pw_shell); CLOSE();
    STRUCT(group); M(group, gr_name); M(group, gr_gid); CLOSE();
    STRUCT(sockaddr_un); M(sockaddr_un, sun_family); M(sockaddr_un, sun_path); CLOSE();
    STRUCT(timeval); M(timeval, tv_sec); M(timeval, tv_usec); CLOSE();
    STRUCT(rlimit); M(rlimit, rlim_cur); M(rlimit, rlim_max); CLOSE();
    STRUCT(pam_message); M(pam_message, msg_style); M(pam_message, msg); CLOSE();
    STRUCT(pam_response); M(pam_response, resp); M(pam_response, resp_retcode); CLOSE();
    STRUCT(pam_conv); M(pam_conv, conv); M(pam_conv, appdata_ptr); CLOSE();
    CLOSE();
    OPEN("WIDTH");
    NUM("pointer", sizeof(void *)); NUM("int", sizeof(int)); NUM("gid_t", sizeof(gid_t));
    NUM("socklen_t", sizeof(socklen_t));
    CLOSE();
    /* How wide the members are that the tables give no width for. */
    OPEN("MEMBERS");
    NUM("pid", sizeof(((struct ucred *)0)->pid)); NUM("uid", sizeof(uid_t));
    NUM("sa_family_t", sizeof(sa_family_t)); NUM("tv_sec", sizeof(((struct timeval *)0)->tv_sec));
    NUM("rlim_t", sizeof(rlim_t)); NUM("size_t", sizeof(size_t)); NUM("ssize_t", sizeof(ssize_t));
    CLOSE();
}

static void constants(void)
{
    OPEN("CONSTANT");
    C(AF_UNIX); C(SOCK_STREAM); C(SOCK_DGRAM); C(SOCK_CLOEXEC); C(SOL_SOCKET); C(SO_PEERCRED); C(SO_SNDTIMEO); C(MSG_DONTWAIT); C(MSG_NOSIGNAL);
    C(PR_SET_DUMPABLE); C(RLIMIT_CORE); C(F_DUPFD_CLOEXEC); C(ERANGE);
    CLOSE();
}

static void pam(void)
{
    OPEN("PAM_CODE");
    C(PAM_SUCCESS); C(PAM_OPEN_ERR); C(PAM_SYMBOL_ERR); C(PAM_SERVICE_ERR); C(PAM_SYSTEM_ERR); C(PAM_BUF_ERR);
    C(PAM_PERM_DENIED); C(PAM_AUTH_ERR); C(PAM_CRED_INSUFFICIENT); C(PAM_AUTHINFO_UNAVAIL); C(PAM_USER_UNKNOWN);
    C(PAM_MAXTRIES); C(PAM_NEW_AUTHTOK_REQD); C(PAM_ACCT_EXPIRED); C(PAM_SESSION_ERR); C(PAM_CRED_UNAVAIL);
    C(PAM_CRED_EXPIRED); C(PAM_CRED_ERR); C(PAM_NO_MODULE_DATA); C(PAM_CONV_ERR); C(PAM_AUTHTOK_ERR);
    C(PAM_AUTHTOK_RECOVERY_ERR); C(PAM_AUTHTOK_LOCK_BUSY); C(PAM_AUTHTOK_DISABLE_AGING); C(PAM_TRY_AGAIN);
    C(PAM_IGNORE); C(PAM_ABORT); C(PAM_AUTHTOK_EXPIRED); C(PAM_MODULE_UNKNOWN); C(PAM_BAD_ITEM); C(PAM_CONV_AGAIN);
    C(PAM_INCOMPLETE);
    CLOSE();
    OPEN("PAM_STYLE");
    NUM("prompt-echo-off", PAM_PROMPT_ECHO_OFF); NUM("prompt-echo-on", PAM_PROMPT_ECHO_ON);
    NUM("error-msg", PAM_ERROR_MSG); NUM("text-info", PAM_TEXT_INFO);
    CLOSE();
    OPEN("PAM_ITEM");
    NUM("tty", PAM_TTY); NUM("rhost", PAM_RHOST); NUM("ruser", PAM_RUSER); NUM("userPrompt", PAM_USER_PROMPT);
    NUM("xdisplay", PAM_XDISPLAY);
    CLOSE();
    OPEN("PAM_FLAG");
    NUM("silent", PAM_SILENT); NUM("establishCred", PAM_ESTABLISH_CRED); NUM("deleteCred", PAM_DELETE_CRED);
    CLOSE();
    OPEN("PAM_LIMIT");
    NUM("messages", PAM_MAX_NUM_MSG); NUM("answerBytes", PAM_MAX_RESP_SIZE);
    CLOSE();
}

int main(void)
{
    printf("{");
    layouts();
    constants();
    pam();
    printf("\"end\":0}\n");
    return 0;
}
