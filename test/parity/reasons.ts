// Why duogate is meant to differ from Duo Unix 1.11.3: the reasons that intended.ts refers to, in the order of docs/PARITY.md.

export const REASONS = {
  brokenFile:
    "Duo Unix reads failmode out of the file that it cannot use, takes safe when it has not come to it, and lets everyone in. duogate's daemon does not start with such a file, and without the daemon the module refuses.",
  noDaemon:
    "Both refuse. duogate's daemon does not start with such a file; the module says so to the user and returns the code for a service that is not there.",
  keys: "HTTP 401 and 403 mean wrong keys, a wrong clock or a disabled application, not an outage: duogate refuses under failmode = safe too, and tells the user that this machine is not set up correctly.",
  nonsense:
    "An answer that makes no sense is not an outage: whoever can garble an answer must not get in by it. duogate refuses under failmode = safe too, with the code for a failed factor.",
  refusedSaid: "A request that Duo refuses is a denial on both sides; duogate tells the user and returns PAM_AUTH_ERR.",
  badFactor:
    "An auth that Duo refuses as a bad request is one failed attempt: duogate says so and lets the user choose another factor while prompts are left.",
  rateLimit:
    "Duo that wants fewer requests for longer than the few seconds that are waited refuses, whatever failmode says, on both sides; duogate tells the user and returns PAM_AUTH_ERR, Duo Unix ends the login with PAM_ABORT.",
  outageSaid:
    "Both refuse. duogate tells the user that Duo cannot be reached and returns PAM_AUTHINFO_UNAVAIL; Duo Unix says nothing and returns PAM_SERVICE_ERR.",
  retry: "duogate asks again, with a growing delay, when a preauth gets HTTP 5xx; Duo Unix gives up at once.",
  noRepeatSilent:
    "Duo Unix repeats a request that was not answered in time, three times in all; duogate's limit holds for all of it.",
  authOnce:
    "duogate never repeats an auth whose answer was lost: it may have taken effect. Duo Unix sends it again, and the phone rings three times.",
  refusalCode:
    "A refusal by Duo is PAM_AUTH_ERR, which applications report as a failed login; Duo Unix returns PAM_ABORT, as if something were broken.",
  fewPrompts:
    "With prompts below 3, Duo Unix 1.11.3 returns PAM_SERVICE_ERR when they are used up; duogate PAM_MAXTRIES for any number.",
  tooMany: "duogate ends with a line that says why there is no further prompt.",
  lockedLine:
    "The answer to a passcode is shown with the next prompt; when there is none because the account was locked meanwhile, that is all that is said.",
  cancelled:
    "A conversation that fails after a refused factor is a failed login (PAM_MAXTRIES), so that giving up after denials is counted as they are.",
  enter:
    "Enter that comes at once, as here, is a program's, and is asked for once more; a person's takes the first option, a push. Duo Unix's pam_duo ends the login with an error, its login_duo sends the line feed to Duo.",
  blanks: "Blanks around an answer and within a passcode, as phones show it, do not count; Duo Unix sends them to Duo.",
  nonsenseTyped:
    "What is neither an option nor a passcode is not sent to Duo, where it would count as a wrong passcode; it uses up a prompt all the same.",
  namedPhone: "A factor without a number is the first phone's, and goes to Duo by the name that its menu has for it.",
  autopushOnce:
    "A refused automatic push is not repeated, which would tire the user into approving: duogate shows the menu instead. login_duo does so too.",
  autopushNoPhone: "Without a device for an automatic push duogate asks for a passcode; Duo Unix ends the login.",
  autopushWords: "duogate names the phone that it calls.",
  yes: "Duo Unix takes yes, true, on and 1 in small letters for yes and everything else for no, silently. `duogate import` writes what was meant, with a warning.",
  unknownAccount:
    "Without groups, GECOS or su there is nothing to look up, and duogate asks Duo for the name. That the account does not exist is for the other modules of the stack to say.",
  suTarget:
    "Since 2.0.0 Duo Unix asks for the target of a su to another user than root, and so does duogate; 1.11.3 asks for the caller.",
  groupGone:
    "A group that does not exist here is a mistake in the configuration: until it is mended everyone has to pass. In Duo Unix nobody has to.",
  literal:
    "Duo is told an address only where it is one: not a name, which reverse DNS lets the client choose, and not a zone, which means nothing elsewhere.",
  mapped: "An IPv4 address is told as IPv4, so that Duo's rules about networks see it.",
  sshConnection:
    "SSH_CONNECTION comes from the user's own process; its address goes to Duo only with trust_login_address = yes.",
  controls:
    "Control characters in Duo's texts do not reach the terminal; 1.11.3 passes them on, escape sequences included.",
  envWords: "The notice says the same in other words.",
  headlessSaid: "Without a terminal login_duo says nothing; login_duogate says on standard error why it refuses.",
  ownMenu:
    "The documented Auth API v2 has no menu; duogate makes it in Duo's words and numbers the options alike. It marks what Enter takes.",
  errorKind:
    "What refuses or ends a login is a PAM_ERROR_MSG, so that applications can mark it; Duo Unix has PAM_TEXT_INFO for every line.",
  gecosLine:
    "As Duo Unix since 2.2: the log has which name of the GECOS field stood for the login's; 1.11.3 does not say it.",
  argumentLine:
    "The module says itself which argument it does not know, in a line of its own; the daemon is not asked.",
} as const satisfies Readonly<Record<string, string>>;

export type Reason = keyof typeof REASONS;
