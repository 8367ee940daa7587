/*
 * Whether the socket's path can be trusted, docs/PROTOCOL.md section 4: every folder and the socket belong to root or to the
 * trusted owner, none is a symbolic link, and no folder can be written by anybody else. Opens nothing for use, connects to
 * nothing. Called by transaction before anything is sent.
 */
#ifndef DG_PATH_H
#define DG_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include "attributes.h"

/* With the NUL that the kernel does not ask for, and this code does. */
#define DG_PATH_SIZE sizeof(((struct sockaddr_un *)0)->sun_path)

enum dg_path_fault {
	DG_PATH_OK = 0,
	DG_PATH_NOT_ABSOLUTE,
	DG_PATH_TOO_LONG,
	DG_PATH_DOTS,
	DG_PATH_NO_NAME,
	DG_PATH_MISSING,	/* the one fault that means "no daemon", not "no trust" */
	DG_PATH_SYMLINK,
	DG_PATH_NOT_FOLDER,
	DG_PATH_NOT_SOCKET,
	DG_PATH_OWNER,
	DG_PATH_WRITABLE,
	DG_PATH_FAILED		/* error says why */
};

/* What was found, and where: the first length bytes of the path name the part at fault. */
struct dg_path_finding {
	enum dg_path_fault fault;
	size_t length;
	uid_t uid;
	int error;
	bool for_others;	/* the socket is there, and others than its owner may connect to it */
};

/* Checks the form alone: absolute, fits sun_path, ends in a name, no "." or ".." part. For arguments. */
DG_MUST_CHECK enum dg_path_fault dg_path_judge_form(const char *path);

/* Walks the path as it is on disk. Returns the fault, and fills finding on every path. */
DG_MUST_CHECK enum dg_path_fault dg_path_check(const char *path, uid_t owner, struct dg_path_finding *finding);

/* What is wrong and what to do, to follow the part's name in a log line. Static. */
DG_MUST_CHECK const char *dg_path_advice(enum dg_path_fault fault);

#endif
