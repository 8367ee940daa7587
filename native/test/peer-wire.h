/*
 * The daemon's half of the wire format for the C tests and the fuzzer: decodes START and ANSWER, encodes the daemon's messages. Not
 * in the module, which has no use for it.
 */
#ifndef DG_PEER_WIRE_H
#define DG_PEER_WIRE_H

#include "wire.h"

enum peer_status { PEER_GIVEN = 1, PEER_CANCELLED = 2 };

struct peer_message {
	enum dg_type type;	/* START or ANSWER */
	struct dg_start start;
	bool one_way;		/* START had something that its encoding will not have */
	enum peer_status status;
	struct dg_text text;
};

DG_MUST_CHECK enum dg_wire_status peer_wire_decode(const unsigned char *payload, size_t length, struct peer_message *message);

/* Encodes whatever it is given, right or wrong, as long as it fits; returns the frame's length. */
DG_MUST_CHECK size_t peer_wire_encode(const struct dg_message *message, unsigned char frame[DG_FRAME_MAX]);

#endif
