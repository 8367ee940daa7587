// That somebody is let in at four places of src/ and nowhere else, so that each can be found and read. What leads to each place
// is tested where it stands.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryFile } from "../../support/repository.ts";

const root = repositoryFile("src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
const texts = files.map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

/** `file: what`, for each time that the pattern's group is there. */
function found(pattern: RegExp): readonly string[] {
  return texts
    .flatMap(({ file, text }) => [...text.matchAll(pattern)].map((match) => `${file}: ${match[1]}`))
    .toSorted();
}

test("an allow has one of four reasons, and each is built at one place only", () => {
  assert.deepEqual(found(/(?<!function )\b(allow[A-Z]\w*)\(\)/g), [
    "login/attempt.ts: allowBypass",
    "login/gate.ts: allowOutsideGroups",
    "login/settle.ts: allowApproved",
    "policy/outcome.ts: allowFailmodeSafe",
  ]);
  assert.deepEqual(found(/return allow\("([\w-]+)"\)/g), [
    "core/verdict.ts: duo-approved",
    "core/verdict.ts: duo-bypass",
    "core/verdict.ts: failmode-safe",
    "core/verdict.ts: outside-groups",
  ]);
});

test("an allow is made by no other means", () => {
  assert.deepEqual(found(/\b(as Allow|as unknown as)\b/g), ["core/verdict.ts: as Allow"]);
});
