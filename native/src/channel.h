/*
 * A connection to the daemon's socket with monotonic deadlines: the real struct dg_transport. Owns one descriptor, never 0, 1
 * or 2, close-on-exec. Raises no signal, survives EINTR, changes no state of the host process. Called by transaction; it does
 * not judge whom it talks to (path, peer).
 */
#ifndef DG_CHANNEL_H
#define DG_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "dialogue.h"

/* PROTOCOL section 5: connect, a full backlog included. */
#define DG_CONNECT_MS 3000

struct dg_channel {
	int fd;
};

/* Monotonic milliseconds. Cannot fail on Linux; the argument is unused and makes it fit struct dg_transport. */
DG_MUST_CHECK int64_t dg_channel_now(void *context);

/*
 * Connects to a path shorter than sun_path. DG_IO_DONE: the caller closes. DG_IO_ENDED: nobody listens (errno ENOENT or ECONNREFUSED).
 * DG_IO_TIMED_OUT: the backlog stayed full. DG_IO_FAILED: errno. channel is filled on DG_IO_DONE only.
 */
DG_MUST_CHECK enum dg_io dg_channel_open(const char *path, int64_t deadline, struct dg_channel *channel);

/* Closes; keeps errno. */
void dg_channel_close(struct dg_channel *channel);

/* The members of struct dg_transport; context is the struct dg_channel. Contracts there. */
DG_MUST_CHECK struct dg_transport dg_channel_transport(struct dg_channel *channel);

#endif
