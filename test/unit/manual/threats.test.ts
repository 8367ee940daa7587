// docs/THREATS.md: what it points to exists, down to the name of each test, so that a claim cannot outlive what shows it.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { repositoryFile } from "../../support/repository.ts";
import { sourceText } from "./page.ts";

const text = sourceText("docs/THREATS.md").replaceAll(/\s+/g, " ");

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
  const pointers = [...text.matchAll(/`(test\/[\w./-]+\.test\.ts)`(?: \("([^"]+)"\))?/g)];
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

test("SECURITY.md leads here", () => {
  assert.match(sourceText("SECURITY.md"), /docs\/THREATS\.md/);
});
