/*
 * PROTOCOL sections 1 and 2 from the daemon's side. The limits come from the module's own table, so that a wrong limit there fails
 * against the vectors in both directions.
 */
#include "peer-wire.h"

#include <string.h>

#include "fields.h"

static enum dg_wire_status take_number(struct dg_reader *reader, unsigned tag, struct dg_start *start)
{
	uint32_t *to = tag == DG_FACT_CALLER ? &start->caller : &start->budget_ms;

	return dg_fields_take_u32(reader, to) ? DG_WIRE_OK : DG_WIRE_SHORT_FIELD;
}

static enum dg_wire_status take_known(struct dg_reader *reader, unsigned tag, uint16_t length, struct dg_start *start)
{
	const struct dg_fact_rule *rule = dg_wire_fact_rule(tag);
	struct dg_text text;

	if (length < rule->min || length > rule->max)
		return DG_WIRE_BAD_LENGTH;
	if (rule->number)
		return take_number(reader, tag, start);
	if (!dg_fields_take_bytes(reader, length, &text.bytes))
		return DG_WIRE_SHORT_FIELD;
	text.length = length;
	start->texts[tag] = text;
	return dg_text_is_text(text.bytes, text.length) ? DG_WIRE_OK : DG_WIRE_BAD_TEXT;
}

static enum dg_wire_status take_fact(struct dg_reader *reader, unsigned *seen, unsigned *last, struct peer_message *message)
{
	const unsigned char *skipped;
	uint8_t tag;
	uint16_t length;
	bool known;

	if (!dg_fields_take_u8(reader, &tag))
		return DG_WIRE_SHORT_FIELD;
	known = dg_wire_fact_rule(tag) != NULL;
	if (known && (*seen & 1u << tag) != 0)
		return DG_WIRE_DUPLICATE_FACT;
	if (!dg_fields_take_u16(reader, &length))
		return DG_WIRE_SHORT_FIELD;
	if (!known) {
		message->one_way = true;
		return dg_fields_take_bytes(reader, length, &skipped) ? DG_WIRE_OK : DG_WIRE_SHORT_FIELD;
	}
	*seen |= 1u << tag;
	message->one_way = message->one_way || tag < *last;
	*last = tag;
	return take_known(reader, tag, length, &message->start);
}

static enum dg_wire_status take_start(struct dg_reader *reader, struct peer_message *message)
{
	const unsigned char *nonce;
	unsigned seen = 0, last = 0;

	if (!dg_fields_take_u8(reader, &message->start.version) || !dg_fields_take_u8(reader, &message->start.flags) ||
	    !dg_fields_take_bytes(reader, DG_NONCE_SIZE, &nonce))
		return DG_WIRE_SHORT_FIELD;
	memcpy(message->start.nonce, nonce, DG_NONCE_SIZE);
	message->one_way = (message->start.flags & 0xf0) != 0;
	message->start.flags &= 0x0f;
	while (reader->left > 0) {
		enum dg_wire_status status = take_fact(reader, &seen, &last, message);

		if (status != DG_WIRE_OK)
			return status;
	}
	for (unsigned tag = DG_FACT_USER; tag < DG_FACT_END; tag++)
		if (dg_wire_fact_rule(tag)->required && (seen & 1u << tag) == 0)
			return DG_WIRE_MISSING_FACT;
	return DG_WIRE_OK;
}

static enum dg_wire_status take_answer(struct dg_reader *reader, struct peer_message *message)
{
	uint8_t status;
	uint16_t length;

	if (!dg_fields_take_u8(reader, &status))
		return DG_WIRE_SHORT_FIELD;
	if (status != PEER_GIVEN && status != PEER_CANCELLED)
		return DG_WIRE_BAD_VALUE;
	message->status = (enum peer_status)status;
	if (!dg_fields_take_u16(reader, &length))
		return DG_WIRE_SHORT_FIELD;
	if (length > (status == PEER_GIVEN ? DG_ANSWER_MAX : 0))
		return DG_WIRE_BAD_LENGTH;
	if (!dg_fields_take_bytes(reader, length, &message->text.bytes))
		return DG_WIRE_SHORT_FIELD;
	message->text.length = length;
	return dg_text_is_text(message->text.bytes, length) ? DG_WIRE_OK : DG_WIRE_BAD_TEXT;
}

enum dg_wire_status peer_wire_decode(const unsigned char *payload, size_t length, struct peer_message *message)
{
	struct dg_reader reader = {.at = payload, .left = length};
	enum dg_wire_status status = DG_WIRE_UNKNOWN_TYPE;
	uint8_t type;

	memset(message, 0, sizeof *message);
	if (!dg_fields_take_u8(&reader, &type))
		return DG_WIRE_EMPTY;
	message->type = (enum dg_type)type;
	if (type == DG_TYPE_START)
		status = take_start(&reader, message);
	else if (type == DG_TYPE_ANSWER)
		status = take_answer(&reader, message);
	if (status == DG_WIRE_OK && reader.left != 0)
		return DG_WIRE_TRAILING_BYTES;
	return status;
}

static void put_text(struct dg_writer *writer, struct dg_text text)
{
	dg_fields_put_u16(writer, (uint16_t)text.length);
	dg_fields_put_bytes(writer, text.bytes, text.length);
}

size_t peer_wire_encode(const struct dg_message *message, unsigned char frame[DG_FRAME_MAX])
{
	struct dg_writer writer = {.start = frame, .size = DG_FRAME_MAX};
	struct dg_writer header = {.start = frame, .size = DG_HEADER_SIZE};

	dg_fields_put_u32(&writer, 0);
	dg_fields_put_u8(&writer, (uint8_t)message->type);
	if (message->type == DG_TYPE_WELCOME)
		dg_fields_put_u8(&writer, message->version);
	if (message->type == DG_TYPE_PROMPT)
		dg_fields_put_u8(&writer, message->echo ? 1 : 0);
	if (message->type >= DG_TYPE_WELCOME && message->type <= DG_TYPE_PROMPT)
		put_text(&writer, message->text);
	if (message->type == DG_TYPE_VERDICT) {
		dg_fields_put_u32(&writer, message->verdict);
		dg_fields_put_bytes(&writer, message->nonce, DG_NONCE_SIZE);
	}
	dg_fields_put_u32(&header, (uint32_t)(writer.used - DG_HEADER_SIZE));
	return writer.full ? 0 : writer.used;
}
