/*
 * Renders decoded messages as test/vectors/frames.txt writes them; the rules are at the top of that file.
 */
#ifndef DG_RENDER_H
#define DG_RENDER_H

#include "peer-wire.h"

/* Enough for any message with every byte escaped. */
#define RENDER_SIZE 20000

void render_daemon(const struct dg_message *message, char line[RENDER_SIZE]);
void render_helper(const struct peer_message *message, char line[RENDER_SIZE]);

#endif
