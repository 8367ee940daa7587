/*
 * login_duogate: asks duogated for the second factor, then becomes the user's shell. Runs as that user, without any right and without a
 * key: the daemon takes the user from the kernel's word about the socket's other end. Whoever can run something else as the user is in
 * already, so that the places that start this program (ForceCommand, command=, the shell field) are what keeps the door.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "channel.h"
#include "login-args.h"
#include "login-environment.h"
#include "login-report.h"
#include "login-shell.h"
#include "login-terminal.h"
#include "transaction.h"

#define SERVICE "login_duogate"

/* What START borrows from. */
struct login {
	struct dg_login_args args;
	struct dg_login_shell shell;
	struct dg_login_factor factor;
	const char *command;
	bool interactive;
	unsigned char client[255];
	unsigned char tty[128];
	unsigned char shown_command[1024];
};

static int refuse(const char *problem)
{
	(void)dprintf(STDERR_FILENO, "login_duogate: %s\n", problem);
	return 1;
}

/* Else the first file that is opened would become the place where messages go. */
static bool fill_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_NOCTTY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	return fd > STDERR_FILENO && close(fd) == 0;
}

static bool is_privileged(void)
{
	return getuid() != geteuid() || getgid() != getegid() || getauxval(AT_SECURE) != 0;
}

static const char *factor_advice(enum dg_factor_fault fault)
{
	if (fault == DG_FACTOR_OK)
		return NULL;
	return fault == DG_FACTOR_TOO_LONG ? "DUO_PASSCODE is longer than 255 bytes; unset it" : "DUO_PASSCODE is not UTF-8; unset it";
}

/*
 * SECURITY: as an account's shell it is started by su for whoever knows the account's password, with arguments of their choice: `su
 * alice -- -o socket=...` would ask a daemon of their own.
 */
static const char *judge_options(const struct login *login)
{
	if (login->shell.instead && (login->args.any_other || login->args.words[0] != NULL))
		return "as an account's shell it takes -c and nothing else; ForceCommand and command= are for accounts with another shell";
	if (login->args.command != NULL && !login->shell.instead)
		return "-c is for a login shell only, and login_duogate has no configuration file; remove -c (duogated reads duogate.conf)";
	return NULL;
}

static const char *choose_command(struct login *login)
{
	if (login->args.command != NULL)
		login->command = login->args.command;
	else if (login->args.words[0] == NULL)
		login->command = dg_login_environment_command();
	else {
		login->command = dg_login_shell_join(login->args.words);
		if (login->command == NULL)
			return "out of memory";
	}
	return NULL;
}

static struct dg_text as_text(const char *value)
{
	struct dg_text text = {.bytes = (const unsigned char *)value, .length = value == NULL ? 0 : strlen(value)};

	return text;
}

static struct dg_text as_fact(const unsigned char *bytes, size_t length)
{
	struct dg_text text = {.bytes = length == 0 ? NULL : bytes, .length = length};

	return text;
}

static void gather(struct login *login, struct dg_start *start)
{
	char tty[sizeof login->tty];

	memset(start, 0, sizeof *start);
	/* PROTOCOL: section 2, flags. Errors are shown in every case. */
	start->flags = (uint8_t)(DG_FLAG_SHOWS_MESSAGES | (login->interactive ? DG_FLAG_INTERACTIVE : 0));
	start->caller = (uint32_t)getuid();
	start->texts[DG_FACT_USER] = as_text(login->shell.user);
	start->texts[DG_FACT_SERVICE] = as_text(SERVICE);
	start->texts[DG_FACT_RHOST] =
		as_fact(login->client, dg_login_environment_client(login->args.host, login->client, sizeof login->client));
	if (ttyname_r(STDIN_FILENO, tty, sizeof tty) == 0)
		start->texts[DG_FACT_TTY] = as_fact(login->tty, dg_text_fit(tty, login->tty, sizeof login->tty));
	if (login->command != NULL)
		start->texts[DG_FACT_COMMAND] =
			as_fact(login->shown_command, dg_text_fit(login->command, login->shown_command, sizeof login->shown_command));
	start->texts[DG_FACT_DUO_USER] = as_text(login->args.duo_user);
	start->texts[DG_FACT_FACTOR] = as_fact(login->factor.text, login->factor.length);
}

static const char *prepare(struct login *login)
{
	const char *problem = dg_login_shell_find(&login->shell);
	const struct dg_fact_rule *rule = dg_wire_fact_rule(DG_FACT_DUO_USER);
	struct dg_text duo_user;

	if (problem == NULL)
		problem = judge_options(login);
	if (problem == NULL)
		problem = choose_command(login);
	if (problem != NULL)
		return problem;
	duo_user = as_text(login->args.duo_user);
	if (duo_user.bytes != NULL && (duo_user.length < rule->min || duo_user.length > rule->max ||
				       !dg_text_is_text(duo_user.bytes, duo_user.length)))
		return "the name behind -f is empty, longer than 256 bytes, or not UTF-8";
	/* COMPAT(duo_unix): sshd sets the variable when a command was asked for, and then even a terminal is the command's. */
	login->interactive = dg_login_environment_command() == NULL && isatty(STDIN_FILENO) == 1;
	return NULL;
}

static bool is_allowed(struct login *login)
{
	const struct dg_args *common = &login->args.common;
	struct dg_transaction transaction = {.path = common->socket, .owner = common->owner, .timeout_ms = common->timeout_ms};
	struct dg_login_terminal terminal = {
		.interactive = login->interactive,
		.debug = login->args.debug,
		.deadline = dg_channel_now(NULL) + common->timeout_ms,
	};
	struct dg_ui ui = dg_login_terminal_ui(&terminal);
	struct dg_outcome outcome;
	struct dg_start start;

	gather(login, &start);
	dg_transaction_run(&transaction, &start, &ui, &outcome);
	explicit_bzero(login->factor.text, sizeof login->factor.text);
	login->factor.length = 0;
	return dg_login_report(login->shell.user, common->socket, &outcome);
}

int main(int argc, char **argv)
{
	static struct login login;
	enum dg_factor_fault fault = dg_login_environment_take_factor(&login.factor);
	const char *problem;

	/* Answers are not for core files, nor for other processes of this user. The shell is not affected: exec sets it anew. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (!fill_standard_descriptors())
		return 1;
	if (is_privileged())
		return refuse("it must have no rights of its own; run as root: chmod ug-s, and setcap -r, on its file");
	if (!dg_login_args_parse(argc, argv, &login.args))
		return 1;
	problem = factor_advice(fault);
	if (problem == NULL)
		problem = prepare(&login);
	if (problem != NULL)
		return refuse(problem);
	if (!is_allowed(&login))
		return 1;
	if (login.args.motd && login.interactive)
		dg_login_terminal_show_motd();
	dg_login_shell_run(&login.shell, login.command);
	return 1;
}
