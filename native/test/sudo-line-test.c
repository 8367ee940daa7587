/*
 * sudo's command line: each way to write -n, every option that takes a value and so may be followed by one that looks like it, and
 * the command's own arguments, which are not sudo's.
 */
#include <string.h>

#include "sudo-line.h"
#include "tap.h"

/* `|` stands for the NUL behind each argument. */
static bool asks_nobody(const char *text)
{
	char line[256];
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		line[i] = text[i];
	for (size_t i = 0; i < length; i++)
		line[i] = line[i] == '|' ? '\0' : line[i];
	return dg_sudo_line_asks_nobody(line, length);
}

int main(void)
{
	const char *yes[] = {"sudo|-n|true|",		"sudo|--non-interactive|true|", "sudo|-kn|",	    "sudo|-Sn|true|",	     "sudo|-u|bob|-n|id|",
			     "sudo|-ubob|-n|id|",	"sudo|--user=bob|-n|id|",	"sudo|-nubob|id|",  "sudo|--user|bob|-n|id|", "sudo|A=1|-n|id|",
			     "sudo|-p|-x|-n|true|",	"sudo|-u|A=1|-n|true|",		"sudoedit|-n|/f|",  "sudo|-H|-E|-n|true|",	     "sudo|-g|-n|-n|true|"};
	const char *no[] = {"",		       "sudo|",		   "sudo",	       "sudo|true|-n|",	    "sudo|--|-n|",	 "sudo|-|-n|",
			    "-n|true|",	       "sudo|-u|-n|true|", "sudo|-un|true|",   "sudo|-pn|true|",    "sudo|--user|-n|x|", "sudo|--prompt|-n|x|",
			    "sudo|-S|true|",   "sudo|--nonsense|", "sudo|./a=b|-n|",   "sudo|-u|bob",	    "sudo|-n",		 "sudo|--non-interactivex|x|",
			    "sudo|-C|-n|true|", "sudo|-ST|-n|x|",   "sudo||-n|"};
	struct tap tap = {0};

	for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
		tap_ok(&tap, asks_nobody(yes[i]), "%s", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		tap_ok(&tap, !asks_nobody(no[i]), "%s", no[i][0] == '\0' ? "nothing" : no[i]);
	tap_ok(&tap, !dg_sudo_line_of_process(), "this test is no such sudo");
	return tap_end(&tap);
}
