// pam_duogate(8) against the module's own sources: arguments and their limits, the codes it returns, the lines it shows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PAM_OF_VERDICT } from "../../support/failure-table.ts";
import { plainText, sectionText, sourceText } from "./page.ts";

const PAGE = "pam_duogate.8";

test("it has every argument of native/src/args.c, and no other", () => {
  const table = [...sourceText("native/src/args.c").matchAll(/\{"(\w+)=?", SEEN_/g)].map((match) => match[1] ?? "");
  assert.ok(table.length >= 5);
  const described = sectionText(PAGE, "DESCRIPTION").matchAll(/^\.It Cm (\w+)/gm);
  const items = new Set([...described].map((match) => match[1] ?? ""));
  assert.deepEqual([...items].sort(), [...table].sort());
  const synopsis = sectionText(PAGE, "SYNOPSIS").matchAll(/^\.Op Cm (\w+)/gm);
  assert.deepEqual([...synopsis].map((match) => match[1] ?? "").sort(), [...table].sort());
});

test("the README's table of arguments is the same", () => {
  const [, table = ""] = sourceText("README.md").split("## Module arguments");
  const rows = table.split(/^## /m)[0]?.matchAll(/^\| `(\w+)/gm) ?? [];
  const source = sourceText("native/src/args.c").matchAll(/\{"(\w+)=?", SEEN_/g);
  const names = (matches: Iterable<RegExpMatchArray>) => [...matches].map((match) => match[1] ?? "").sort();
  assert.deepEqual(names(rows), names(source));
});

test("its numbers and sockets are those of the module", () => {
  const text = plainText(PAGE);
  const header = sourceText("native/src/args.h");
  const constant = (name: string, source = header): string =>
    new RegExp(`#define ${name} "?([^"\\s]+)"?`).exec(source)?.[1] ?? assert.fail(name);
  const range = `${constant("DG_TIMEOUT_MIN_S")} to ${constant("DG_TIMEOUT_MAX_S")}`;
  assert.ok(text.includes(`${range}, default ${constant("DG_TIMEOUT_DEFAULT_S")}.`), range);
  assert.ok(text.includes(constant("DG_SOCKET_ROOT")) && text.includes(constant("DG_SOCKET_LOGIN")));
  const seconds = (name: string, file: string) => Number(constant(name, sourceText(file))) / 1000;
  assert.ok(text.includes(`for ${seconds("DG_CONNECT_MS", "native/src/channel.h")} seconds`));
  assert.ok(text.includes(`within ${seconds("DG_WELCOME_MS", "native/src/dialogue.h")} seconds`));
  assert.ok(text.includes(`silent for ${seconds("DG_BETWEEN_FRAMES_MS", "native/src/dialogue.h")} seconds`));
});

test("it has every code that authenticate can return, and those of the verdicts", () => {
  const sources = ["facts.c", "report.c", "module.c"].map((file) => sourceText(`native/src/${file}`)).join("");
  const returned = new Set([...sources.matchAll(/return (PAM_\w+);/g)].map((match) => match[1] ?? ""));
  // Only the account part gives PAM_IGNORE, and the page says so.
  returned.delete("PAM_IGNORE");
  const shown = [...sectionText(PAGE, "PAM CODES").matchAll(/^\.It Dv (\w+)$/gm)].map((match) => match[1] ?? "");
  assert.deepEqual(shown.sort(), [...returned].sort());
  for (const code of Object.values(PAM_OF_VERDICT)) assert.ok(shown.includes(code), code);
});

test("the README's table of verdicts is the one of the code", () => {
  const rows = [...sourceText("README.md").matchAll(/^\| ([a-z-]+)(?: \([^|]*\))? \| (PAM_\w+) \|$/gm)];
  assert.deepEqual(Object.fromEntries(rows.map(([, verdict, code]) => [verdict, code])), PAM_OF_VERDICT);
});

test("it has every line that the module itself shows to a user", () => {
  const lines = [...sourceText("native/src/user-line.c").matchAll(/return "([^"]+)";/g)].map((match) => match[1] ?? "");
  assert.ok(lines.length >= 5);
  const shown = [...sectionText(PAGE, "DIAGNOSTICS").matchAll(/^\.It (.*)$/gm)].map((match) => match[1] ?? "");
  assert.deepEqual(shown.sort(), lines.sort());
});
