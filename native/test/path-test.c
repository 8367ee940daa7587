/*
 * The path's trust on real folders below a fresh one in TMPDIR or /tmp: each fault, and the part that is named. What needs a second user's
 * files is in test/native/trust.test.ts, which runs it as root.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "path.h"
#include "tap.h"

static char root[64];

static const char *below(const char *name)
{
	static char paths[4][128];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof paths[0], "%s%s", root, name);
	return path;
}

static void make_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
		perror(path);
	close(fd);
}

/* Expects a fault at the part that ends where name does. */
static void expect(struct tap *tap, const char *path, enum dg_path_fault fault, const char *part, const char *what)
{
	struct dg_path_finding finding;
	enum dg_path_fault got = dg_path_check(path, getuid(), &finding);
	bool named = part == NULL || (finding.length == strlen(part) && strncmp(path, part, finding.length) == 0);

	tap_ok(tap, got == fault && finding.fault == fault && named, "%s: fault %d, expected %d, at %.*s", what, (int)got, (int)fault,
	       (int)finding.length, path);
}

static void check_form(struct tap *tap)
{
	static const struct {
		const char *path;
		enum dg_path_fault fault;
	} cases[] = {
		{"", DG_PATH_NOT_ABSOLUTE},	{"run/x", DG_PATH_NOT_ABSOLUTE}, {"/", DG_PATH_NO_NAME},    {"/run/", DG_PATH_NO_NAME},
		{"/run/./x", DG_PATH_DOTS},	{"/run/../x", DG_PATH_DOTS},	 {"/..", DG_PATH_DOTS},	    {"/run/.hidden/x", DG_PATH_OK},
		{"/run/..x/...", DG_PATH_OK}, {"//run//x", DG_PATH_OK},	 {"/run/x", DG_PATH_OK},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		tap_ok(tap, dg_path_judge_form(cases[i].path) == cases[i].fault, "form of \"%s\"", cases[i].path);
}

static void check_disk(struct tap *tap)
{
	expect(tap, below("/run/ok.sock"), DG_PATH_OK, NULL, "a trusted path");
	expect(tap, below("//run///ok.sock"), DG_PATH_OK, NULL, "with more slashes");
	expect(tap, below("/run/none.sock"), DG_PATH_MISSING, below("/run/none.sock"), "no socket");
	expect(tap, below("/none/ok.sock"), DG_PATH_MISSING, below("/none"), "no folder");
	expect(tap, below("/file/ok.sock"), DG_PATH_NOT_FOLDER, below("/file"), "a file on the way");
	expect(tap, below("/run/file"), DG_PATH_NOT_SOCKET, below("/run/file"), "a file in the socket's place");
	expect(tap, below("/run/fifo"), DG_PATH_NOT_SOCKET, below("/run/fifo"), "a pipe in the socket's place");
	expect(tap, below("/run"), DG_PATH_NOT_SOCKET, below("/run"), "a folder in the socket's place");
	expect(tap, below("/link/ok.sock"), DG_PATH_SYMLINK, below("/link"), "a folder that is a link");
	expect(tap, below("/run/link.sock"), DG_PATH_SYMLINK, below("/run/link.sock"), "a socket that is a link");
	expect(tap, below("/run/dangling"), DG_PATH_SYMLINK, below("/run/dangling"), "a link to nothing");
	expect(tap, below("/group/ok.sock"), DG_PATH_WRITABLE, below("/group"), "a folder its group can write");
	expect(tap, below("/world/sub/ok.sock"), DG_PATH_WRITABLE, below("/world"), "a folder everybody can write, further up");
	expect(tap, "/tmp/dg-no-such.sock", DG_PATH_WRITABLE, "/tmp", "a socket right in /tmp");
	expect(tap, "/proc/self/dg.sock", DG_PATH_SYMLINK, "/proc/self", "a link of the kernel's");
}

/* The same walk for another owner: this user's folders are then a stranger's, unless this user is root. */
static void check_owner(struct tap *tap)
{
	struct dg_path_finding finding;
	enum dg_path_fault fault = dg_path_check(below("/run/ok.sock"), getuid() + 1, &finding);

	if (getuid() == 0)
		tap_ok(tap, fault == DG_PATH_OK, "root's folders are trusted whoever the owner is");
	else
		tap_ok(tap, fault == DG_PATH_OWNER && finding.uid == getuid(), "another user's folders are not trusted");
}

static void make_stage(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(root, sizeof root, "%s/dg-path-XXXXXX", base == NULL ? "/tmp" : base);
	if (mkdtemp(root) == NULL)
		perror(root);
	mkdir(below("/run"), 0755);
	mkdir(below("/group"), 0755);
	mkdir(below("/world"), 0755);
	mkdir(below("/world/sub"), 0755);
	make_socket(below("/run/ok.sock"));
	make_socket(below("/group/ok.sock"));
	make_socket(below("/world/sub/ok.sock"));
	chmod(below("/group"), 0775);
	chmod(below("/world"), 0777);
	close(open(below("/file"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	close(open(below("/run/file"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	if (mkfifo(below("/run/fifo"), 0644) != 0 || symlink("run", below("/link")) != 0 || symlink("ok.sock", below("/run/link.sock")) != 0 ||
	    symlink("none", below("/run/dangling")) != 0)
		perror("stage");
}

static void strike_stage(void)
{
	static const char *const names[] = {"/run/ok.sock", "/group/ok.sock", "/world/sub/ok.sock", "/file", "/run/file", "/run/fifo", "/link",
					    "/run/link.sock", "/run/dangling"};
	static const char *const folders[] = {"/run", "/group", "/world/sub", "/world", ""};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unlink(below(names[i]));
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		rmdir(below(folders[i]));
}

int main(void)
{
	struct tap tap = {0};

	make_stage();
	check_form(&tap);
	check_disk(&tap);
	check_owner(&tap);
	strike_stage();
	return tap_end(&tap);
}
