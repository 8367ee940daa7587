/*
 * The dialogue against a fake daemon and a fake clock. First the table of dialogue.c over random sequences of messages, with a model
 * of a few lines that must agree on every ending; then the deadlines, and trouble at each step. Above 200 lines: one fake serves all of it.
 */
#include <errno.h>
#include <string.h>

#include "dialogue.h"
#include "peer-wire.h"
#include "tap.h"

#define IN_SIZE 65536
#define ITEMS_MAX 64

static const unsigned char nonce[DG_NONCE_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

/* A daemon that has put its bytes into a queue; releases[] says how much of it is there before each ANSWER. */
struct fake {
	unsigned char in[IN_SIZE];
	size_t length, at;
	size_t releases[ITEMS_MAX + 2];
	size_t release;
	enum dg_io at_end;
	enum dg_io start_io, answer_io, quiet_io;
	int64_t clock, start_takes, typing_takes, receive_takes;
	int64_t deadlines[ITEMS_MAX * 3];
	size_t receives;
	unsigned starts, answers, shown;
	bool user_answers;
	const char *answer;
	struct peer_message last_answer;
	unsigned char last_frame[DG_FRAME_MAX];
};

static size_t released(const struct fake *f)
{
	return f->releases[f->release];
}

static int64_t fake_now(void *context)
{
	return ((struct fake *)context)->clock;
}

static enum dg_io fake_send(void *context, const unsigned char *bytes, size_t length, int64_t deadline)
{
	struct fake *f = context;

	(void)deadline;
	if (bytes[DG_HEADER_SIZE] == DG_TYPE_START) {
		f->starts++;
		f->clock += f->start_takes;
		return f->start_io;
	}
	f->answers++;
	memcpy(f->last_frame, bytes, length);
	if (peer_wire_decode(f->last_frame + DG_HEADER_SIZE, length - DG_HEADER_SIZE, &f->last_answer) != DG_WIRE_OK)
		f->answers += 1000;
	f->release++;
	return f->answer_io;
}

static enum dg_io fake_receive(void *context, unsigned char *bytes, size_t length, int64_t deadline, size_t *got)
{
	struct fake *f = context;
	size_t there = released(f) - f->at;
	size_t take = there < length ? there : length;

	if (f->receives < sizeof f->deadlines / sizeof f->deadlines[0])
		f->deadlines[f->receives] = deadline;
	f->receives++;
	f->clock += f->receive_takes;
	memcpy(bytes, f->in + f->at, take);
	f->at += take;
	*got = take;
	errno = ENOMEM;
	return take == length ? DG_IO_DONE : f->at_end;
}

static enum dg_io fake_quiet(void *context)
{
	struct fake *f = context;

	return released(f) > f->at ? DG_IO_PENDING : f->quiet_io;
}

static void fake_show(void *context, bool is_error, const char *text)
{
	(void)is_error;
	(void)text;
	((struct fake *)context)->shown++;
}

static bool fake_ask(void *context, bool echo, const char *text, struct dg_answer *answer)
{
	struct fake *f = context;

	(void)echo;
	(void)text;
	f->clock += f->typing_takes;
	answer->length = strlen(f->answer);
	memcpy(answer->text, f->answer, answer->length);
	return f->user_answers;
}

static void fake_trace(void *context, const char *did, const char *what)
{
	(void)context;
	(void)did;
	(void)what;
}

static void reset(struct fake *f)
{
	memset(f, 0, sizeof *f);
	f->at_end = DG_IO_ENDED;
	f->user_answers = true;
	f->answer = "1";
	f->clock = 1000000;
}

static void add(struct fake *f, enum dg_type type, uint32_t verdict, uint8_t version, const unsigned char *with_nonce)
{
	struct dg_message message = {.type = type, .version = version, .verdict = verdict};

	message.text = (struct dg_text){(const unsigned char *)"t-1", 3};
	memcpy(message.nonce, with_nonce, DG_NONCE_SIZE);
	f->length += peer_wire_encode(&message, f->in + f->length);
}

static void add_plain(struct fake *f, enum dg_type type)
{
	add(f, type, DG_VERDICT_ALLOW, DG_VERSION, nonce);
}

static void release_all(struct fake *f)
{
	for (size_t i = 0; i < sizeof f->releases / sizeof f->releases[0]; i++)
		f->releases[i] = f->length;
}

static struct dg_result run(struct fake *f)
{
	struct dg_transport transport = {.context = f, .now = fake_now, .send = fake_send, .receive = fake_receive, .quiet = fake_quiet};
	struct dg_ui ui = {.context = f, .show = fake_show, .ask = fake_ask, .trace = fake_trace};
	struct dg_start start = {.version = DG_VERSION, .budget_ms = 115000};
	struct dg_result result;

	memcpy(start.nonce, nonce, sizeof nonce);
	start.texts[DG_FACT_USER] = (struct dg_text){(const unsigned char *)"alice", 5};
	start.texts[DG_FACT_SERVICE] = (struct dg_text){(const unsigned char *)"sshd", 4};
	dg_dialogue_run(&transport, &ui, &start, f->clock, f->clock + 115000, &result);
	return result;
}

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

struct item {
	enum dg_type type;
	uint8_t version;
	uint32_t verdict;
	bool good_nonce;
	bool gap; /* PROMPT: what follows is sent without waiting for the ANSWER */
};

static enum dg_ending model(const struct item *items, size_t count, enum dg_io at_end)
{
	bool open = false;
	unsigned shown = 0;

	for (size_t i = 0; i < count; i++) {
		const struct item *item = &items[i];

		if (!open) {
			if (item->type != DG_TYPE_WELCOME)
				return DG_ENDING_REFUSED;
			if (item->version != DG_VERSION)
				return DG_ENDING_OTHER_VERSION;
			open = true;
		} else if (item->type == DG_TYPE_WELCOME) {
			return DG_ENDING_REFUSED;
		} else if (item->type == DG_TYPE_INFO || item->type == DG_TYPE_ERROR) {
			if (++shown > 20)
				return DG_ENDING_REFUSED;
		} else if (item->type == DG_TYPE_PROMPT) {
			shown = 0;
			if (item->gap && i + 1 < count)
				return DG_ENDING_LATE_ANSWER;
		} else if (item->type == DG_TYPE_VERDICT) {
			if (!item->good_nonce)
				return DG_ENDING_REFUSED;
			return item->verdict == DG_VERDICT_ALLOW ? DG_ENDING_ALLOWED : DG_ENDING_VERDICT;
		}
	}
	if (at_end == DG_IO_FAILED)
		return DG_ENDING_FAILED;
	if (at_end == DG_IO_ENDED)
		return DG_ENDING_LOST;
	return open ? DG_ENDING_TIMED_OUT : DG_ENDING_UNREACHABLE;
}

/* A talkative daemon seldom prompts or ends: it reaches the limit of messages. */
static struct item random_item(uint32_t *state, bool first, bool talkative)
{
	static const enum dg_type types[] = {DG_TYPE_INFO,   DG_TYPE_INFO,	DG_TYPE_INFO,	   DG_TYPE_ERROR,   DG_TYPE_ERROR, DG_TYPE_PROMPT,
					     DG_TYPE_PROMPT, DG_TYPE_KEEPALIVE, DG_TYPE_KEEPALIVE, DG_TYPE_VERDICT, DG_TYPE_WELCOME};
	static const uint32_t verdicts[] = {DG_VERDICT_ALLOW, DG_VERDICT_ALLOW, DG_VERDICT_DENY, DG_VERDICT_ABORTED};
	struct item item = {.type = types[next_random(state) % 11], .version = DG_VERSION};

	if (first && next_random(state) % 8 != 0)
		item.type = DG_TYPE_WELCOME;
	else if (talkative && next_random(state) % 32 != 0)
		item.type = DG_TYPE_INFO;
	if (next_random(state) % 16 == 0)
		item.version = 2;
	item.verdict = verdicts[next_random(state) % 4];
	item.good_nonce = next_random(state) % 4 != 0;
	item.gap = next_random(state) % 4 == 0;
	return item;
}

/* Lays the items out; a PROMPT without a gap holds back what follows until its ANSWER. */
static void lay_out(struct fake *f, const struct item *items, size_t count)
{
	static const unsigned char other[DG_NONCE_SIZE] = {0};
	size_t answers = 0;

	for (size_t i = 0; i < count; i++) {
		add(f, items[i].type, items[i].verdict, items[i].version, items[i].good_nonce ? nonce : other);
		if (items[i].type == DG_TYPE_PROMPT && !items[i].gap)
			f->releases[answers++] = f->length;
	}
	for (; answers < sizeof f->releases / sizeof f->releases[0]; answers++)
		f->releases[answers] = f->length;
}

static void check_random(struct tap *tap)
{
	static const enum dg_io ends[] = {DG_IO_ENDED, DG_IO_TIMED_OUT, DG_IO_FAILED};
	static struct fake f;
	uint32_t state = 0x9e3779b9;
	unsigned wrong = 0, allowed = 0, late = 0, many = 0, loose = 0;

	for (unsigned round = 0; round < 20000; round++) {
		struct item items[ITEMS_MAX];
		size_t count = next_random(&state) % ITEMS_MAX;
		struct dg_result result;

		reset(&f);
		f.at_end = ends[next_random(&state) % 3];
		for (size_t i = 0; i < count; i++)
			items[i] = random_item(&state, i == 0, round % 4 == 0);
		lay_out(&f, items, count);
		result = run(&f);
		wrong += result.ending != model(items, count, f.at_end);
		allowed += result.ending == DG_ENDING_ALLOWED;
		late += result.ending == DG_ENDING_LATE_ANSWER;
		many += f.shown >= DG_SHOWN_MAX;
		loose += result.ending == DG_ENDING_ALLOWED && (result.verdict != DG_VERDICT_ALLOW || result.transaction[0] == '\0');
		wrong += f.starts != 1 || f.answers >= 1000;
	}
	tap_ok(tap, wrong == 0, "20000 random sequences end as the model says (%u differ)", wrong);
	tap_ok(tap, allowed > 500 && late > 500 && many > 500, "the sequences reach allow (%u), the gap (%u) and the limit of messages (%u)", allowed, late,
	       many);
	tap_ok(tap, loose == 0, "each allow came with its verdict and a transaction");
}

static void check_nonce_bits(struct tap *tap)
{
	static struct fake f;
	unsigned refused = 0;

	for (unsigned bit = 0; bit < 8 * DG_NONCE_SIZE; bit++) {
		unsigned char flipped[DG_NONCE_SIZE];

		memcpy(flipped, nonce, sizeof nonce);
		flipped[bit / 8] ^= (unsigned char)(1u << bit % 8);
		reset(&f);
		add_plain(&f, DG_TYPE_WELCOME);
		add(&f, DG_TYPE_VERDICT, DG_VERDICT_ALLOW, DG_VERSION, flipped);
		release_all(&f);
		refused += run(&f).ending == DG_ENDING_REFUSED;
	}
	tap_ok(tap, refused == 128, "allow with any nonce bit flipped is refused");
}

/* WELCOME, PROMPT, then allow after the ANSWER. */
static void lay_out_login(struct fake *f)
{
	const struct item items[] = {{.type = DG_TYPE_WELCOME, .version = DG_VERSION},
				     {.type = DG_TYPE_PROMPT},
				     {.type = DG_TYPE_VERDICT, .verdict = DG_VERDICT_ALLOW, .good_nonce = true}};

	reset(f);
	lay_out(f, items, 3);
}

static void check_deadlines(struct tap *tap)
{
	static struct fake f;
	int64_t began = 1000000;

	lay_out_login(&f);
	f.start_takes = 100;
	f.typing_takes = 60000;
	tap_ok(tap, run(&f).ending == DG_ENDING_ALLOWED, "a login with a slow typist is allowed");
	tap_ok(tap, f.deadlines[0] == began + 100 + 5000 && f.deadlines[1] == f.deadlines[0], "WELCOME has 5 s from START, header and payload alike");
	tap_ok(tap, f.deadlines[2] == began + 100 + 15000, "a frame has 15 s");
	tap_ok(tap, f.deadlines[4] == began + 60100 + 15000, "the 15 s begin after the answer");

	lay_out_login(&f);
	f.typing_takes = 105000;
	tap_ok(tap, run(&f).ending == DG_ENDING_ALLOWED && f.deadlines[4] == began + 115000, "no deadline is beyond the whole transaction's");

	lay_out_login(&f);
	f.typing_takes = 115000;
	tap_ok(tap, run(&f).ending == DG_ENDING_TIMED_OUT && f.answers == 0, "an answer after the time of the whole is not sent");
}

/* A stopped process (SIGSTOP, Ctrl-Z) must not make a running daemon look unreachable, nor an old allow good. */
static void check_stopped(struct tap *tap)
{
	static struct fake f;

	lay_out_login(&f);
	f.receive_takes = 18000;
	tap_ok(tap, run(&f).ending == DG_ENDING_ALLOWED, "WELCOME found in the queue after its deadline counts");

	reset(&f);
	add_plain(&f, DG_TYPE_WELCOME);
	add_plain(&f, DG_TYPE_VERDICT);
	release_all(&f);
	f.receive_takes = 60000;
	tap_ok(tap, run(&f).ending == DG_ENDING_TIMED_OUT, "allow found in the queue after the time of the whole does not");

	reset(&f);
	f.at_end = DG_IO_TIMED_OUT;
	f.start_takes = DG_START_LATE_MS;
	tap_ok(tap, run(&f).ending == DG_ENDING_UNREACHABLE, "START in time, then silence: unreachable");
	f.start_takes = DG_START_LATE_MS + 1;
	tap_ok(tap, run(&f).ending == DG_ENDING_FAILED, "START late, then silence: proves nothing");
	f.start_io = DG_IO_TIMED_OUT;
	tap_ok(tap, run(&f).ending == DG_ENDING_FAILED, "START late and not sent: proves nothing");
}

static void check_trouble(struct tap *tap)
{
	static struct fake f;

	reset(&f);
	f.at_end = DG_IO_ENDED;
	tap_ok(tap, run(&f).ending == DG_ENDING_LOST, "START, then end of stream: something listens, so lost");
	f.start_io = DG_IO_ENDED;
	tap_ok(tap, run(&f).ending == DG_ENDING_LOST, "START into a closed connection: lost");
	f.start_io = DG_IO_TIMED_OUT;
	tap_ok(tap, run(&f).ending == DG_ENDING_UNREACHABLE, "START that nobody takes: unreachable");
	f.start_io = DG_IO_FAILED;
	tap_ok(tap, run(&f).ending == DG_ENDING_FAILED, "START that fails on this side: failed");

	lay_out_login(&f);
	f.quiet_io = DG_IO_ENDED;
	tap_ok(tap, run(&f).ending == DG_ENDING_LATE_ANSWER && f.answers == 0, "the daemon leaves while the user types: too late");
	lay_out_login(&f);
	f.answer_io = DG_IO_ENDED;
	tap_ok(tap, run(&f).ending == DG_ENDING_LOST, "ANSWER that cannot be sent: lost");

	for (size_t cut = 1; cut < 11; cut++) {
		lay_out_login(&f);
		f.length = cut;
		release_all(&f);
		tap_ok(tap, run(&f).ending == DG_ENDING_LOST, "end of stream after %zu bytes of WELCOME: lost", cut);
	}
}

static void check_answers(struct tap *tap)
{
	static struct fake f;

	lay_out_login(&f);
	f.answer = "push";
	tap_ok(tap, run(&f).ending == DG_ENDING_ALLOWED && f.last_answer.status == PEER_GIVEN && f.last_answer.text.length == 4, "an answer is given");
	lay_out_login(&f);
	f.user_answers = false;
	tap_ok(tap, run(&f).ending == DG_ENDING_ALLOWED && f.last_answer.status == PEER_CANCELLED, "no answer is cancelled");
	lay_out_login(&f);
	f.answer = "caf\xe9";
	tap_ok(tap, run(&f).ending == DG_ENDING_ALLOWED && f.last_answer.status == PEER_CANCELLED, "an answer that is no UTF-8 is cancelled");
}

int main(void)
{
	struct tap tap = {0};

	check_random(&tap);
	check_nonce_bits(&tap);
	check_deadlines(&tap);
	check_stopped(&tap);
	check_trouble(&tap);
	check_answers(&tap);
	return tap_end(&tap);
}
