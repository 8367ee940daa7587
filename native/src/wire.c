/*
 * What both directions of the wire format share: the facts' limits, the frame header, and the names that the log and the
 * vectors use. Decoding is in wire-decode.c, encoding in wire-encode.c.
 */
#include "wire.h"

#include "fields.h"

/* PROTOCOL section 2, START; the index is the tag. */
static const struct dg_fact_rule fact_rules[DG_FACT_END] = {
	[DG_FACT_USER] = {.min = 1, .max = 256, .required = true},
	[DG_FACT_SERVICE] = {.min = 1, .max = 64, .required = true},
	[DG_FACT_RHOST] = {.max = 255},
	[DG_FACT_TTY] = {.max = 128},
	[DG_FACT_RUSER] = {.max = 256},
	[DG_FACT_CALLER] = {.min = 4, .max = 4, .required = true, .number = true},
	[DG_FACT_COMMAND] = {.max = 1024},
	[DG_FACT_BUDGET] = {.min = 4, .max = 4, .required = true, .number = true},
	[DG_FACT_DUO_USER] = {.min = 1, .max = 256},
	[DG_FACT_FACTOR] = {.min = 1, .max = 255},
};

const struct dg_fact_rule *dg_wire_fact_rule(unsigned tag)
{
	return tag >= DG_FACT_USER && tag < DG_FACT_END ? &fact_rules[tag] : NULL;
}

enum dg_wire_status dg_wire_read_header(const unsigned char header[DG_HEADER_SIZE], size_t *length)
{
	struct dg_reader reader = {.at = header, .left = DG_HEADER_SIZE};
	uint32_t value;

	if (!dg_fields_take_u32(&reader, &value))
		return DG_WIRE_SHORT_FIELD;
	if (value == 0)
		return DG_WIRE_EMPTY;
	if (value > DG_PAYLOAD_MAX)
		return DG_WIRE_OVERSIZED;
	*length = value;
	return DG_WIRE_OK;
}

const char *dg_wire_status_name(enum dg_wire_status status)
{
	static const char *const names[] = {
		[DG_WIRE_OK] = "ok",
		[DG_WIRE_EMPTY] = "empty",
		[DG_WIRE_OVERSIZED] = "oversized",
		[DG_WIRE_UNKNOWN_TYPE] = "unknown-type",
		[DG_WIRE_SHORT_FIELD] = "short-field",
		[DG_WIRE_TRAILING_BYTES] = "trailing-bytes",
		[DG_WIRE_BAD_TEXT] = "bad-text",
		[DG_WIRE_BAD_LENGTH] = "bad-length",
		[DG_WIRE_BAD_VALUE] = "bad-value",
		[DG_WIRE_DUPLICATE_FACT] = "duplicate-fact",
		[DG_WIRE_MISSING_FACT] = "missing-fact",
	};

	return (unsigned)status < sizeof names / sizeof names[0] ? names[status] : "unknown";
}

const char *dg_wire_verdict_name(uint32_t verdict)
{
	switch (verdict) {
	case DG_VERDICT_ALLOW:
		return "allow";
	case DG_VERDICT_DENY:
		return "deny";
	case DG_VERDICT_MAX_TRIES:
		return "max-tries";
	case DG_VERDICT_UNAVAILABLE:
		return "unavailable";
	case DG_VERDICT_ABORTED:
		return "aborted";
	case DG_VERDICT_MISCONFIGURED:
		return "misconfigured";
	default:
		return "none";
	}
}

const char *dg_wire_type_name(enum dg_type type)
{
	switch (type) {
	case DG_TYPE_START:
		return "START";
	case DG_TYPE_ANSWER:
		return "ANSWER";
	case DG_TYPE_WELCOME:
		return "WELCOME";
	case DG_TYPE_INFO:
		return "INFO";
	case DG_TYPE_ERROR:
		return "ERROR";
	case DG_TYPE_PROMPT:
		return "PROMPT";
	case DG_TYPE_KEEPALIVE:
		return "KEEPALIVE";
	case DG_TYPE_VERDICT:
		return "VERDICT";
	}
	return "unknown";
}
