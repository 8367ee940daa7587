/*
 * libFuzzer target: the real dialogue and decoder on hostile bytes, with trouble injected at each call. Everything that happens is
 * derived from the input, so a finding reproduces. Input: 4 bytes of seed, then the daemon's bytes. A seed of 0 injects nothing.
 *
 * Asserted: an allow needs a proper WELCOME at the start of the stream and an allow with our nonce after it; every frame that the helper
 * sends is well formed; a message that decodes encodes to the same bytes.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dialogue.h"
#include "peer-wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The vectors' nonce, so that they serve as seeds. */
static const unsigned char nonce[DG_NONCE_SIZE] = {0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf};

struct world {
	const uint8_t *stream;
	size_t size, at;
	uint32_t random;
	int64_t clock;
	bool silent;
};

static void check(int good)
{
	if (!good)
		abort();
}

static uint32_t roll(struct world *w)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 17;
	w->random ^= w->random << 5;
	return w->random;
}

/* One call in 32 goes wrong, in one of three ways. Never with a seed of 0, whose xorshift stays 0. */
static enum dg_io trouble(struct world *w)
{
	static const enum dg_io ways[] = {DG_IO_TIMED_OUT, DG_IO_ENDED, DG_IO_FAILED};
	enum dg_io io;

	if (w->random == 0 || roll(w) % 32 != 0)
		return DG_IO_DONE;
	errno = EIO;
	io = ways[roll(w) % 3];
	w->silent = w->silent || io == DG_IO_TIMED_OUT;
	return io;
}

static int64_t world_now(void *context)
{
	struct world *w = context;

	w->clock += w->random == 0 ? 1 : (int64_t)(roll(w) % 512);
	return w->clock;
}

static enum dg_io world_send(void *context, const unsigned char *bytes, size_t length, int64_t deadline)
{
	struct peer_message message;
	size_t payload = 0;

	(void)deadline;
	check(length > DG_HEADER_SIZE && dg_wire_read_header(bytes, &payload) == DG_WIRE_OK && payload == length - DG_HEADER_SIZE);
	check(peer_wire_decode(bytes + DG_HEADER_SIZE, payload, &message) == DG_WIRE_OK && !message.one_way);
	return trouble(context);
}

static enum dg_io world_receive(void *context, unsigned char *bytes, size_t length, int64_t deadline, size_t *got)
{
	struct world *w = context;
	size_t left = w->size - w->at;
	enum dg_io io = trouble(w);

	(void)deadline;
	if (io != DG_IO_DONE) {
		*got = left == 0 ? 0 : roll(w) % (left < length ? left : length);
		return io;
	}
	*got = left < length ? left : length;
	memcpy(bytes, w->stream + w->at, *got);
	w->at += *got;
	return *got == length ? DG_IO_DONE : DG_IO_ENDED;
}

/* Without a seed the gap is always quiet, so that allow after PROMPT is reached too. */
static enum dg_io world_quiet(void *context)
{
	struct world *w = context;

	if (w->random != 0 && roll(w) % 8 == 0)
		return DG_IO_PENDING;
	return trouble(w);
}

static void check_display(const char *text)
{
	check(strlen(text) <= DG_DISPLAY_MAX && dg_text_is_display((const unsigned char *)text, strlen(text)));
}

static void world_show(void *context, bool is_error, const char *text)
{
	(void)context;
	(void)is_error;
	check_display(text);
}

/* The answer is made of whatever the stream holds next, so it need not be UTF-8. */
static bool world_ask(void *context, bool echo, const char *text, struct dg_answer *answer)
{
	struct world *w = context;
	size_t left = w->size - w->at;

	(void)echo;
	check_display(text);
	answer->length = left < DG_ANSWER_MAX ? left : DG_ANSWER_MAX;
	memcpy(answer->text, w->stream + w->at, answer->length);
	return w->random == 0 || roll(w) % 4 != 0;
}

static void world_trace(void *context, const char *did, const char *what)
{
	(void)context;
	check(did != NULL && what != NULL);
}

/* Apart from the decoder: WELCOME version 1 with an id of 1 to 64 bytes, alone in its frame. */
static int begins_with_welcome(const uint8_t *s, size_t size)
{
	return size >= 9 && s[0] == 0 && s[1] == 0 && s[2] == 0 && s[4] == 0x80 && s[5] == 1 && s[6] == 0 && s[7] >= 1 && s[7] <= 64 &&
	       s[3] == s[7] + 4u;
}

static int holds_allow(const uint8_t *s, size_t size)
{
	static const unsigned char head[] = {0, 0, 0, 21, 0x85, 0x2d, 0x9b, 0x6e, 0x53};
	unsigned char whole[sizeof head + DG_NONCE_SIZE];

	memcpy(whole, head, sizeof head);
	memcpy(whole + sizeof head, nonce, DG_NONCE_SIZE);
	return memmem(s, size, whole, sizeof whole) != NULL;
}

static void fuzz_decoder(const uint8_t *bytes, size_t size)
{
	struct dg_message message;
	struct peer_message peer;
	unsigned char frame[DG_FRAME_MAX];
	size_t length;

	if (size < DG_HEADER_SIZE || dg_wire_read_header(bytes, &length) != DG_WIRE_OK || length > size - DG_HEADER_SIZE)
		return;
	if (dg_wire_decode(bytes + DG_HEADER_SIZE, length, &message) == DG_WIRE_OK) {
		check(peer_wire_encode(&message, frame) == DG_HEADER_SIZE + length);
		check(memcmp(frame, bytes, DG_HEADER_SIZE + length) == 0);
	}
	if (peer_wire_decode(bytes + DG_HEADER_SIZE, length, &peer) == DG_WIRE_OK && peer.type == DG_TYPE_START) {
		size_t encoded = 0;

		check(dg_wire_encode_start(&peer.start, frame, &encoded) == DG_WIRE_OK);
		check(peer.one_way || (encoded == DG_HEADER_SIZE + length && memcmp(frame, bytes, encoded) == 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = {.clock = 1};
	struct dg_transport transport = {.context = &w, .now = world_now, .send = world_send, .receive = world_receive, .quiet = world_quiet};
	struct dg_ui ui = {.context = &w, .show = world_show, .ask = world_ask, .trace = world_trace};
	struct dg_start start = {.version = DG_VERSION, .budget_ms = 115000};
	struct dg_result result;

	if (size < sizeof w.random)
		return 0;
	memcpy(&w.random, data, sizeof w.random);
	w.stream = data + sizeof w.random;
	w.size = size - sizeof w.random;
	fuzz_decoder(w.stream, w.size);

	memcpy(start.nonce, nonce, sizeof nonce);
	start.texts[DG_FACT_USER] = (struct dg_text){(const unsigned char *)"alice", 5};
	start.texts[DG_FACT_SERVICE] = (struct dg_text){(const unsigned char *)"sshd", 4};
	dg_dialogue_run(&transport, &ui, &start, 1, 115001, &result);

	check(result.detail != NULL);
	if (result.ending == DG_ENDING_ALLOWED) {
		check(result.verdict == DG_VERDICT_ALLOW && result.transaction[0] != '\0');
		check(begins_with_welcome(w.stream, w.size) && holds_allow(w.stream, w.size));
	}
	/* A stream that ends is a close, never absence. */
	if (result.ending == DG_ENDING_UNREACHABLE)
		check(w.at == 0 && w.silent);
	return 0;
}
