// The manual page duogate.conf(5): what is in the tree is what the option table says. How it renders: test/unit/manual/.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { renderManual } from "../../../src/config/manual.ts";
import { ALL_OPTIONS } from "../../../src/config/options.ts";
import { repositoryFile } from "../../support/repository.ts";

const page = repositoryFile("docs/man/duogate.conf.5");

test("docs/man/duogate.conf.5 is generated from the option table", () => {
  assert.equal(readFileSync(page, "utf8"), renderManual());
});

test("every option has its place in it", () => {
  const items = renderManual().match(/^\.It (?!Pa ).*$/gm) ?? [];
  assert.deepEqual([...items].sort(), ALL_OPTIONS.map(({ key }) => `.It ${key}`).sort());
});
