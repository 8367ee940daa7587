/*
 * pty-run: runs one program on a new pseudo terminal and relays it to pipes, so that a test can type and read.
 * Standard input is what the user types, standard output is the screen; the program's exit status or fatal signal
 * becomes our own. It interprets nothing and never waits for time to pass. Started by pty.ts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int write_all(int fd, const char *bytes, ssize_t count)
{
    while (count > 0) {
        ssize_t written = write(fd, bytes, (size_t)count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        count -= written;
    }
    return 0;
}

/* Moves what can be read now. Returns 0 when the source has ended: EOF, or EIO once no process holds the terminal. */
static int move(int from, int to)
{
    char bytes[4096];
    ssize_t count = read(from, bytes, sizeof bytes);

    if (count < 0)
        return errno == EINTR || errno == EAGAIN;
    if (count == 0)
        return 0;
    return write_all(to, bytes, count) == 0;
}

/*
 * Ends when the terminal does, not when the program does: the kernel hangs the terminal up when its session leader
 * leaves, and everything written before is still to be read then.
 */
static void relay(int terminal)
{
    struct pollfd fds[2] = { { .fd = terminal, .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN } };

    for (;;) {
        if (poll(fds, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            return;
        }
        if (fds[0].revents != 0 && !move(terminal, STDOUT_FILENO))
            return;
        if (fds[1].revents != 0 && !move(STDIN_FILENO, terminal))
            fds[1].fd = -1;
    }
}

static int pass_on(int status)
{
    const struct rlimit no_core = { 0, 0 };

    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)signal(WTERMSIG(status), SIG_DFL);
    (void)raise(WTERMSIG(status));
    return 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    const struct winsize size = { .ws_row = 24, .ws_col = 80 };
    int terminal = -1;
    int status = 0;
    pid_t child;

    if (argc < 2) {
        fprintf(stderr, "usage: pty-run PROGRAM [ARGUMENT...]\n");
        return 126;
    }
    child = forkpty(&terminal, NULL, NULL, &size);
    if (child < 0) {
        perror("pty-run: forkpty");
        return 126;
    }
    if (child == 0) {
        execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    (void)signal(SIGPIPE, SIG_IGN);
    relay(terminal);
    (void)close(terminal);
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return 126;
    }
    return pass_on(status);
}
