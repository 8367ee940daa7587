/*
 * Decoding of the daemon's messages. One function per message, reading its fields in order; dg_wire_decode alone judges
 * left-over bytes, so no message can forget to.
 */
#include <string.h>

#include "fields.h"
#include "wire.h"

/* The limit is judged before the bytes are looked for: the first failure met is the one reported. */
static enum dg_wire_status take_text(struct dg_reader *reader, size_t min, size_t max, struct dg_text *text)
{
	uint16_t length;

	if (!dg_fields_take_u16(reader, &length))
		return DG_WIRE_SHORT_FIELD;
	if (length < min || length > max)
		return DG_WIRE_BAD_LENGTH;
	if (!dg_fields_take_bytes(reader, length, &text->bytes))
		return DG_WIRE_SHORT_FIELD;
	text->length = length;
	return DG_WIRE_OK;
}

static enum dg_wire_status take_display(struct dg_reader *reader, struct dg_message *message)
{
	enum dg_wire_status status = take_text(reader, 0, DG_DISPLAY_MAX, &message->text);

	if (status != DG_WIRE_OK)
		return status;
	return dg_text_is_display(message->text.bytes, message->text.length) ? DG_WIRE_OK : DG_WIRE_BAD_TEXT;
}

static bool is_transaction_id(struct dg_text text)
{
	for (size_t i = 0; i < text.length; i++) {
		unsigned char c = text.bytes[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
			return false;
	}
	return true;
}

static enum dg_wire_status take_welcome(struct dg_reader *reader, struct dg_message *message)
{
	enum dg_wire_status status;

	if (!dg_fields_take_u8(reader, &message->version))
		return DG_WIRE_SHORT_FIELD;
	status = take_text(reader, 1, DG_TRANSACTION_MAX, &message->text);
	if (status != DG_WIRE_OK)
		return status;
	return is_transaction_id(message->text) ? DG_WIRE_OK : DG_WIRE_BAD_TEXT;
}

static enum dg_wire_status take_prompt(struct dg_reader *reader, struct dg_message *message)
{
	uint8_t echo;

	if (!dg_fields_take_u8(reader, &echo))
		return DG_WIRE_SHORT_FIELD;
	if (echo > 1)
		return DG_WIRE_BAD_VALUE;
	message->echo = echo == 1;
	return take_display(reader, message);
}

static enum dg_wire_status take_verdict(struct dg_reader *reader, struct dg_message *message)
{
	uint32_t code;
	const unsigned char *nonce;

	if (!dg_fields_take_u32(reader, &code))
		return DG_WIRE_SHORT_FIELD;
	switch (code) {
	case DG_VERDICT_ALLOW:
	case DG_VERDICT_DENY:
	case DG_VERDICT_MAX_TRIES:
	case DG_VERDICT_UNAVAILABLE:
	case DG_VERDICT_ABORTED:
	case DG_VERDICT_MISCONFIGURED:
		message->verdict = code;
		break;
	default:
		return DG_WIRE_BAD_VALUE;
	}
	if (!dg_fields_take_bytes(reader, DG_NONCE_SIZE, &nonce))
		return DG_WIRE_SHORT_FIELD;
	memcpy(message->nonce, nonce, DG_NONCE_SIZE);
	return DG_WIRE_OK;
}

static enum dg_wire_status take_message(struct dg_reader *reader, struct dg_message *message)
{
	uint8_t type;

	if (!dg_fields_take_u8(reader, &type))
		return DG_WIRE_EMPTY;
	message->type = (enum dg_type)type;
	switch (type) {
	case DG_TYPE_WELCOME:
		return take_welcome(reader, message);
	case DG_TYPE_INFO:
	case DG_TYPE_ERROR:
		return take_display(reader, message);
	case DG_TYPE_PROMPT:
		return take_prompt(reader, message);
	case DG_TYPE_KEEPALIVE:
		return DG_WIRE_OK;
	case DG_TYPE_VERDICT:
		return take_verdict(reader, message);
	default:
		return DG_WIRE_UNKNOWN_TYPE;
	}
}

enum dg_wire_status dg_wire_decode(const unsigned char *payload, size_t length, struct dg_message *message)
{
	struct dg_reader reader = {.at = payload, .left = length};
	struct dg_message decoded = {.verdict = DG_VERDICT_NONE};
	enum dg_wire_status status;

	if (length > DG_PAYLOAD_MAX)
		return DG_WIRE_OVERSIZED;
	status = take_message(&reader, &decoded);
	if (status != DG_WIRE_OK)
		return status;
	if (reader.left != 0)
		return DG_WIRE_TRAILING_BYTES;
	*message = decoded;
	return DG_WIRE_OK;
}
