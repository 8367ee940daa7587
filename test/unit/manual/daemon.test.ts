// duogated(8) against the daemon's sources: signals, environment, sockets, exit codes, and the kinds of lines in its log.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { EXIT } from "../../../src/cli/exit-codes.ts";
import { repositoryFile } from "../../support/repository.ts";
import { pageText, sectionText, sourceText } from "./page.ts";

const PAGE = "duogated.8";

/** The names behind .It and one macro, which may be several on a line. */
function items(heading: string, macro: string, page = PAGE): readonly string[] {
  const lines = [...sectionText(page, heading).matchAll(new RegExp(`^\\.It ${macro} (.*)$`, "gm"))];
  return lines.flatMap((match) => (match[1] ?? "").split(" , ")).map((name) => name.replace(`${macro} `, ""));
}

test("it has every signal that the daemon follows", () => {
  const followed = [...sourceText("src/cli/daemon/run.ts").matchAll(/process\.on\("(SIG\w+)"/g)].map(
    (match) => match[1] ?? "",
  );
  assert.ok(followed.length >= 3);
  assert.deepEqual([...items("SIGNALS", "Dv")].sort(), followed.sort());
});

test("it, or duogate(1), has every variable that is read from the environment", () => {
  const files = readdirSync(repositoryFile("src"), { recursive: true, encoding: "utf8" });
  const sources = files.filter((name) => name.endsWith(".ts")).map((name) => sourceText(`src/${name}`));
  const read = new Set(
    sources.flatMap((text) => [...text.matchAll(/\benv(?:\["|\.)([A-Z][A-Z_]+)\b/g)].map((m) => m[1])),
  );
  assert.ok(read.has("NOTIFY_SOCKET"));
  const shown = new Set<string | undefined>([
    ...items("ENVIRONMENT", "Ev"),
    ...items("ENVIRONMENT", "Ev", "duogate.1"),
  ]);
  assert.deepEqual(
    [...read].filter((name) => !shown.has(name)),
    [],
  );
});

test("its sockets have the modes of the units", () => {
  const units = readdirSync(repositoryFile("systemd")).filter((name) => name.endsWith(".socket"));
  assert.equal(units.length, 3);
  for (const unit of units) {
    const text = sourceText(`systemd/${unit}`);
    const path = /^ListenStream=(.*)$/m.exec(text)?.[1];
    const mode = /^SocketMode=(.*)$/m.exec(text)?.[1];
    assert.ok(pageText(PAGE).includes(`.It Pa ${path}\nMode ${mode}, `), `${unit}: ${path} ${mode}`);
  }
});

test("it has the exit codes of duogate run", () => {
  const { ok, invalid, usage, cannotRun } = EXIT;
  const shown = [...sectionText(PAGE, "EXIT STATUS").matchAll(/^\.It (\d+)$/gm)].map((match) => Number(match[1]));
  assert.deepEqual(shown, [ok, invalid, usage, cannotRun]);
});

test("it has every kind of line that the audit trail writes", () => {
  const audit = sourceText("src/telemetry/audit.ts");
  const events = [...audit.matchAll(/\bwrite\(\s*(?:"\w+"|level),\s*"([a-z-]+)"/g)].map((match) => match[1] ?? "");
  const notes = [...sourceText("src/core/note.ts").matchAll(/kind: "([a-z-]+)"/g)].map((match) => match[1] ?? "");
  assert.ok(events.includes("decision") && notes.includes("groups-unknown"));
  // A failed attempt has no line of its own.
  const wanted = [...events, ...notes].filter((name) => name !== "attempt-failed");
  assert.deepEqual([...items("DIAGNOSTICS", "Li")].sort(), [...new Set(wanted)].sort());
});

test("the reasons of an allow are all there", () => {
  const verdict = sourceText("src/core/verdict.ts");
  const reasons = [...(/type AllowReason = (.*);/.exec(verdict)?.[1] ?? "").matchAll(/"([a-z-]+)"/g)];
  assert.equal(reasons.length, 4);
  for (const [, reason] of reasons) assert.ok(pageText(PAGE).includes(`.Li ${reason}`), reason);
});
