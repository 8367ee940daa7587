/*
 * The table of lines.
 */
#include "user-line.h"

#include <stddef.h>

const char *dg_user_line(enum dg_ending ending)
{
	switch (ending) {
	case DG_ENDING_ALLOWED:
	case DG_ENDING_VERDICT:
		return NULL;
	case DG_ENDING_UNREACHABLE:
		return "duogate is not running; access denied. Ask your administrator.";
	case DG_ENDING_CROWDED:
		return "duogate does not answer; access denied. Try again.";
	case DG_ENDING_LOST:
		return "duogate stopped during the login; access denied. Try again.";
	case DG_ENDING_TIMED_OUT:
		return "The login took too long; access denied. Try again.";
	case DG_ENDING_LATE_ANSWER:
		return "Your answer came too late; access denied. Try again.";
	case DG_ENDING_REFUSED:
	case DG_ENDING_OTHER_VERSION:
	case DG_ENDING_BAD_PATH:
	case DG_ENDING_BAD_PEER:
	case DG_ENDING_FAILED:
		break;
	}
	return "duogate is not set up correctly; access denied. Ask your administrator.";
}
