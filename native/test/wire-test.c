/*
 * The decoder and the encoder against the shared vectors, and the laws that hold for every one of them: a truncation never decodes,
 * a byte more never decodes to the same, only the allow vector decodes to allow, and encoding gives the same bytes again.
 * Above 200 lines: the laws are read together.
 */
#include <stdlib.h>
#include <string.h>

#include "peer-wire.h"
#include "render.h"
#include "tap.h"
#include "text.h"
#include "vectors.h"

/* Decodes from a copy on the heap of exactly the right size, so that a sanitizer or valgrind sees a read past the end. */
static enum dg_wire_status decode(const struct vector *v, size_t length, struct dg_message *message, struct peer_message *peer,
				  unsigned char **copy)
{
	*copy = malloc(length == 0 ? 1 : length);
	memcpy(*copy, v->frame + DG_HEADER_SIZE, length);
	return v->from_helper ? peer_wire_decode(*copy, length, peer) : dg_wire_decode(*copy, length, message);
}

static size_t encode_again(const struct vector *v, const struct dg_message *message, const struct peer_message *peer, unsigned char *frame)
{
	size_t length = 0;
	enum dg_wire_status status;

	if (!v->from_helper)
		return peer_wire_encode(message, frame);
	if (peer->type == DG_TYPE_START)
		status = dg_wire_encode_start(&peer->start, frame, &length);
	else if (peer->status == PEER_GIVEN)
		status = dg_wire_encode_given(peer->text.bytes, peer->text.length, frame, &length);
	else
		status = dg_wire_encode_cancelled(frame, &length);
	return status == DG_WIRE_OK ? length : 0;
}

static void check_well_formed(struct tap *tap, const struct vector *v, const struct dg_message *message, const struct peer_message *peer)
{
	static char line[RENDER_SIZE];
	unsigned char frame[DG_FRAME_MAX];
	size_t length = encode_again(v, message, peer, frame);
	bool same = length == v->length && memcmp(frame, v->frame, length) == 0;

	if (v->from_helper)
		render_helper(peer, line);
	else
		render_daemon(message, line);
	tap_ok(tap, strcmp(line, v->expect) == 0, "%s decodes to what the vector says", v->name);
	tap_ok(tap, v->one_way ? length > 0 && !same : same, "%s encodes %s", v->name, v->one_way ? "otherwise" : "to the same bytes");
}

/* Every shorter payload must fail, with short-field or, when a START ends between facts, missing-fact or nothing at all. */
static void check_truncations(struct tap *tap, const struct vector *v, size_t length)
{
	size_t wrong = 0;

	for (size_t cut = 1; cut < length; cut++) {
		struct dg_message message;
		struct peer_message peer;
		unsigned char *copy;
		enum dg_wire_status status = decode(v, cut, &message, &peer, &copy);
		bool is_start = v->from_helper && v->frame[DG_HEADER_SIZE] == DG_TYPE_START;

		if (status != DG_WIRE_SHORT_FIELD && !(is_start && (status == DG_WIRE_MISSING_FACT || status == DG_WIRE_OK)))
			wrong++;
		free(copy);
	}
	tap_ok(tap, wrong == 0, "%s cut anywhere is short", v->name);
}

static void check_one_more(struct tap *tap, const struct vector *v, size_t length)
{
	struct vector longer = *v;
	struct dg_message message;
	struct peer_message peer;
	unsigned char *copy;
	enum dg_wire_status status;

	if (length == DG_PAYLOAD_MAX)
		return;
	longer.frame[v->length] = 0;
	status = decode(&longer, length + 1, &message, &peer, &copy);
	free(copy);
	tap_ok(tap, status == DG_WIRE_TRAILING_BYTES || (v->frame[DG_HEADER_SIZE] == DG_TYPE_START && status == DG_WIRE_SHORT_FIELD),
	       "%s with a byte more fails", v->name);
}

static void check_vector(struct tap *tap, const struct vector *v)
{
	struct dg_message message = {.verdict = DG_VERDICT_NONE};
	struct peer_message peer;
	unsigned char *copy = NULL;
	char line[64];
	size_t length = 0;
	enum dg_wire_status status = dg_wire_read_header(v->frame, &length);
	bool fails = strncmp(v->expect, "failure ", 8) == 0;

	if (status == DG_WIRE_OK && !tap_ok(tap, v->length == DG_HEADER_SIZE + length, "%s is a whole frame", v->name))
		return;
	if (status == DG_WIRE_OK)
		status = decode(v, length, &message, &peer, &copy);
	if (fails || status != DG_WIRE_OK) {
		snprintf(line, sizeof line, "failure %s", dg_wire_status_name(status));
		tap_ok(tap, strcmp(line, v->expect) == 0, "%s: %s, expected %.60s", v->name, line, v->expect);
		tap_ok(tap, message.verdict == DG_VERDICT_NONE && message.type == 0, "%s leaves the message alone", v->name);
	} else {
		check_well_formed(tap, v, &message, &peer);
		check_truncations(tap, v, length);
		check_one_more(tap, v, length);
		tap_ok(tap, (message.verdict == DG_VERDICT_ALLOW) == (strcmp(v->name, "verdict-allow") == 0), "%s is allow only if it says so", v->name);
	}
	free(copy);
}

/* Any single flipped bit in an allow gives no allow, unless it is in the nonce, which the dialogue compares. */
static void check_flips(struct tap *tap, const struct vector *v)
{
	unsigned allowed = 0;

	for (size_t bit = 0; bit < 8 * 5; bit++) {
		struct dg_message message = {.verdict = DG_VERDICT_NONE};
		struct vector flipped = *v;

		flipped.frame[DG_HEADER_SIZE + bit / 8] ^= (unsigned char)(1u << bit % 8);
		if (dg_wire_decode(flipped.frame + DG_HEADER_SIZE, 21, &message) == DG_WIRE_OK)
			allowed++;
	}
	tap_ok(tap, allowed == 0, "no flipped bit in type or code of allow decodes");
}

/* The encoder refuses what a daemon would have to refuse. */
static void check_encoder_limits(struct tap *tap)
{
	static unsigned char big[2000];
	unsigned char frame[DG_FRAME_MAX];
	size_t length = 7;
	struct dg_start start = {.version = 1};

	memset(big, 'x', sizeof big);
	tap_ok(tap, dg_wire_encode_start(&start, frame, &length) == DG_WIRE_MISSING_FACT, "START without a user is not encoded");
	start.texts[DG_FACT_SERVICE] = (struct dg_text){big, 4};
	for (unsigned tag = DG_FACT_USER; tag < DG_FACT_END; tag++) {
		const struct dg_fact_rule *rule = dg_wire_fact_rule(tag);

		if (rule->number)
			continue;
		start.texts[DG_FACT_USER] = (struct dg_text){big, 5};
		start.texts[tag] = (struct dg_text){big, rule->max};
		tap_ok(tap, dg_wire_encode_start(&start, frame, &length) == DG_WIRE_OK, "fact %u of %u bytes is encoded", tag, rule->max);
		start.texts[tag] = (struct dg_text){big, rule->max + 1u};
		tap_ok(tap, dg_wire_encode_start(&start, frame, &length) == DG_WIRE_BAD_LENGTH, "fact %u of a byte more is not", tag);
		start.texts[tag] = (struct dg_text){(const unsigned char *)"a\0b", 3};
		tap_ok(tap, dg_wire_encode_start(&start, frame, &length) == DG_WIRE_BAD_TEXT, "fact %u with NUL is not", tag);
		start.texts[tag] = (struct dg_text){(const unsigned char *)"abcd", 4};
	}
	length = 7;
	tap_ok(tap, dg_wire_encode_given(big, 513, frame, &length) == DG_WIRE_BAD_LENGTH && length == 7, "an answer of 513 bytes is not encoded");
	tap_ok(tap, dg_wire_encode_given((const unsigned char *)"\xff", 1, frame, &length) == DG_WIRE_BAD_TEXT, "an answer that is no text is not");
}

static void check_fit(struct tap *tap)
{
	static const struct {
		const char *from;
		size_t max;
		const char *to;
	} cases[] = {
		{"plain", 8, "plain"}, {"plain", 3, "pla"},	 {"a\xc3\xa9", 2, "a"}, {"a\xc3\xa9", 3, "a\xc3\xa9"}, {"\xff\xfe", 8, "??"},
		{"caf\xe9", 8, "caf?"}, {"\xe2\x82", 8, "??"}, {"", 8, ""},		{"\xed\xa0\x80", 8, "???"},    {"abc", 0, ""},
		{"\xf0\x9f\x98\x80", 3, ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		unsigned char to[16];
		size_t length = dg_text_fit(cases[i].from, to, cases[i].max);

		tap_ok(tap, length == strlen(cases[i].to) && memcmp(to, cases[i].to, length) == 0 && dg_text_is_text(to, length), "fit case %zu", i);
	}
}

static void check_escape(struct tap *tap)
{
	char to[16];

	dg_text_escape("a\"\n\xc3", to, sizeof to);
	tap_ok(tap, strcmp(to, "a\\x22\\x0a\\xc3") == 0, "quotes, controls and high bytes are escaped");
	dg_text_escape("aaaaaaaaaaaaaa\n", to, sizeof to);
	tap_ok(tap, strcmp(to, "aaaaaaaaaaaaaa") == 0, "an escape that does not fit whole is left out");
}

int main(int argc, char **argv)
{
	static struct vector vector;
	struct tap tap = {0};
	FILE *file = argc > 1 ? fopen(argv[1], "re") : NULL;
	int count = 0;

	if (file == NULL) {
		fprintf(stderr, "wire-test: give it the vector file\n");
		return 2;
	}
	while (vectors_next(file, &vector)) {
		check_vector(&tap, &vector);
		if (strcmp(vector.name, "verdict-allow") == 0)
			check_flips(&tap, &vector);
		count++;
	}
	fclose(file);
	tap_ok(&tap, count >= 60, "%d vectors were read", count);
	check_encoder_limits(&tap);
	check_fit(&tap);
	check_escape(&tap);
	return tap_end(&tap);
}
