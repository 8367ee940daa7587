// `duogate check`: every problem at once on standard error, one line on standard output when all is well, and the exit code.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { check } from "../../../src/cli/check.ts";
import { EXIT } from "../../../src/cli/exit-codes.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-check-"));
after(() => rmSync(folder, { recursive: true }));
const config = join(folder, "duogate.conf");
const SKEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCD";
const KEYS = ["[duo]", "ikey = DIABCDEFGHIJKLMNOPQR", `skey = ${SKEY}`, "host = api-12345678.duosecurity.com"];
const GOOD = [...KEYS, "failmode = secure"];

async function run(lines: readonly string[], mode = 0o600) {
  rmSync(config, { force: true });
  writeFileSync(config, `${lines.join("\n")}\n`, { mode });
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await check({
    config,
    credentialsDirectory: undefined,
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
  });
  return { code, printed, complained: complained.join("\n") };
}

describe("duogate check", () => {
  it("accepts a good configuration", async () => {
    assert.deepEqual(await run(GOOD), { code: EXIT.ok, printed: [`${config}: valid`], complained: "" });
  });

  it("accepts one with a warning, and prints the warning", async () => {
    const { code, complained } = await run([...GOOD, "groups = !root"]);
    assert.equal(code, EXIT.ok);
    assert.match(complained, /groups/);
  });

  it("prints every problem and counts them; the key is in none", async () => {
    const { code, printed, complained } = await run([...KEYS, "failmode = maybe", "prompts = 99", "nonsense = 1"]);
    assert.deepEqual([code, printed], [EXIT.invalid, []]);
    for (const word of [/failmode/, /prompts/, /nonsense/, /: 3 problems; the daemon would not start/]) {
      assert.match(complained, word);
    }
    assert.doesNotMatch(complained, new RegExp(SKEY));
  });

  it("has one problem in the singular", async () => {
    assert.match((await run([...GOOD, "nonsense = 1"])).complained, /: 1 problem; /);
  });

  it("refuses a file that others can read", async () => {
    assert.equal((await run(GOOD, 0o644)).code, EXIT.invalid);
  });
});
