// Secret keys as systemd's credentials: they stand in the place of lines, a key that comes twice or for nothing is a
// problem, what others can read is refused, and no key is in any problem.

import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import type { Config } from "../../../src/config/config.ts";
import { loadConfig } from "../../../src/config/load.ts";
import type { ConfigProblem } from "../../../src/config/problem.ts";
import { brief, IKEY, REQUIRED, SKEY } from "./samples.ts";

const WITHOUT = REQUIRED.replace(/^skey.*\n/m, "");
const OTHER_SKEY = SKEY.replaceAll("a", "b");

const bases: string[] = [];
let base = "";
let folder = "";

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "duogate-credentials-"));
  bases.push(base);
  folder = join(base, "credentials");
  await mkdir(folder, { mode: 0o700 });
});

after(async () => {
  for (const one of bases) await rm(one, { recursive: true });
});

async function give(name: string, text: string, mode = 0o400): Promise<void> {
  await writeFile(join(folder, name), text);
  await chmod(join(folder, name), mode);
}

async function load(text: string): Promise<{ config: Config | undefined; problems: readonly ConfigProblem[] }> {
  const file = join(base, "duogate.conf");
  await writeFile(file, text, { mode: 0o600 });
  const loaded = await loadConfig(file, { credentialsDirectory: folder });
  return loaded.ok ? { config: loaded.value, problems: [] } : { config: undefined, problems: loaded.error };
}

describe("the credential skey", () => {
  it("stands in the place of the line, with or without a line end", async () => {
    for (const end of ["", "\n", "\r\n"]) {
      await rm(join(folder, "skey"), { force: true });
      await give("skey", `${SKEY}${end}`);
      assert.equal((await load(WITHOUT)).config?.duo.skey.reveal(), SKEY);
    }
  });

  it("is not asked for where the file has the line, or where systemd gave none", async () => {
    await rm(folder, { recursive: true });
    assert.equal((await load(REQUIRED)).config?.duo.skey.reveal(), SKEY);
    assert.deepEqual(brief((await load(WITHOUT)).problems), ["1 missing-key skey"]);
  });

  it("is not taken beside a line that says the same or something else", async () => {
    await give("skey", OTHER_SKEY);
    assert.deepEqual(brief((await load(REQUIRED)).problems), ["3 duplicate-key skey"]);
  });

  it("is judged as the line would be, without being shown", async () => {
    for (const bad of ["", "two words", "first\nsecond", "X".repeat(40), `${SKEY}\u00e9`]) {
      await rm(join(folder, "skey"), { force: true });
      await give("skey", bad);
      const { problems } = await load(WITHOUT);
      assert.deepEqual(
        problems.map(({ key, line }) => `${line} ${key}`),
        ["1 skey"],
      );
      if (bad !== "") assert.ok(!JSON.stringify(problems).includes(bad));
    }
  });
});

describe("the credential skey.NAME", () => {
  const sudo = `${REQUIRED}[service:sudo]\nikey = ${IKEY.replace("XYZ", "ABC")}\n`;

  it("stands in the section of that service", async () => {
    await give("skey.sudo", OTHER_SKEY);
    const { config } = await load(sudo);
    assert.equal(config?.services.get("sudo")?.skey.reveal(), OTHER_SKEY);
    assert.equal(config?.duo.skey.reveal(), SKEY);
  });

  it("is a problem without that section, and in one without an ikey", async () => {
    await give("skey.sudo", OTHER_SKEY);
    assert.deepEqual(brief((await load(REQUIRED)).problems), ["1 unused-credential skey"]);
    assert.deepEqual(brief((await load(`${REQUIRED}[service:sudo]\nautopush = yes\n`)).problems), [
      "6 keys-apart skey",
    ]);
  });

  it("is nobody's when the name is no service's, or is not ours", async () => {
    for (const name of ["skey.", "skey.Sudo", "password"]) await give(name, OTHER_SKEY);
    assert.deepEqual((await load(REQUIRED)).problems, []);
  });
});

describe("a credential's file", () => {
  it("may have the mask of systemd's access list, and nothing that lets others read or write it", async () => {
    await give("skey", SKEY, 0o440);
    assert.equal((await load(WITHOUT)).config?.duo.skey.reveal(), SKEY);
    for (const mode of [0o404, 0o444, 0o420, 0o402]) {
      await chmod(join(folder, "skey"), mode);
      assert.deepEqual(brief((await load(WITHOUT)).problems), ["- open-to-others skey"]);
    }
  });

  it("is no link, no folder and no large file", async () => {
    const path = join(folder, "skey");
    await give("other", SKEY);
    await symlink(join(folder, "other"), path);
    assert.deepEqual(brief((await load(WITHOUT)).problems), ["- cannot-open skey"]);
    await rm(path);
    await mkdir(path);
    assert.deepEqual(brief((await load(WITHOUT)).problems), ["- bad-value skey"]);
    await rm(path, { recursive: true });
    await give("skey", "a".repeat(5000));
    assert.deepEqual(brief((await load(WITHOUT)).problems), ["- bad-value skey"]);
  });
});
