/*
 * The field types of PROTOCOL section 1 over a bounded piece of memory: taking them from a received payload, putting them into
 * one that will be sent. Knows no message and does no I/O. Called by wire, and by the test suite's daemon side.
 */
#ifndef DG_FIELDS_H
#define DG_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attributes.h"

/* What is left of a payload. Borrowed. A take either succeeds whole or leaves the reader as it was. */
struct dg_reader {
	const unsigned char *at;
	size_t left;
};

DG_MUST_CHECK bool dg_fields_take_u8(struct dg_reader *reader, uint8_t *value);
DG_MUST_CHECK bool dg_fields_take_u16(struct dg_reader *reader, uint16_t *value);
DG_MUST_CHECK bool dg_fields_take_u32(struct dg_reader *reader, uint32_t *value);
/* Borrows the next count bytes. */
DG_MUST_CHECK bool dg_fields_take_bytes(struct dg_reader *reader, size_t count, const unsigned char **bytes);

/* Where the next field goes. full is set once something did not fit, and stays set: one check at the end is enough. */
struct dg_writer {
	unsigned char *start;
	size_t used;
	size_t size;
	bool full;
};

void dg_fields_put_u8(struct dg_writer *writer, uint8_t value);
void dg_fields_put_u16(struct dg_writer *writer, uint16_t value);
void dg_fields_put_u32(struct dg_writer *writer, uint32_t value);
void dg_fields_put_bytes(struct dg_writer *writer, const unsigned char *bytes, size_t count);

#endif
