/*
 * Encoding of the helper's messages. It refuses what PROTOCOL makes the daemon refuse, so a START that leaves here is well
 * formed whatever the host application put into its PAM items.
 */
#include "fields.h"
#include "wire.h"

enum { ANSWER_GIVEN = 1, ANSWER_CANCELLED = 2 };

static struct dg_writer begin_frame(unsigned char *frame)
{
	struct dg_writer writer = {.start = frame, .size = DG_FRAME_MAX};

	dg_fields_put_u32(&writer, 0);
	return writer;
}

static enum dg_wire_status end_frame(struct dg_writer *writer, size_t *length)
{
	struct dg_writer header = {.start = writer->start, .size = DG_HEADER_SIZE};

	if (writer->full)
		return DG_WIRE_OVERSIZED;
	dg_fields_put_u32(&header, (uint32_t)(writer->used - DG_HEADER_SIZE));
	*length = writer->used;
	return DG_WIRE_OK;
}

static enum dg_wire_status put_text_fact(struct dg_writer *writer, unsigned tag, struct dg_text text)
{
	const struct dg_fact_rule *rule = dg_wire_fact_rule(tag);

	if (text.bytes == NULL)
		return rule->required ? DG_WIRE_MISSING_FACT : DG_WIRE_OK;
	if (text.length < rule->min || text.length > rule->max)
		return DG_WIRE_BAD_LENGTH;
	if (!dg_text_is_text(text.bytes, text.length))
		return DG_WIRE_BAD_TEXT;
	dg_fields_put_u8(writer, (uint8_t)tag);
	dg_fields_put_u16(writer, (uint16_t)text.length);
	dg_fields_put_bytes(writer, text.bytes, text.length);
	return DG_WIRE_OK;
}

static void put_number_fact(struct dg_writer *writer, unsigned tag, uint32_t value)
{
	dg_fields_put_u8(writer, (uint8_t)tag);
	dg_fields_put_u16(writer, 4);
	dg_fields_put_u32(writer, value);
}

enum dg_wire_status dg_wire_encode_start(const struct dg_start *start, unsigned char frame[DG_FRAME_MAX], size_t *length)
{
	struct dg_writer writer = begin_frame(frame);

	dg_fields_put_u8(&writer, DG_TYPE_START);
	dg_fields_put_u8(&writer, start->version);
	dg_fields_put_u8(&writer, start->flags & DG_FLAGS_ALL);
	dg_fields_put_bytes(&writer, start->nonce, DG_NONCE_SIZE);
	for (unsigned tag = DG_FACT_USER; tag < DG_FACT_END; tag++) {
		enum dg_wire_status status = DG_WIRE_OK;

		if (tag == DG_FACT_CALLER)
			put_number_fact(&writer, tag, start->caller);
		else if (tag == DG_FACT_BUDGET)
			put_number_fact(&writer, tag, start->budget_ms);
		else
			status = put_text_fact(&writer, tag, start->texts[tag]);
		if (status != DG_WIRE_OK)
			return status;
	}
	return end_frame(&writer, length);
}

static enum dg_wire_status encode_answer(uint8_t kind, const unsigned char *text, size_t text_length, unsigned char *frame, size_t *length)
{
	struct dg_writer writer = begin_frame(frame);

	dg_fields_put_u8(&writer, DG_TYPE_ANSWER);
	dg_fields_put_u8(&writer, kind);
	dg_fields_put_u16(&writer, (uint16_t)text_length);
	dg_fields_put_bytes(&writer, text, text_length);
	return end_frame(&writer, length);
}

enum dg_wire_status dg_wire_encode_given(const unsigned char *text, size_t text_length, unsigned char frame[DG_FRAME_MAX], size_t *length)
{
	if (text_length > DG_ANSWER_MAX)
		return DG_WIRE_BAD_LENGTH;
	if (!dg_text_is_text(text, text_length))
		return DG_WIRE_BAD_TEXT;
	return encode_answer(ANSWER_GIVEN, text, text_length, frame, length);
}

enum dg_wire_status dg_wire_encode_cancelled(unsigned char frame[DG_FRAME_MAX], size_t *length)
{
	return encode_answer(ANSWER_CANCELLED, NULL, 0, frame, length);
}
