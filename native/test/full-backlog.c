/*
 * A listener that never accepts, with its queue of connections filled, so that connect to it blocks. Prints "full", then holds everything
 * until its standard input ends. Usage: full-backlog PATH. Called by test/native/reach.test.ts: Node always accepts.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char byte;

	if (argc != 2 || listener < 0)
		return 2;
	/* As pam.sock is: root's alone. */
	umask(0177);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[1]);
	if (bind(listener, (const struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 0) != 0)
		return 2;
	/* The descriptors stay open until the program ends: that is what keeps the queue full. */
	for (;;) {
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

		if (fd < 0)
			return 2;
		if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
			if (errno != EAGAIN)
				return 2;
			break;
		}
	}
	puts("full");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	return 0;
}
