/*
 * Bounded readers and writers. Every access to received bytes goes through dg_fields_take_bytes, so there is one bounds check to review.
 */
#include "fields.h"

#include <string.h>

bool dg_fields_take_bytes(struct dg_reader *reader, size_t count, const unsigned char **bytes)
{
	if (reader->left < count)
		return false;
	*bytes = reader->at;
	reader->at += count;
	reader->left -= count;
	return true;
}

bool dg_fields_take_u8(struct dg_reader *reader, uint8_t *value)
{
	const unsigned char *b;

	if (!dg_fields_take_bytes(reader, 1, &b))
		return false;
	*value = b[0];
	return true;
}

bool dg_fields_take_u16(struct dg_reader *reader, uint16_t *value)
{
	const unsigned char *b;

	if (!dg_fields_take_bytes(reader, 2, &b))
		return false;
	*value = (uint16_t)((unsigned)b[0] << 8 | b[1]);
	return true;
}

bool dg_fields_take_u32(struct dg_reader *reader, uint32_t *value)
{
	const unsigned char *b;

	if (!dg_fields_take_bytes(reader, 4, &b))
		return false;
	*value = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | (uint32_t)b[3];
	return true;
}

void dg_fields_put_bytes(struct dg_writer *writer, const unsigned char *bytes, size_t count)
{
	if (writer->full || writer->size - writer->used < count) {
		writer->full = true;
		return;
	}
	if (count > 0)
		memcpy(writer->start + writer->used, bytes, count);
	writer->used += count;
}

void dg_fields_put_u8(struct dg_writer *writer, uint8_t value)
{
	dg_fields_put_bytes(writer, &value, 1);
}

void dg_fields_put_u16(struct dg_writer *writer, uint16_t value)
{
	const unsigned char b[2] = {(unsigned char)(value >> 8), (unsigned char)(value & 0xff)};

	dg_fields_put_bytes(writer, b, sizeof b);
}

void dg_fields_put_u32(struct dg_writer *writer, uint32_t value)
{
	const unsigned char b[4] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16 & 0xff), (unsigned char)(value >> 8 & 0xff),
				    (unsigned char)(value & 0xff)};

	dg_fields_put_bytes(writer, b, sizeof b);
}
