/*
 * The helper's side of PROTOCOL section 3, for pam_duogate.so and login_duogate. Everything that is not permitted ends the dialogue;
 * the table, which native/test/dialogue-test.c walks at random. Above 200 lines, because the table's rows are reviewed together:
 *
 *   state    WELCOME   INFO, ERROR        KEEPALIVE  PROMPT                 VERDICT  end of stream, silence
 *   greeting open      refuse             refuse     refuse                 refuse   LOST; silence: UNREACHABLE, or TIMED_OUT after a byte
 *   open     refuse    show (at most 20)  nothing    ask, ANSWER, still open  end    LOST, TIMED_OUT
 */
#include "dialogue.h"

#include <errno.h>
#include <string.h>

struct dialogue {
	const struct dg_transport *transport;
	const struct dg_ui *ui;
	const unsigned char *nonce;
	struct dg_result *result;
	int64_t connecting_since;
	int64_t started_at;
	int64_t total_deadline;
	unsigned shown;
	bool open;
	bool any_byte;
	unsigned char frame[DG_FRAME_MAX];
	char text[DG_DISPLAY_MAX + 1];
	struct dg_answer answer;
};

static int64_t now(const struct dialogue *d)
{
	return d->transport->now(d->transport->context);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Always false: a step that ends the dialogue says so by returning it. */
static bool end(struct dialogue *d, enum dg_ending ending, const char *detail)
{
	d->result->ending = ending;
	d->result->detail = detail;
	return false;
}

/*
 * SECURITY: with failmode=safe this is the way in, so it must not be in the hands of the user who logs in. su's caller can stop
 * the process between connect and START until the daemon hangs up, and would then be let in. A START that left late
 * therefore proves nothing about the daemon. (Stopped later, the process finds WELCOME in its queue: receive looks there
 * even when the deadline has passed.)
 */
static bool judge_silence(struct dialogue *d, const char *detail)
{
	if (d->started_at - d->connecting_since > DG_START_LATE_MS)
		return end(d, DG_ENDING_FAILED, "START left too late to tell whether duogated answers; was this process stopped?");
	return end(d, DG_ENDING_UNREACHABLE, detail);
}

static bool end_io(struct dialogue *d, enum dg_io io)
{
	if (io == DG_IO_FAILED) {
		d->result->error = errno;
		return end(d, DG_ENDING_FAILED, "cannot use the connection");
	}
	if (io == DG_IO_TIMED_OUT)
		return d->any_byte ? end(d, DG_ENDING_TIMED_OUT, "duogated fell silent") : judge_silence(d, "it did not answer in time");
	/*
	 * SECURITY: PROTOCOL section 6. connect() succeeded, so something listens: a daemon out of descriptors or places closes connections,
	 * and others may have caused that. A daemon that is away closes nothing: it is met by connect(), or as silence.
	 */
	if (!d->any_byte)
		return end(d, DG_ENDING_LOST, "duogated closed the connection without an answer; journalctl -u duogated may say why");
	return end(d, DG_ENDING_LOST, "duogated closed the connection");
}

static bool receive(struct dialogue *d, unsigned char *bytes, size_t length, int64_t deadline)
{
	size_t got = 0;
	enum dg_io io = d->transport->receive(d->transport->context, bytes, length, deadline, &got);

	d->any_byte = d->any_byte || got > 0;
	return io == DG_IO_DONE || end_io(d, io);
}

/* PROTOCOL section 5: one deadline for the whole frame, so that dripping bytes cannot stretch it. */
static bool receive_message(struct dialogue *d, struct dg_message *message)
{
	int64_t deadline = d->open ? now(d) + DG_BETWEEN_FRAMES_MS : d->started_at + DG_WELCOME_MS;
	enum dg_wire_status status;
	size_t length;

	deadline = earlier(deadline, d->total_deadline);
	if (!receive(d, d->frame, DG_HEADER_SIZE, deadline))
		return false;
	status = dg_wire_read_header(d->frame, &length);
	if (status == DG_WIRE_OK) {
		if (!receive(d, d->frame, length, deadline))
			return false;
		status = dg_wire_decode(d->frame, length, message);
	}
	if (status != DG_WIRE_OK)
		return end(d, DG_ENDING_REFUSED, dg_wire_status_name(status));
	/* receive also takes what lay there past its deadline; once the time of the whole is over, nothing counts. */
	if (d->open && now(d) >= d->total_deadline)
		return end(d, DG_ENDING_TIMED_OUT, "the login took longer than timeout=");
	return true;
}

static const char *terminated(struct dialogue *d, struct dg_text text)
{
	memcpy(d->text, text.bytes, text.length);
	d->text[text.length] = '\0';
	return d->text;
}

static bool on_welcome(struct dialogue *d, const struct dg_message *message)
{
	memcpy(d->result->transaction, message->text.bytes, message->text.length);
	d->result->transaction[message->text.length] = '\0';
	if (message->version != DG_VERSION)
		return end(d, DG_ENDING_OTHER_VERSION, "duogated speaks another protocol version");
	d->open = true;
	return true;
}

static bool on_shown(struct dialogue *d, const struct dg_message *message)
{
	if (d->shown >= DG_SHOWN_MAX)
		return end(d, DG_ENDING_REFUSED, "more than 20 messages without a prompt");
	d->shown++;
	d->ui->show(d->ui->context, message->type == DG_TYPE_ERROR, terminated(d, message->text));
	return true;
}

/* A given answer that is no text (not UTF-8) cannot be sent, and is not mended: the user typed something else. */
static enum dg_wire_status encode_answer(struct dialogue *d, bool given, size_t *length)
{
	if (given && dg_wire_encode_given(d->answer.text, d->answer.length, d->frame, length) == DG_WIRE_OK)
		return DG_WIRE_OK;
	return dg_wire_encode_cancelled(d->frame, length);
}

static bool send_answer(struct dialogue *d, bool given)
{
	size_t length = 0;
	enum dg_io io;

	if (encode_answer(d, given, &length) != DG_WIRE_OK)
		return end(d, DG_ENDING_FAILED, "the answer cannot be encoded");
	io = d->transport->send(d->transport->context, d->frame, length, d->total_deadline);
	return io == DG_IO_DONE || end_io(d, io);
}

static bool on_prompt(struct dialogue *d, const struct dg_message *message)
{
	enum dg_io io;
	bool given, sent;

	d->shown = 0;
	d->answer.length = 0;
	given = d->ui->ask(d->ui->context, message->echo, terminated(d, message->text), &d->answer);
	d->ui->trace(d->ui->context, "the user", given ? "answered the prompt" : "gave no answer to the prompt");
	if (now(d) >= d->total_deadline)
		return end(d, DG_ENDING_TIMED_OUT, "the answer came after timeout=");
	/* SECURITY: PROTOCOL section 3, the gap. A verdict sent while the prompt stood must not be read as the reply to the answer. */
	io = d->transport->quiet(d->transport->context);
	if (io == DG_IO_PENDING)
		return end(d, DG_ENDING_LATE_ANSWER, "duogated had spoken before the prompt was answered");
	/* PROTOCOL section 5: so ends the daemon's wait for the ANSWER. */
	if (io == DG_IO_ENDED)
		return end(d, DG_ENDING_LATE_ANSWER, "duogated had closed the connection before the prompt was answered");
	if (io != DG_IO_DONE)
		return end_io(d, io);
	sent = send_answer(d, given);
	explicit_bzero(&d->answer, sizeof d->answer);
	explicit_bzero(d->frame, sizeof d->frame);
	return sent;
}

/* Every byte is compared whatever the first ones are; a verdict for another START allows nothing. */
static bool same_nonce(const unsigned char *a, const unsigned char *b)
{
	unsigned char difference = 0;

	for (size_t i = 0; i < DG_NONCE_SIZE; i++)
		difference = (unsigned char)(difference | (a[i] ^ b[i]));
	return difference == 0;
}

static bool on_verdict(struct dialogue *d, const struct dg_message *message)
{
	if (!same_nonce(message->nonce, d->nonce))
		return end(d, DG_ENDING_REFUSED, "a verdict for another START");
	d->result->verdict = message->verdict;
	if (d->open && message->verdict == DG_VERDICT_ALLOW)
		return end(d, DG_ENDING_ALLOWED, "allow");
	return end(d, DG_ENDING_VERDICT, dg_wire_verdict_name(message->verdict));
}

static bool on_message(struct dialogue *d, const struct dg_message *message)
{
	if (!d->open)
		return message->type == DG_TYPE_WELCOME ? on_welcome(d, message) : end(d, DG_ENDING_REFUSED, "a frame before WELCOME");
	switch (message->type) {
	case DG_TYPE_INFO:
	case DG_TYPE_ERROR:
		return on_shown(d, message);
	case DG_TYPE_KEEPALIVE:
		return true;
	case DG_TYPE_PROMPT:
		return on_prompt(d, message);
	case DG_TYPE_VERDICT:
		return on_verdict(d, message);
	case DG_TYPE_WELCOME:
	case DG_TYPE_START:
	case DG_TYPE_ANSWER:
		break;
	}
	return end(d, DG_ENDING_REFUSED, "a frame that is not permitted now");
}

static bool send_start(struct dialogue *d, const struct dg_start *start)
{
	size_t length = 0;
	enum dg_wire_status status = dg_wire_encode_start(start, d->frame, &length);
	enum dg_io io;

	if (status != DG_WIRE_OK)
		return end(d, DG_ENDING_FAILED, dg_wire_status_name(status));
	io = d->transport->send(d->transport->context, d->frame, length, earlier(now(d) + DG_WELCOME_MS, d->total_deadline));
	d->started_at = now(d);
	/* Its factor may be a passcode. */
	explicit_bzero(d->frame, sizeof d->frame);
	if (io != DG_IO_DONE)
		return end_io(d, io);
	d->ui->trace(d->ui->context, "sent", "START");
	return true;
}

void dg_dialogue_run(const struct dg_transport *transport, const struct dg_ui *ui, const struct dg_start *start, int64_t connecting_since,
		     int64_t total_deadline, struct dg_result *result)
{
	struct dialogue d = {
		.transport = transport,
		.ui = ui,
		.nonce = start->nonce,
		.connecting_since = connecting_since,
		.total_deadline = total_deadline,
	};
	struct dg_message message;
	bool going;

	memset(result, 0, sizeof *result);
	result->ending = DG_ENDING_FAILED;
	result->detail = "";
	d.result = result;

	going = send_start(&d, start);
	while (going) {
		going = receive_message(&d, &message);
		if (going) {
			ui->trace(ui->context, "received", dg_wire_type_name(message.type));
			going = on_message(&d, &message);
		}
	}
	explicit_bzero(&message, sizeof message);
	explicit_bzero(&d, sizeof d);
}
