/*
 * Reads test/vectors/frames.txt, whose format is described at its top. Bad lines end the program: a vector that is not read is a
 * test that does not run.
 */
#ifndef DG_VECTORS_H
#define DG_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "wire.h"

struct vector {
	char name[80];
	bool from_helper;
	unsigned char frame[DG_FRAME_MAX + 64];
	size_t length;
	char expect[20000];
	bool one_way;
};

/* False at the end of the file. */
bool vectors_next(FILE *file, struct vector *vector);

#endif
