/*
 * The helper's half of the wire format, docs/PROTOCOL.md sections 1 and 2: decodes what a daemon sends, encodes what a helper
 * sends. Pure: no I/O, no allocation, no state; decoded texts borrow from the payload. Numbers here mirror src/wire/, and
 * test/vectors/frames.txt holds the two together. Called by dialogue (and by facts for the limits).
 */
#ifndef DG_WIRE_H
#define DG_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "text.h"

#define DG_VERSION 1
#define DG_HEADER_SIZE 4
#define DG_PAYLOAD_MAX 4096
#define DG_FRAME_MAX (DG_HEADER_SIZE + DG_PAYLOAD_MAX)
#define DG_NONCE_SIZE 16
#define DG_TRANSACTION_MAX 64
#define DG_DISPLAY_MAX 2048
#define DG_ANSWER_MAX 512

/* The first failure met from the first byte to the last; the names are PROTOCOL's (dg_wire_status_name). */
enum dg_wire_status {
	DG_WIRE_OK = 0,
	DG_WIRE_EMPTY,
	DG_WIRE_OVERSIZED,
	DG_WIRE_UNKNOWN_TYPE,
	DG_WIRE_SHORT_FIELD,
	DG_WIRE_TRAILING_BYTES,
	DG_WIRE_BAD_TEXT,
	DG_WIRE_BAD_LENGTH,
	DG_WIRE_BAD_VALUE,
	DG_WIRE_DUPLICATE_FACT,
	DG_WIRE_MISSING_FACT
};

enum dg_type {
	DG_TYPE_START = 0x01,
	DG_TYPE_ANSWER = 0x02,
	DG_TYPE_WELCOME = 0x80,
	DG_TYPE_INFO = 0x81,
	DG_TYPE_ERROR = 0x82,
	DG_TYPE_PROMPT = 0x83,
	DG_TYPE_KEEPALIVE = 0x84,
	DG_TYPE_VERDICT = 0x85
};

enum dg_flag { DG_FLAG_INTERACTIVE = 0x01, DG_FLAG_SHOWS_MESSAGES = 0x02, DG_FLAG_UNATTENDED = 0x04, DG_FLAG_AGAIN = 0x08 };
#define DG_FLAGS_ALL (DG_FLAG_INTERACTIVE | DG_FLAG_SHOWS_MESSAGES | DG_FLAG_UNATTENDED | DG_FLAG_AGAIN)

/* SECURITY: far apart, so that neither a flipped bit nor zeroed memory makes an allow. Compare with ALLOW, never with "not DENY". */
#define DG_VERDICT_NONE UINT32_C(0)
#define DG_VERDICT_ALLOW UINT32_C(0x2d9b6e53)
#define DG_VERDICT_DENY UINT32_C(0x91c4a7f8)
#define DG_VERDICT_MAX_TRIES UINT32_C(0x78a5e41f)
#define DG_VERDICT_UNAVAILABLE UINT32_C(0xb3691dc6)
#define DG_VERDICT_ABORTED UINT32_C(0x4ef25ba1)
#define DG_VERDICT_MISCONFIGURED UINT32_C(0xe6173b8c)

enum dg_fact {
	DG_FACT_USER = 1,
	DG_FACT_SERVICE,
	DG_FACT_RHOST,
	DG_FACT_TTY,
	DG_FACT_RUSER,
	DG_FACT_CALLER,
	DG_FACT_COMMAND,
	DG_FACT_BUDGET,
	DG_FACT_DUO_USER,
	DG_FACT_FACTOR,
	DG_FACT_END
};

/* What section 2 asks of a fact's value. A number has min == max == 4. */
struct dg_fact_rule {
	uint16_t min;
	uint16_t max;
	bool required;
	bool number;
};

struct dg_start {
	uint8_t version;
	uint8_t flags;
	unsigned char nonce[DG_NONCE_SIZE];
	/* By tag; bytes == NULL is absent. The entries of the numbers are unused. */
	struct dg_text texts[DG_FACT_END];
	uint32_t caller;
	uint32_t budget_ms;
};

/* A message from the daemon. Only the fields of its type are set, the others are zero. */
struct dg_message {
	enum dg_type type;
	uint8_t version;		/* WELCOME */
	struct dg_text text;		/* WELCOME: the transaction's id; INFO, ERROR, PROMPT: the display */
	bool echo;			/* PROMPT */
	uint32_t verdict;		/* VERDICT: one of DG_VERDICT_ */
	unsigned char nonce[DG_NONCE_SIZE];
};

/* The rule of a tag, or NULL for a tag this version does not know. */
DG_MUST_CHECK const struct dg_fact_rule *dg_wire_fact_rule(unsigned tag);

/* Judges a frame's length before more of it is read. *length is set on DG_WIRE_OK only. */
DG_MUST_CHECK enum dg_wire_status dg_wire_read_header(const unsigned char header[DG_HEADER_SIZE], size_t *length);

/* Decodes a daemon's payload. message is filled on DG_WIRE_OK only, and its text borrows from payload. */
DG_MUST_CHECK enum dg_wire_status dg_wire_decode(const unsigned char *payload, size_t length, struct dg_message *message);

/* Encode a whole frame with its header. Refuse, with the same names, what the other side would have to refuse;
 * *length is set on DG_WIRE_OK only. The frame may hold a passcode: the caller wipes it on every path. */
DG_MUST_CHECK enum dg_wire_status dg_wire_encode_start(const struct dg_start *start, unsigned char frame[DG_FRAME_MAX], size_t *length);
DG_MUST_CHECK enum dg_wire_status dg_wire_encode_given(const unsigned char *text, size_t text_length, unsigned char frame[DG_FRAME_MAX],
						       size_t *length);
DG_MUST_CHECK enum dg_wire_status dg_wire_encode_cancelled(unsigned char frame[DG_FRAME_MAX], size_t *length);

/* PROTOCOL's names, for the log and the vectors. Never NULL. */
DG_MUST_CHECK const char *dg_wire_status_name(enum dg_wire_status status);
DG_MUST_CHECK const char *dg_wire_type_name(enum dg_type type);
DG_MUST_CHECK const char *dg_wire_verdict_name(uint32_t verdict);

#endif
