/*
 * What can be said about a path without looking at the disk: its form, and the words for each fault.
 */
#include <stdbool.h>
#include <string.h>

#include "path.h"

static bool is_dots(const char *part, size_t length)
{
	return part[0] == '.' && (length == 1 || (length == 2 && part[1] == '.'));
}

enum dg_path_fault dg_path_judge_form(const char *path)
{
	size_t length = strnlen(path, DG_PATH_SIZE);
	const char *at = path;

	if (path[0] != '/')
		return DG_PATH_NOT_ABSOLUTE;
	if (length >= DG_PATH_SIZE)
		return DG_PATH_TOO_LONG;
	if (path[length - 1] == '/')
		return DG_PATH_NO_NAME;
	while (*at != '\0') {
		size_t part;

		at += strspn(at, "/");
		part = strcspn(at, "/");
		if (is_dots(at, part))
			return DG_PATH_DOTS;
		at += part;
	}
	return DG_PATH_OK;
}

const char *dg_path_advice(enum dg_path_fault fault)
{
	switch (fault) {
	case DG_PATH_OK:
		return "is in order";
	case DG_PATH_NOT_ABSOLUTE:
		return "is not an absolute path; write socket=/run/duogate/pam.sock";
	case DG_PATH_TOO_LONG:
		return "is too long for a socket; use a path of at most 107 bytes";
	case DG_PATH_DOTS:
		return "has a part that is . or ..; write the path without it";
	case DG_PATH_NO_NAME:
		return "ends in a slash; write the path of the socket itself";
	case DG_PATH_MISSING:
		return "does not exist; start duogated, or correct socket=";
	case DG_PATH_SYMLINK:
		return "is a symbolic link, which is not followed; write the path it stands for in socket= (/run, not /var/run)";
	case DG_PATH_NOT_FOLDER:
		return "is not a folder; correct socket=";
	case DG_PATH_NOT_SOCKET:
		return "is not a socket; remove it and restart duogated, or correct socket=";
	case DG_PATH_OWNER:
		return "belongs to a user who is not trusted; find out who made it, then chown it to root";
	case DG_PATH_WRITABLE:
		return "can be written by other users, who could put their own socket there; chmod go-w it";
	case DG_PATH_FAILED:
		return "cannot be examined";
	}
	return "has an unknown fault";
}
