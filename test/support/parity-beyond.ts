// Differences that no login of the table can show, because Duo Unix 1.11.3 does not have the situation or the emulator's fixed
// parts do not: rows of docs/PARITY.md, each with the test that holds duogate's side.

export interface Beyond {
  readonly what: string;
  readonly theirs: string;
  readonly ours: string;
  /** File and title of a test. */
  readonly test: readonly [file: string, title: string];
}

export const BEYOND: readonly Beyond[] = [
  {
    what: "A certificate of Duo's host without a subjectAltName (of the kind in question)",
    theirs: "The last common name is taken, wildcards across dots included.",
    ours: "Refused, as RFC 9525 has it: a common name is no name. An outage, so failmode decides before a factor was sent.",
    test: ["test/integration/tls.test.ts", "its name as common name only"],
  },
  {
    what: "A group of the user that has a number and no name, with `groups`",
    theirs: "2.2 and later refuse the login; before, the group was skipped.",
    ours: "The groups count as not known: the second factor is required, and the log says so. Nobody is locked out or let by.",
    test: ["test/unit/login/gate.test.ts", '{ groups: "unresolvable-group" }'],
  },
  {
    what: "Kinds of message",
    theirs: "PAM_TEXT_INFO for every line, also for a refusal; the menu is inside the prompt.",
    ours: "PAM_ERROR_MSG for what refuses (the rows above have `kind`); under sudo the menu is a PAM_TEXT_INFO above a short prompt.",
    test: ["test/system/sudo-prompts.test.ts", "the menu is on the screen once, above the question"],
  },
  {
    what: "GECOS options in `duogate import`",
    theirs: "`send_gecos = y` is no, silently; a position of 0 or a delimiter of `:` ends the reading of the file.",
    ours: "Each is written as Duo Unix read it, or left out, with a remark that says which and why.",
    test: [
      "test/unit/config/duo-unix/translate.test.ts",
      '["gecos_username_pos = 0", "gecos_username_pos", undefined,',
    ],
  },
];

/** The section of the document. */
export function beyondSection(): readonly string[] {
  const rows = BEYOND.map(({ what, theirs, ours, test: [file] }) => `| ${what} | ${theirs} | ${ours} | \`${file}\` |`);
  return ["", "## Beyond the table", "", "| What | Duo Unix | duogate | Test |", "|---|---|---|---|", ...rows];
}
