/*
 * Text as PROTOCOL section 1 defines it: UTF-8 in its shortest form without surrogates and without NUL, and "display", which
 * is also harmless on a terminal. Pure byte work without locale: iswprint and mbstowcs would ask the host's locale.
 * Called by wire (judging), facts (making facts fit) and the reports (escaping for the log).
 */
#ifndef DG_TEXT_H
#define DG_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "attributes.h"

/* Every escaped byte takes four characters: the buffer that dg_text_escape needs for n bytes, with its NUL. */
#define DG_ESCAPED_SIZE(n) ((n) * 4 + 1)

/* Borrowed bytes, not terminated. bytes == NULL means absent. */
struct dg_text {
	const unsigned char *bytes;
	size_t length;
};

/* True when the bytes are UTF-8 without NUL. The empty text is one. */
DG_MUST_CHECK bool dg_text_is_text(const unsigned char *bytes, size_t length);

/* True when the bytes are a text without C0 controls but LF and TAB, without DEL, and without C1 controls. */
DG_MUST_CHECK bool dg_text_is_display(const unsigned char *bytes, size_t length);

/*
 * Copies a terminated string into to[max], with '?' for each byte that is not UTF-8, and stops before the first character
 * that does not fit whole. Returns the bytes written; to is not terminated. Always gives a text.
 */
DG_MUST_CHECK size_t dg_text_fit(const char *from, unsigned char *to, size_t max);

/*
 * Copies a terminated string into to[size], with \xNN for every byte outside 0x20 to 0x7e, for '"' and for '\'. Terminates,
 * and cuts what does not fit. For the log: nobody forges a line or a terminal sequence by way of a user name.
 */
void dg_text_escape(const char *from, char *to, size_t size);

#endif
