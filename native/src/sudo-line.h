/*
 * Whether the command line of this process, a sudo, asks for no interaction (-n, --non-interactive). For PROTOCOL section 2, the
 * flag unattended. Reads /proc/self/cmdline and nothing else; decides nothing.
 */
#ifndef DG_SUDO_LINE_H
#define DG_SUDO_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "attributes.h"

/* The arguments of a sudo, the first of them its name, each with its NUL behind it. What comes after the options is not looked at. */
DG_MUST_CHECK bool dg_sudo_line_asks_nobody(const char *arguments, size_t length);

/* The same for this process. False where its command line cannot be read. */
DG_MUST_CHECK bool dg_sudo_line_of_process(void);

#endif
