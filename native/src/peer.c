/*
 * Peer credentials. On this side of a Unix socket the kernel gives those of the process that called listen(2) last, taken at that
 * moment: a listener from systemd shows root until the daemon listens on it again. Both are genuine.
 */
#include "peer.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

/* One line of a passwd file or of a directory's answer. A service user whose entry is longer is not ours. */
#define ENTRY_SIZE 2048

static bool is_service_user(uid_t uid)
{
	struct passwd entry;
	struct passwd *user = NULL;
	char buffer[ENTRY_SIZE];
	int error;

	do
		error = getpwnam_r(DG_SERVICE_USER, &entry, buffer, sizeof buffer, &user);
	while (error == EINTR);
	return error == 0 && user != NULL && user->pw_uid == uid;
}

enum dg_peer_fault dg_peer_check(int fd, uid_t owner, uid_t *uid)
{
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t size = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
		return DG_PEER_FAILED;
	if (size != sizeof peer || peer.uid == (uid_t)-1) {
		errno = EPROTO;
		return DG_PEER_FAILED;
	}
	*uid = peer.uid;
	/* The look-up may load modules and ask a directory server: last, and seldom. */
	if (peer.uid == 0 || peer.uid == owner || is_service_user(peer.uid))
		return DG_PEER_OK;
	return DG_PEER_STRANGER;
}
