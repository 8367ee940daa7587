/*
 * One transaction's dialogue with the daemon as a state machine: docs/PROTOCOL.md section 3, the helper's table, with the
 * deadlines of section 5 and the endings of section 6. It reads and writes through struct dg_transport and renders through
 * struct dg_ui; it knows no socket and no PAM. Called by transaction; driven by the unit tests and the fuzzer.
 */
#ifndef DG_DIALOGUE_H
#define DG_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"
#include "wire.h"

/* PROTOCOL section 5, milliseconds. */
#define DG_WELCOME_MS 5000
#define DG_BETWEEN_FRAMES_MS 15000
/* PROTOCOL section 3: INFO and ERROR together, since WELCOME or the last PROMPT. */
#define DG_SHOWN_MAX 20
/* From before connect to START: above connect's 3 s, below the 5 s after which the daemon hangs up. See judge_silence. */
#define DG_START_LATE_MS 4000

enum dg_io {
	DG_IO_DONE = 0,
	DG_IO_TIMED_OUT,
	DG_IO_ENDED,	/* end of stream, reset, or nobody there */
	DG_IO_PENDING,	/* quiet only: bytes are waiting */
	DG_IO_FAILED	/* trouble on this side; errno says which */
};

/* How the dialogue reaches the daemon. Deadlines are monotonic milliseconds, as from now. */
struct dg_transport {
	void *context;
	int64_t (*now)(void *context);
	/* Sends all bytes, or says why not. */
	enum dg_io (*send)(void *context, const unsigned char *bytes, size_t length, int64_t deadline);
	/* Receives exactly length bytes. *got counts what came, whatever the result. Never reads further: what is behind the
	 * frame stays where quiet sees it. With a deadline in the past, takes what is already there. */
	enum dg_io (*receive)(void *context, unsigned char *bytes, size_t length, int64_t deadline, size_t *got);
	/* DG_IO_DONE when the receive queue is empty and the peer still there. Does not block. */
	enum dg_io (*quiet)(void *context);
};

/* What the user answered. Wiped by the dialogue. */
struct dg_answer {
	unsigned char text[DG_ANSWER_MAX];
	size_t length;
};

/* How the dialogue reaches the user. Texts are terminated displays. */
struct dg_ui {
	void *context;
	void (*show)(void *context, bool is_error, const char *text);
	/* False when the user gave up or cannot be asked. May block as long as the user likes. */
	bool (*ask)(void *context, bool echo, const char *text, struct dg_answer *answer);
	/* One step for `debug`: fixed words only, never a text of the dialogue. */
	void (*trace)(void *context, const char *did, const char *what);
};

/* How a transaction ended. Only ALLOWED lets a user in, and only dialogue.c's verdict handler sets it. */
enum dg_ending {
	DG_ENDING_FAILED = 0,		/* this side could not go on; error is an errno, or 0 */
	DG_ENDING_UNREACHABLE,		/* nobody listens, or silence before WELCOME: the one case of failmode= */
	DG_ENDING_CROWDED,		/* set by transaction: silence or a full queue that others may have caused; no case of failmode= */
	DG_ENDING_LOST,			/* the connection was made, and closed by the other side */
	DG_ENDING_TIMED_OUT,		/* a deadline after the first byte of WELCOME */
	DG_ENDING_REFUSED,		/* a frame that PROTOCOL does not permit; detail says which rule */
	DG_ENDING_OTHER_VERSION,	/* WELCOME with a version that is not ours */
	DG_ENDING_LATE_ANSWER,		/* the daemon had already spoken or left when the user answered */
	DG_ENDING_BAD_PATH,		/* set by transaction: the socket's path is not to be trusted */
	DG_ENDING_BAD_PEER,		/* set by transaction: the process behind the socket is not to be trusted */
	DG_ENDING_VERDICT,		/* a verdict other than allow; verdict says which */
	DG_ENDING_ALLOWED = 0x6b35d94e	/* SECURITY: far from the others, as the verdicts are */
};

struct dg_result {
	enum dg_ending ending;
	uint32_t verdict;
	int error;
	const char *detail;			/* static, for the log; never NULL after dg_dialogue_run */
	char transaction[DG_TRANSACTION_MAX + 1];	/* "" before WELCOME */
};

/*
 * Sends START and runs the dialogue to its end. Blocks until total_deadline at the latest, except while the user types.
 * connecting_since is the monotonic time just before connect. Fills result on every path; every buffer that held
 * bytes of the dialogue is wiped before it returns.
 */
void dg_dialogue_run(const struct dg_transport *transport, const struct dg_ui *ui, const struct dg_start *start, int64_t connecting_since,
		     int64_t total_deadline, struct dg_result *result);

#endif
