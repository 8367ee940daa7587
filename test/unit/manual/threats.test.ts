// docs/THREATS.md and SECURITY.md: what they point to exists, down to the name of each test, so that a claim cannot outlive what
// shows it; and no promise of SECURITY.md is without a test.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { repositoryFile } from "../../support/repository.ts";
import { sourceText } from "./page.ts";

const security = sourceText("SECURITY.md").replaceAll(/\s+/g, " ");
const text = `${sourceText("docs/THREATS.md").replaceAll(/\s+/g, " ")} ${security}`;
const POINTER = /`(test\/[\w./-]+\.test\.ts)`(?: \("([^"]+)"\))?/g;

test("every file that it names is there", () => {
  const inCode = [...text.matchAll(/`((?:test|native|src|docs|conf|systemd)\/[\w./-]+)`/g)];
  const inProse = [...text.matchAll(/\b(docs\/[\w-]+\.md)\b/g)];
  const named = new Set([...inCode, ...inProse].map((match) => match[1] ?? ""));
  assert.ok(named.size > 20);
  assert.deepEqual(
    [...named].filter((file) => !existsSync(repositoryFile(file))),
    [],
  );
});

test("every test that it names is in its file, and every claim of a test has a name", () => {
  const pointers = [...text.matchAll(POINTER)];
  assert.ok(pointers.length > 30);
  const wrong = pointers
    .map((match) => ({ file: match[1] ?? "", name: match[2] }))
    .filter(({ file, name }) => file !== "test/unit/manual/threats.test.ts" && !has(file, name))
    .map(({ file, name }) => `${file}: ${name ?? "(no name)"}`);
  assert.deepEqual(wrong, []);
});

/** A test's name begins like that, in the file as it is written. */
function has(file: string, name: string | undefined): boolean {
  return name !== undefined && /["`]/.test(sourceText(file).split(name)[0]?.slice(-1) ?? "");
}

test("SECURITY.md leads here, and each of its promises names a test", () => {
  assert.match(security, /docs\/THREATS\.md/);
  const promises =
    security
      .split("## What it promises")[1]
      ?.split("## ")[0]
      ?.split(/ (?=\d\. )/)
      .slice(1) ?? [];
  assert.equal(promises.length, 6);
  assert.deepEqual(
    promises.filter((promise) => !promise.match(POINTER)),
    [],
  );
});
