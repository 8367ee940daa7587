// docs/OPERATIONS.md against the code: every reason of a decision, the times, the lines that users see, the links inside.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { ALL_OPTIONS } from "../../../src/config/options.ts";
import { STATES } from "../../booted/lock-out.ts";
import { repositoryFile } from "../../support/repository.ts";
import { sourceText } from "./page.ts";

const text = sourceText("docs/OPERATIONS.md");
const words = text.replaceAll(/\s+/g, " ");

/** Every string of the union types in verdict.ts that is a reason, with its verdict where the type says it. */
function reasons(): readonly string[] {
  const source = sourceText("src/core/verdict.ts");
  const types = source.split("export type Verdict =")[0]?.split("declare const allowed")[0] ?? "";
  const rest = /export type Verdict =([\s\S]*?);\n\n/.exec(source)?.[1] ?? "";
  const inRest = [...rest.matchAll(/reason: ([^}]*)\}/g)].map((match) => match[1] ?? "").join(" ");
  return [...`${types} ${inRest}`.matchAll(/"([a-z-]+)"/g)].map((match) => match[1] ?? "");
}

test("its table has every reason of a decision, and no other", () => {
  const [, section = ""] = text.split("## What the log says\n");
  const rows = [...(section.split("\n## ")[0] ?? "").matchAll(/^\| `([a-z-]+)` \| ([a-z-]+) \|/gm)];
  const wanted = reasons();
  assert.ok(wanted.includes("duo-approved") && wanted.includes("protocol-version") && wanted.length > 30);
  assert.deepEqual(rows.map((row) => row[1]).sort(), [...wanted].sort());
});

test("its times are the defaults of the options and of the module", () => {
  const seconds = (key: string) => {
    const option = ALL_OPTIONS.find((one) => one.key === key);
    assert.ok(option, key);
    return Number(option.fallback) / 1000;
  };
  const [, module = ""] = /DG_TIMEOUT_DEFAULT_S (\d+)/.exec(sourceText("native/src/args.h")) ?? [];
  assert.match(words, new RegExp(`timeout= ${module} s`));
  for (const key of ["login_timeout", "answer_timeout"]) assert.match(words, new RegExp(`${key} ${seconds(key)} s`));
});

test("the lines that it quotes are ones that users see", () => {
  const shown = `${sourceText("native/src/user-line.c")}${sourceText("src/login/words.ts")}`.replaceAll(/\s+/g, " ");
  const [, section = ""] = text.split("## Troubleshooting\n");
  const quoted = [...section.matchAll(/^\| "([^"]+)" \|/gm)].map((match) => match[1] ?? "");
  assert.ok(quoted.length >= 4);
  assert.deepEqual(
    quoted.filter((line) => !shown.includes(line)),
    [],
  );
});

test("the alerts that it names are rules", () => {
  const rules = sourceText("conf/prometheus/duogate.rules.yml");
  const named = [...text.matchAll(/`(Duogate\w+)`/g)].map((match) => match[1] ?? "");
  assert.ok(named.length >= 4);
  for (const name of named) assert.ok(rules.includes(`- alert: ${name}\n`), name);
});

test("who gets in, state by state, is what the booted machines have to do", () => {
  const words = { open: "the password alone", asked: "password and second factor", shut: "nobody" } as const;
  const [, section = ""] = text.split("| State | Who gets in |\n|---|---|\n");
  const rows = (section.split("\n\n")[0] ?? "").split("\n");
  // Each way of enabling the module comes to the same, or the table needs a column for each.
  for (const { doors, name } of STATES) assert.equal(doors.readme, doors.common, name);
  assert.deepEqual(
    rows,
    STATES.map(({ name, doors }) => `| ${name} | ${words[doors.readme]} |`),
  );
});

test("its links lead somewhere, and the files that it names are there", () => {
  const headings = new Set([...text.matchAll(/^##+ (.*)$/gm)].map((match) => anchor(match[1] ?? "")));
  const links = [...text.matchAll(/\]\(#([^)]*)\)/g)].map((match) => match[1] ?? "");
  assert.ok(links.length > 10);
  assert.deepEqual(
    links.filter((link) => !headings.has(link)),
    [],
  );
  const files = [...words.matchAll(/\b((?:docs|conf|src|test)\/[\w./-]*\w)/g)].map((match) => match[1] ?? "");
  assert.deepEqual(
    files.filter((file) => !existsSync(repositoryFile(file))),
    [],
  );
});

/** As Git hosts make them from headings. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-");
}
