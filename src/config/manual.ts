// The manual page duogate.conf(5), made from the option table like the sample file. Pure; mdoc(7).

import type { Option, SectionName } from "./option.ts";
import { ALL_OPTIONS, SECTIONS } from "./options.ts";
import { mdocText } from "./roff.ts";
import { capital, defaultInWords } from "./sample.ts";

const HEAD = `.\\" Generated from src/config/options.ts by "npm run docs". Change the table, not this file.
.Dd November 21, 2026
.Dt DUOGATE.CONF 5
.Os
.Sh NAME
.Nm duogate.conf
.Nd configuration of the duogate daemon
.Sh SYNOPSIS
.Pa /etc/duogate/duogate.conf
.Sh DESCRIPTION
The file has sections and, in them, one
.Ql key = value
on each line.
A comment begins with # and has a line of its own.
A value is taken byte for byte, without quotes.
Yes and no may be written yes, no, true, false, on, off, 1 or 0.
A duration is a whole number with ms, s or m; without a unit it means seconds.
.Pp
The file belongs to root and has mode 0600.
With any problem in it the daemon does not start, and a reload keeps the old settings;
.Ql duogate check
prints every problem with its line and what to write instead.
`;

const TAIL = `.Sh SERVICES
A section
.Ql [service:NAME]
takes any line of
.Ql [duo]
for one PAM service, in place of the one there; ikey and skey come together.
.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/duogate/duogate.conf
The file that this page is about.
.It Pa /run/duogate/duogate.conf
The copy that root's part of duogated.service makes for the daemon at start and at reload.
Changes belong into the first one.
.El
.Sh SEE ALSO
.Xr duogate 1 ,
.Xr duogated 8 ,
.Xr login_duogate 8 ,
.Xr pam_duogate 8
`;

/** The text of docs/man/duogate.conf.5. */
export function renderManual(): string {
  const sections = (Object.keys(SECTIONS) as SectionName[]).map((name) => {
    const options = ALL_OPTIONS.filter((option) => option.section === name).map(manualOption);
    return `.Sh [${name}]\n.Bl -tag -width Ds\n${options.join("")}.El\n`;
  });
  return HEAD + sections.join("") + TAIL;
}

function manualOption(option: Option<unknown>): string {
  const facts = `${capital(option.type.label)}; ${defaultInWords(option)}.`;
  return `.It ${option.key}\n${mdocText([...option.doc, facts].join("\n"))}`;
}
