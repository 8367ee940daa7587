/*
 * UTF-8 judging, fitting and escaping. No table and no state: a handful of ranges from RFC 3629 section 4.
 */
#include "text.h"

#include <string.h>

/* Length of the well-formed sequence that begins at bytes[0], or 0. The second byte's range rules out overlong forms (E0, F0),
 * surrogates (ED) and what lies above U+10FFFF (F4). */
static size_t sequence_length(const unsigned char *bytes, size_t left)
{
	unsigned char first = bytes[0];
	unsigned char low = 0x80, high = 0xbf;
	size_t length;

	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf) {
		length = 2;
	} else if (first >= 0xe0 && first <= 0xef) {
		length = 3;
		low = first == 0xe0 ? 0xa0 : low;
		high = first == 0xed ? 0x9f : high;
	} else if (first >= 0xf0 && first <= 0xf4) {
		length = 4;
		low = first == 0xf0 ? 0x90 : low;
		high = first == 0xf4 ? 0x8f : high;
	} else {
		return 0;
	}
	if (left < length || bytes[1] < low || bytes[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if (bytes[i] < 0x80 || bytes[i] > 0xbf)
			return 0;
	return length;
}

static bool is_control(const unsigned char *bytes, size_t length)
{
	if (length == 1)
		return (bytes[0] < 0x20 && bytes[0] != '\n' && bytes[0] != '\t') || bytes[0] == 0x7f;
	return length == 2 && bytes[0] == 0xc2 && bytes[1] <= 0x9f;
}

bool dg_text_is_text(const unsigned char *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t step = sequence_length(bytes + at, length - at);

		if (step == 0 || bytes[at] == 0)
			return false;
		at += step;
	}
	return true;
}

bool dg_text_is_display(const unsigned char *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t step = sequence_length(bytes + at, length - at);

		if (step == 0 || is_control(bytes + at, step))
			return false;
		at += step;
	}
	return true;
}

size_t dg_text_fit(const char *from, unsigned char *to, size_t max)
{
	size_t used = 0;
	/* max + 4 bytes are enough to know whether the last character fits: a hostile caller may send megabytes. */
	size_t length = strnlen(from, max + 4);
	const unsigned char *bytes = (const unsigned char *)from;

	for (size_t at = 0; at < length;) {
		size_t step = sequence_length(bytes + at, length - at);
		size_t take = step == 0 ? 1 : step;

		if (used + take > max)
			break;
		if (step == 0)
			to[used] = '?';
		else
			memcpy(to + used, bytes + at, step);
		used += take;
		at += take;
	}
	return used;
}

void dg_text_escape(const char *from, char *to, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t used = 0;

	if (size == 0)
		return;
	for (; *from != '\0'; from++) {
		unsigned char byte = (unsigned char)*from;
		bool plain = byte >= 0x20 && byte <= 0x7e && byte != '"' && byte != '\\';

		if (used + (plain ? 1 : 4) >= size)
			break;
		if (plain) {
			to[used++] = (char)byte;
			continue;
		}
		to[used++] = '\\';
		to[used++] = 'x';
		to[used++] = digits[byte >> 4];
		to[used++] = digits[byte & 0x0f];
	}
	to[used] = '\0';
}
