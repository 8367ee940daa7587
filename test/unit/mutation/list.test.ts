// The list of mutants does not fall behind: each one's text stands in its file exactly once, and its tests exist.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { MUTANTS } from "../../mutation/list.ts";
import { repositoryFile } from "../../support/repository.ts";

describe("the list of mutants", () => {
  it("has each text exactly once in its file: correct test/mutation/ when you change the line", () => {
    const wrong = MUTANTS.flatMap(({ file, text }) => {
      const count = readFileSync(repositoryFile(file), "utf8").split(text).length - 1;
      return count === 1 ? [] : [`${file}: ${count} times ${JSON.stringify(text)}`];
    });
    assert.deepEqual(wrong, []);
  });

  it("names tests that exist", () => {
    const names = new Set(MUTANTS.flatMap(({ tests }) => tests));
    const missing = [...names].filter((name) => !existsSync(repositoryFile(`test/${name}.test.ts`)));
    assert.deepEqual(missing, []);
  });

  it("has no mutant twice, and none that changes nothing", () => {
    const keys = MUTANTS.map(({ file, text, instead }) => JSON.stringify([file, text, instead]));
    assert.equal(new Set(keys).size, MUTANTS.length);
    assert.deepEqual(
      MUTANTS.filter(({ text, instead }) => text === instead),
      [],
    );
    assert.ok(MUTANTS.length >= 60);
  });
});
