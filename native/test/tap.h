/*
 * The C tests' reporting: one TAP line per check, and an exit status. Header only; a test program includes it once.
 */
#ifndef DG_TAP_H
#define DG_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct tap {
	int count;
	int failed;
};

__attribute__((format(printf, 3, 4))) static inline bool tap_ok(struct tap *tap, bool good, const char *format, ...)
{
	va_list args;

	tap->count++;
	tap->failed += good ? 0 : 1;
	printf("%s %d - ", good ? "ok" : "not ok", tap->count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	return good;
}

static inline int tap_end(const struct tap *tap)
{
	printf("1..%d\n", tap->count);
	return tap->failed == 0 && tap->count > 0 ? 0 : 1;
}

#endif
