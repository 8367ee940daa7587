// The sample file conf/duogate.conf and the option part of docs/CONFIG.md, both made from the option table. Pure. A test
// holds the files in the tree to what these return; test/support/generate-docs.ts writes them.

import type { Option, SectionName } from "./option.ts";
import { ALL_OPTIONS, SECTIONS } from "./options.ts";

const SAMPLE_HEAD = `# duogate.conf: the configuration of duogated. Check it with: duogate check
#
# Every option is here. A line that begins with # is a comment; the ones of the form #key = value show the default, or
# an example where there is none. Fill in ikey, skey, host and failmode: the daemon does not start without them.
# Write one key = value on each line, without quotes, and comments on lines of their own. A value is taken as it is
# written. yes and no may be true, false, on, off, 1 or 0. A duration is a number with ms, s or m; without a unit it
# means seconds.
#
# This file belongs to root and has mode 0600: chown root:root duogate.conf && chmod 600 duogate.conf
`;

const SAMPLE_TAIL = `
# Settings for one PAM service: any line of [duo], in place of the one above, for the file of that name in /etc/pam.d.
# ikey and skey come together: another application in the Duo Admin Panel, with a policy of its own.
#[service:sudo]
#autopush = yes
#groups = admins
`;

/** The text of conf/duogate.conf. */
export function renderSample(): string {
  const sections = sectionNames().map((name) => {
    const options = optionsOf(name).map(sampleOption).join("\n");
    return `\n# ${SECTIONS[name]}\n[${name}]\n\n${options}`;
  });
  return SAMPLE_HEAD + sections.join("") + SAMPLE_TAIL;
}

function sampleOption(option: Option<unknown>): string {
  const comments = [...option.doc, `${capital(option.type.label)}; ${defaultInWords(option)}.`].map(
    (line) => `# ${line}\n`,
  );
  // failmode stays a comment: nobody should have chosen it by copying the sample.
  const mark = option.required && option.key !== "failmode" ? "" : "#";
  return `${comments.join("")}${mark}${option.key} = ${option.example ?? shownDefault(option)}\n`;
}

const REFERENCE_HEAD = `# The configuration file

\`/etc/duogate/duogate.conf\` has the sections \`[duo]\` and \`[gateway]\`, \`[service:NAME]\` for single PAM services, and
one \`key = value\` on each line. \`duogate import\` makes it from the files of Duo Unix. This page and the sample
\`conf/duogate.conf\` are generated from the option table in \`src/config/options.ts\`.

- The file must belong to root (or to the user that runs the command), with no permission for anyone else, and no folder
  on the way may be writable by others or be a symbolic link. \`duogate check\` names the command that mends it.
- Comments begin with \`#\` or \`;\` and have a line of their own. A \`;\` or \`#\` inside a word is a part of the value; at the
  beginning of a value or after a space it is refused, because other programs would cut the value there.
- A value is taken byte for byte, without the spaces around it. Quotes are refused. There is no way to continue a line.
- Keys and sections are in small letters, each at most once in a section. Whatever is not known here is
  refused, never skipped.
- Yes and no may be written \`yes\`, \`no\`, \`true\`, \`false\`, \`on\`, \`off\`, \`1\`, \`0\`, in any case.
- A duration is a whole number with \`ms\`, \`s\` or \`m\`. Without a unit it means seconds.
- With a file that has any problem the daemon does not start, and a reload keeps the old settings. \`failmode\` plays no
  part in that. All problems are reported together.
`;

const REFERENCE_TAIL = `
## [service:NAME]

Settings for one PAM service, NAME being the name of its file in /etc/pam.d (\`sudo\`, \`sshd\`, \`su-l\`). Any line of
\`[duo]\` can stand here and counts in place of that line of \`[duo]\`, for logins of this service alone; what is not
here is as in \`[duo]\`. \`ikey\` and \`skey\` belong to one application of the Duo Admin Panel, so they come together; with
them a service has a policy and a name in Duo's log of its own, and with \`host\` a Duo account of its own.

    [service:sudo]
    ikey = DIXXXXXXXXXXXXXXXXXX
    skey = XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX
    autopush = yes
    groups = *
`;

/** The text of docs/CONFIG.md. */
export function renderReference(): string {
  const sections = sectionNames().map((name) => {
    const options = optionsOf(name).map(referenceOption).join("");
    return `\n## [${name}]\n\n${SECTIONS[name]}\n${options}`;
  });
  return REFERENCE_HEAD + sections.join("") + REFERENCE_TAIL;
}

function referenceOption(option: Option<unknown>): string {
  const alias = option.aliases.length === 0 ? "" : `Also \`${option.aliases.join("`, `")}\`.`;
  const facts = `*${capital(option.type.label)}; ${defaultInWords(option)}.*\n${alias}`.trim();
  const example = option.example === undefined ? "" : `\n    ${option.key} = ${option.example}\n`;
  return `\n### ${option.key}\n\n${facts}\n\n${option.doc.join("\n")}\n${example}`;
}

export function defaultInWords(option: Option<unknown>): string {
  if (option.required) return "required";
  return option.without === undefined ? `default ${shownDefault(option)}` : `without it: ${option.without}`;
}

function shownDefault(option: Option<unknown>): string {
  return option.type.show(option.fallback);
}

function sectionNames(): readonly SectionName[] {
  return Object.keys(SECTIONS).filter((name): name is SectionName => name === "duo" || name === "gateway");
}

function optionsOf(section: SectionName): readonly Option<unknown>[] {
  return ALL_OPTIONS.filter((option) => option.section === section);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
