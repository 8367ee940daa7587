/*
 * Whether the process behind a connected socket is the daemon, docs/PROTOCOL.md section 4: SO_PEERCRED's uid is root's, the
 * trusted owner's, or the system user duogate's. Called by transaction between connect and START.
 */
#ifndef DG_PEER_H
#define DG_PEER_H

#include <sys/types.h>

#include "attributes.h"

#define DG_SERVICE_USER "duogate"

enum dg_peer_fault {
	DG_PEER_OK = 0,
	DG_PEER_STRANGER,	/* *uid says who */
	DG_PEER_FAILED		/* errno says why */
};

/* May ask the system's user database, but only when the uid is neither root's nor the owner's. *uid is set unless DG_PEER_FAILED. */
DG_MUST_CHECK enum dg_peer_fault dg_peer_check(int fd, uid_t owner, uid_t *uid);

#endif
