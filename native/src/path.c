/*
 * The walk. SECURITY: each part is opened relative to the descriptor of the part before it, without following links, and judged
 * on its own descriptor. The caller then connects to the plain path and not through these descriptors: once every folder on the way
 * can be changed by trusted owners only, nobody is left who could race the second look-up, and /proc need not be mounted.
 */
#include "path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
	char path[DG_PATH_SIZE];
	uid_t owner;
	int fd;			/* the folder reached so far */
	bool shared;		/* it is root's sticky folder: the next part must be a folder */
	struct dg_path_finding *finding;
};

static enum dg_path_fault found(struct walk *walk, enum dg_path_fault fault)
{
	walk->finding->fault = fault;
	return fault;
}

static enum dg_path_fault found_error(struct walk *walk)
{
	walk->finding->error = errno;
	return found(walk, errno == ENOENT ? DG_PATH_MISSING : DG_PATH_FAILED);
}

static bool is_trusted(const struct walk *walk, const struct stat *status)
{
	return status->st_uid == 0 || status->st_uid == walk->owner;
}

/* The group bits also cover access lists: with one, they show its mask. */
static bool others_may_write(const struct stat *status)
{
	return (status->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

static enum dg_path_fault judge_folder(struct walk *walk)
{
	struct stat status;
	bool writable;

	if (fstat(walk->fd, &status) != 0)
		return found_error(walk);
	walk->finding->uid = status.st_uid;
	if (!is_trusted(walk, &status))
		return found(walk, DG_PATH_OWNER);
	writable = others_may_write(&status);
	walk->shared = writable && status.st_uid == 0 && (status.st_mode & S_ISVTX) != 0;
	return writable && !walk->shared ? found(walk, DG_PATH_WRITABLE) : DG_PATH_OK;
}

/* O_DIRECTORY reports a symbolic link as "not a directory": look again, for an admin who has to mend it. */
static enum dg_path_fault judge_unopened(struct walk *walk, const char *name)
{
	int error = errno;
	struct stat status;

	if (error == ENOTDIR || error == ELOOP) {
		bool known = fstatat(walk->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0;

		return found(walk, known && S_ISLNK(status.st_mode) ? DG_PATH_SYMLINK : DG_PATH_NOT_FOLDER);
	}
	errno = error;
	return found_error(walk);
}

static enum dg_path_fault enter(struct walk *walk, const char *name)
{
	int next = openat(walk->fd, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);

	if (next < 0)
		return judge_unopened(walk, name);
	(void)close(walk->fd);
	walk->fd = next;
	return judge_folder(walk);
}

/* The write bits of a socket say who may connect, not who may replace it: login.sock is for everybody. */
static enum dg_path_fault judge_socket(struct walk *walk, const char *name)
{
	struct stat status;

	if (fstatat(walk->fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return found_error(walk);
	walk->finding->uid = status.st_uid;
	if (S_ISLNK(status.st_mode))
		return found(walk, DG_PATH_SYMLINK);
	if (!S_ISSOCK(status.st_mode))
		return found(walk, DG_PATH_NOT_SOCKET);
	walk->finding->for_others = others_may_write(&status);
	return is_trusted(walk, &status) ? DG_PATH_OK : found(walk, DG_PATH_OWNER);
}

static enum dg_path_fault walk_parts(struct walk *walk)
{
	char *part = walk->path + strspn(walk->path, "/");
	enum dg_path_fault fault = judge_folder(walk);

	while (fault == DG_PATH_OK) {
		size_t length = strcspn(part, "/");
		size_t slashes = strspn(part + length, "/");

		if (slashes == 0) {
			if (walk->shared)
				return found(walk, DG_PATH_WRITABLE);
			walk->finding->length = (size_t)(part + length - walk->path);
			return judge_socket(walk, part);
		}
		walk->finding->length = (size_t)(part + length - walk->path);
		part[length] = '\0';
		fault = enter(walk, part);
		part += length + slashes;
	}
	return fault;
}

enum dg_path_fault dg_path_check(const char *path, uid_t owner, struct dg_path_finding *finding)
{
	struct walk walk = {.owner = owner, .finding = finding};
	enum dg_path_fault fault = dg_path_judge_form(path);

	memset(finding, 0, sizeof *finding);
	finding->length = strnlen(path, DG_PATH_SIZE);
	if (fault != DG_PATH_OK)
		return found(&walk, fault);
	memcpy(walk.path, path, finding->length + 1);
	finding->length = 1;
	walk.fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (walk.fd < 0) {
		finding->error = errno;
		return found(&walk, DG_PATH_FAILED);
	}
	fault = walk_parts(&walk);
	(void)close(walk.fd);
	return fault;
}
