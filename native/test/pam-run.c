/*
 * A PAM application for the tests: runs one stack from a private folder (pam_start_confdir: no root, nothing in /etc), answers
 * prompts from its command line, and prints as lines what the user would see, what the log would get, and the codes. Called by
 * test/native. See usage() for the options, and stage.ts for how the lines are read. Above 200 lines: one program, most of it its command line.
 *
 * It defines syslog and __syslog_chk, so that what libpam logs on the module's behalf becomes a line of its output.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <security/pam_appl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#define ANSWERS_MAX 32
#define THREADS_MAX 8
#define ANSWER_SIZE 513

struct options {
	const char *confdir, *service, *user, *rhost, *tty, *ruser, *call, *become;
	const char *answers[ANSWERS_MAX];
	int answer_count, threads, flags, repeat;
	long nofile;
	bool no_conversation, no_log, hold, non_interactive;
};

/* One transaction. Everything a thread touches is in here, so a race that is found is the module's. */
struct run {
	const struct options *options;
	int number;
	int next_answer;
	pam_handle_t *pamh;
	int result;
	pthread_t thread;
};

static bool print_log = true;

static void print_line(int number, const char *kind, const char *text)
{
	flockfile(stdout);
	if (number > 0)
		printf("%d: ", number);
	printf("%s ", kind);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f || c == '\\')
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	putchar('\n');
	fflush(stdout);
	funlockfile(stdout);
}

__attribute__((format(printf, 2, 0))) static void log_line(int priority, const char *format, va_list args)
{
	static const char *const names[] = {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};
	char text[8192], kind[32];

	vsnprintf(text, sizeof text, format, args);
	snprintf(kind, sizeof kind, "log %s", names[LOG_PRI(priority)]);
	if (print_log)
		print_line(0, kind, text);
}

/* With FORTIFY, clang's headers make a macro of it. */
#undef syslog
__attribute__((visibility("default"), format(printf, 2, 3))) void syslog(int priority, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(priority, format, args);
	va_end(args);
}

__attribute__((visibility("default"), format(printf, 3, 4))) void __syslog_chk(int priority, int flag, const char *format, ...);
void __syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list args;

	(void)flag;
	va_start(args, format);
	log_line(priority, format, args);
	va_end(args);
}

/*
 * From standard input, whose bytes have no other place in this process: what a test of wiping finds elsewhere, the module left there.
 * One read is one answer.
 */
static int answer_from_input(struct pam_response *response)
{
	char *text = calloc(1, ANSWER_SIZE);
	ssize_t length = text == NULL ? -1 : read(STDIN_FILENO, text, ANSWER_SIZE - 1);

	response->resp = text;
	return length > 0 ? PAM_SUCCESS : PAM_CONV_ERR;
}

/* "-" takes it from standard input, "!fail" fails the conversation, "!null" gives no response, "!empty" no text in it, "!big" 513 bytes, "!max" 512. */
static int answer(struct run *run, struct pam_response *response)
{
	const char *text = run->next_answer < run->options->answer_count ? run->options->answers[run->next_answer] : "!fail";
	bool big = strcmp(text, "!big") == 0, max = strcmp(text, "!max") == 0;

	if (run->options->non_interactive)
		return PAM_CONV_ERR;
	run->next_answer++;
	if (strcmp(text, "-") == 0)
		return answer_from_input(response);
	if (strcmp(text, "!fail") == 0)
		return PAM_CONV_ERR;
	if (strcmp(text, "!empty") == 0)
		return PAM_SUCCESS;
	if (big || max) {
		size_t length = big ? 513 : 512;

		response->resp = malloc(length + 1);
		memset(response->resp, '7', length);
		response->resp[length] = '\0';
		return PAM_SUCCESS;
	}
	response->resp = strdup(text);
	return PAM_SUCCESS;
}

static int converse_one(struct run *run, const struct pam_message *message, struct pam_response *response)
{
	switch (message->msg_style) {
	case PAM_TEXT_INFO:
		print_line(run->number, "info", message->msg);
		return PAM_SUCCESS;
	case PAM_ERROR_MSG:
		print_line(run->number, "error", message->msg);
		return PAM_SUCCESS;
	case PAM_PROMPT_ECHO_ON:
		print_line(run->number, "prompt-on", message->msg);
		return answer(run, response);
	case PAM_PROMPT_ECHO_OFF:
		print_line(run->number, "prompt-off", message->msg);
		return answer(run, response);
	default:
		return PAM_CONV_ERR;
	}
}

static int conversation(int count, const struct pam_message **messages, struct pam_response **responses, void *context)
{
	struct run *run = context;
	struct pam_response *made;
	int code = PAM_SUCCESS;

	if (run->options->become != NULL)
		pam_set_item(run->pamh, PAM_USER, run->options->become);
	if (run->next_answer < run->options->answer_count && strcmp(run->options->answers[run->next_answer], "!null") == 0) {
		*responses = NULL;
		return PAM_SUCCESS;
	}
	made = calloc((size_t)count, sizeof *made);
	for (int i = 0; i < count && code == PAM_SUCCESS; i++)
		code = converse_one(run, messages[i], &made[i]);
	if (code != PAM_SUCCESS) {
		free(made);
		return code;
	}
	*responses = made;
	return PAM_SUCCESS;
}

static int count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	if (folder == NULL)
		return -1;
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

static int call(struct run *run, const char *name)
{
	int flags = run->options->flags;

	if (strcmp(name, "authenticate") == 0)
		return pam_authenticate(run->pamh, flags);
	if (strcmp(name, "setcred") == 0)
		return pam_setcred(run->pamh, PAM_ESTABLISH_CRED);
	if (strcmp(name, "account") == 0)
		return pam_acct_mgmt(run->pamh, flags);
	if (strcmp(name, "open-session") == 0)
		return pam_open_session(run->pamh, flags);
	if (strcmp(name, "close-session") == 0)
		return pam_close_session(run->pamh, flags);
	if (strcmp(name, "chauthtok") == 0)
		return pam_chauthtok(run->pamh, flags);
	fprintf(stderr, "pam-run: no call is named %s\n", name);
	exit(2);
}

static void set_item(pam_handle_t *pamh, int item, const char *value)
{
	if (value != NULL && pam_set_item(pamh, item, value) != PAM_SUCCESS)
		fprintf(stderr, "pam-run: cannot set item %d\n", item);
}

static void *run_one(void *context)
{
	struct run *run = context;
	const struct options *o = run->options;
	struct pam_conv conv = {.conv = o->no_conversation ? NULL : conversation, .appdata_ptr = run};
	char text[64];

	run->result = pam_start_confdir(o->service, o->user, &conv, o->confdir, &run->pamh);
	if (run->result != PAM_SUCCESS) {
		print_line(run->number, "failed", "pam_start_confdir");
		return NULL;
	}
	set_item(run->pamh, PAM_RHOST, o->rhost);
	set_item(run->pamh, PAM_TTY, o->tty);
	set_item(run->pamh, PAM_RUSER, o->ruser);
	for (int i = 0; i < o->repeat; i++) {
		run->result = call(run, o->call);
		snprintf(text, sizeof text, "%d", run->result);
		print_line(run->number, "result", text);
	}
	while (o->hold && read(STDIN_FILENO, text, sizeof text) > 0)
		continue;
	pam_end(run->pamh, run->result);
	return NULL;
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: pam-run --confdir DIR --service NAME [--user NAME] [--rhost R] [--tty T] [--ruser R] [--call NAME]\n"
			"  [--answer TEXT]... [--become USER: PAM_USER is set to it at the first message] [--silent] [--no-conversation]\n"
			"  [--threads N] [--repeat N] [--nofile N: descriptor limit] [--no-stdin: close descriptor 0] [--no-log]\n"
			"  [-n, --non-interactive: messages are shown and prompts fail, as sudo-rs -n does]\n"
			"  [--hold: when the result is printed, wait for the end of standard input]\n");
	exit(2);
}

static const char *value_of(int argc, char **argv, int *i)
{
	if (*i + 1 >= argc)
		usage();
	return argv[++*i];
}

static bool parse_text(struct options *o, int argc, char **argv, int *i)
{
	const struct {
		const char *name;
		const char **to;
	} texts[] = {{"--confdir", &o->confdir}, {"--service", &o->service}, {"--user", &o->user},     {"--rhost", &o->rhost},
		     {"--tty", &o->tty},	 {"--ruser", &o->ruser},     {"--call", &o->call}, {"--become", &o->become}};

	for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
		if (strcmp(argv[*i], texts[t].name) == 0) {
			*texts[t].to = value_of(argc, argv, i);
			return true;
		}
	}
	return false;
}

static void parse(struct options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (parse_text(o, argc, argv, &i))
			continue;
		if (strcmp(argv[i], "--answer") == 0 && o->answer_count < ANSWERS_MAX)
			o->answers[o->answer_count++] = value_of(argc, argv, &i);
		else if (strcmp(argv[i], "--threads") == 0)
			o->threads = atoi(value_of(argc, argv, &i));
		else if (strcmp(argv[i], "--repeat") == 0)
			o->repeat = atoi(value_of(argc, argv, &i));
		else if (strcmp(argv[i], "--nofile") == 0)
			o->nofile = atol(value_of(argc, argv, &i));
		else if (strcmp(argv[i], "--silent") == 0)
			o->flags = (int)PAM_SILENT;
		else if (strcmp(argv[i], "-n") == 0 || strcmp(argv[i], "--non-interactive") == 0)
			o->non_interactive = true;
		else if (strcmp(argv[i], "--hold") == 0)
			o->hold = true;
		else if (strcmp(argv[i], "--no-conversation") == 0)
			o->no_conversation = true;
		else if (strcmp(argv[i], "--no-stdin") == 0)
			close(STDIN_FILENO);
		else if (strcmp(argv[i], "--no-log") == 0)
			print_log = false;
		else
			usage();
	}
	if (o->confdir == NULL || o->service == NULL || o->threads < 1 || o->threads > THREADS_MAX)
		usage();
}

/* The lowest limit under which libpam itself can still open its files: the module is loaded first, by setcred. */
static void limit_descriptors(long count)
{
	struct rlimit limit = {.rlim_cur = (rlim_t)count, .rlim_max = (rlim_t)count};

	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		perror("setrlimit");
}

static void run_limited(const struct options *o, struct run *run)
{
	struct pam_conv conv = {.conv = conversation, .appdata_ptr = run};
	char text[64];

	if (pam_start_confdir(o->service, o->user, &conv, o->confdir, &run->pamh) != PAM_SUCCESS)
		return;
	(void)pam_acct_mgmt(run->pamh, 0);
	limit_descriptors(o->nofile);
	run->result = pam_authenticate(run->pamh, o->flags);
	snprintf(text, sizeof text, "%d", run->result);
	print_line(0, "result", text);
	pam_end(run->pamh, run->result);
}

int main(int argc, char **argv)
{
	struct options options = {.user = NULL, .call = "authenticate", .threads = 1, .repeat = 1};
	struct run runs[THREADS_MAX];
	int before, after;
	char text[64];

	parse(&options, argc, argv);
	memset(runs, 0, sizeof runs);
	for (int i = 0; i < options.threads; i++) {
		runs[i].options = &options;
		runs[i].number = options.threads > 1 ? i + 1 : 0;
	}
	if (options.nofile > 0) {
		run_limited(&options, &runs[0]);
		return 0;
	}
	before = count_descriptors();
	if (options.threads == 1) {
		(void)run_one(&runs[0]);
	} else {
		for (int i = 0; i < options.threads; i++)
			pthread_create(&runs[i].thread, NULL, run_one, &runs[i]);
		for (int i = 0; i < options.threads; i++)
			pthread_join(runs[i].thread, NULL);
	}
	after = count_descriptors();
	snprintf(text, sizeof text, "%d %d", before, after);
	print_line(0, "descriptors", text);
	return 0;
}
