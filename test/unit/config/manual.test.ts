// The manual page duogate.conf(5): what is in the tree is what the option table says, and it renders without a warning.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
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
  const items = renderManual().match(/^\.It .*$/gm) ?? [];
  assert.deepEqual([...items].sort(), ALL_OPTIONS.map(({ key }) => `.It ${key}`).sort());
});

const groff = spawnSync("groff", ["--version"]).status === 0;
const skip = groff ? false : "groff is not installed, so nothing can render the page";

test("groff has nothing to say against it", { skip }, () => {
  const rendered = spawnSync("groff", ["-ww", "-mdoc", "-Tutf8", page], { encoding: "utf8" });
  assert.equal(rendered.status, 0);
  assert.equal(rendered.stderr, "");
  assert.match(rendered.stdout, /failmode/);
});
