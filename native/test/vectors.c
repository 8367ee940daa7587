/*
 * The vector file's reader.
 */
#include "vectors.h"

#include <stdlib.h>
#include <string.h>

static _Noreturn void bad_line(const char *line)
{
	fprintf(stderr, "vectors: cannot read this line: %.60s\n", line);
	exit(2);
}

static void add_hex(struct vector *vector, const char *text)
{
	while (*text != '\0') {
		unsigned value;
		int used = 0;

		if (sscanf(text, "%2x%n", &value, &used) != 1 || used != 2 || vector->length >= sizeof vector->frame)
			bad_line(text);
		vector->frame[vector->length++] = (unsigned char)value;
		text += used;
		text += *text == ' ' ? 1 : 0;
	}
}

static void copy(char *to, size_t size, const char *from)
{
	size_t length = strlen(from);

	if (length >= size)
		bad_line(from);
	memcpy(to, from, length + 1);
}

static const char *after(const char *line, const char *word)
{
	size_t length = strlen(word);

	return strncmp(line, word, length) == 0 ? line + length : NULL;
}

static void read_line(struct vector *vector, const char *line)
{
	const char *rest;

	if ((rest = after(line, "vector ")) != NULL)
		copy(vector->name, sizeof vector->name, rest);
	else if (strcmp(line, "from helper") == 0)
		vector->from_helper = true;
	else if (strcmp(line, "from daemon") == 0)
		vector->from_helper = false;
	else if ((rest = after(line, "hex ")) != NULL)
		add_hex(vector, rest);
	else if ((rest = after(line, "expect ")) != NULL)
		copy(vector->expect, sizeof vector->expect, rest);
	else if (strcmp(line, "one-way") == 0)
		vector->one_way = true;
	else
		bad_line(line);
}

bool vectors_next(FILE *file, struct vector *vector)
{
	static char line[24000];

	memset(vector, 0, sizeof *vector);
	while (fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0' && vector->name[0] != '\0')
			return true;
		if (line[0] != '\0' && line[0] != '#')
			read_line(vector, line);
	}
	return vector->name[0] != '\0';
}
