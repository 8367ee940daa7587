/*
 * sandbox-init: the first process of the sandbox's process namespace. It brings the loopback interface up, owns the
 * private /dev/log, hands every line logged there to the command on descriptor 3, and reaps. When it ends, by itself
 * or by SIGKILL, the kernel ends every process of the sandbox with it. Started by sandbox.sh, never by hand.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOG_DESCRIPTOR = 3, LINE_LIMIT = 8192 };

static void fail(const char *what)
{
    fprintf(stderr, "sandbox-init: %s: %s\n", what, strerror(errno));
    exit(126);
}

static void loopback_up(void)
{
    struct ifreq request = { .ifr_flags = IFF_UP | IFF_RUNNING };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    memcpy(request.ifr_name, "lo", sizeof "lo");
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        fail("cannot bring the loopback interface up");
    (void)close(fd);
}

static int open_log(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || chmod("/dev/log", 0666) < 0)
        fail("cannot make /dev/log");
    return fd;
}

/*
 * One datagram becomes one line: a line feed inside a log message must not look like two messages. A full pipe loses
 * lines, and says so, because whoever logs would wait for us.
 */
static void pass_log(int log, int out)
{
    char line[LINE_LIMIT + 1];
    ssize_t count = recv(log, line, LINE_LIMIT, 0);
    ssize_t at;

    if (count <= 0)
        return;
    while (count > 0 && (line[count - 1] == '\n' || line[count - 1] == '\0'))
        count--;
    for (at = 0; at < count; at++) {
        if (line[at] == '\n')
            line[at] = ' ';
    }
    line[count] = '\n';
    if (write(out, line, (size_t)count + 1) < 0)
        fprintf(stderr, "sandbox-init: a log line is lost: %s\n", strerror(errno));
}

static pid_t start(char **argv, int log_reader, const sigset_t *before)
{
    pid_t child = fork();

    if (child < 0)
        fail("fork");
    if (child > 0)
        return child;
    if (sigprocmask(SIG_SETMASK, before, NULL) < 0 || signal(SIGPIPE, SIG_DFL) == SIG_ERR)
        _exit(126);
    if (log_reader != LOG_DESCRIPTOR && dup2(log_reader, LOG_DESCRIPTOR) < 0)
        _exit(126);
    if (fcntl(LOG_DESCRIPTOR, F_SETFD, 0) < 0)
        _exit(126);
    execvp(argv[0], argv);
    perror(argv[0]);
    _exit(127);
}

/* Reaps all that ended. Returns 1 and the status when the command itself is among them. */
static int reap(pid_t command, int *status)
{
    int ended = 0;
    int one;
    pid_t pid;

    while ((pid = waitpid(-1, &one, WNOHANG)) > 0) {
        if (pid == command) {
            *status = WIFEXITED(one) ? WEXITSTATUS(one) : 128 + WTERMSIG(one);
            ended = 1;
        }
    }
    return ended;
}

int main(int argc, char **argv)
{
    struct signalfd_siginfo ignored;
    struct pollfd fds[2];
    sigset_t children, before;
    int pipe_ends[2];
    int status = 0;
    pid_t command;

    if (argc < 2 || getpid() != 1) {
        fprintf(stderr, "sandbox-init: only sandbox.sh starts this, as the first process of a namespace\n");
        return 126;
    }
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &children, &before) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        fail("signals");
    loopback_up();
    fds[0] = (struct pollfd){ .fd = open_log(), .events = POLLIN };
    fds[1] = (struct pollfd){ .fd = signalfd(-1, &children, SFD_CLOEXEC), .events = POLLIN };
    if (fds[1].fd < 0 || pipe2(pipe_ends, O_CLOEXEC) < 0)
        fail("descriptors");
    if (fcntl(pipe_ends[1], F_SETFL, O_NONBLOCK) < 0)
        fail("the log's pipe");
    command = start(argv + 1, pipe_ends[0], &before);
    (void)close(pipe_ends[0]);
    for (;;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            fail("poll");
        if (fds[0].revents & POLLIN)
            pass_log(fds[0].fd, pipe_ends[1]);
        if (fds[1].revents & POLLIN) {
            if (read(fds[1].fd, &ignored, sizeof ignored) < 0)
                fail("signalfd");
            if (reap(command, &status))
                return status;
        }
    }
}
