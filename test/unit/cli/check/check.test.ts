// `duogate check`: every problem at once on standard error, one line on standard output when all is well, and the exit code.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { type CheckOptions, check } from "../../../../src/cli/check/check.ts";
import { parseEntries } from "../../../../src/cli/doctor/acknowledged.ts";
import { pamFacts } from "../../../../src/cli/doctor/machine-facts.ts";
import type { PamFacts } from "../../../../src/cli/doctor/pam-findings.ts";
import { EXIT } from "../../../../src/cli/exit-codes.ts";

import { maxLoginsFor } from "../../../../src/gateway/capacity.ts";

import type { LocalAccounts } from "../../../../src/host/accounts.ts";

import { repositoryFile } from "../../../support/repository.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-check-"));
after(() => rmSync(folder, { recursive: true }));
const config = join(folder, "duogate.conf");
const SKEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCD";
const KEYS = ["[duo]", "ikey = DIABCDEFGHIJKLMNOPQR", `skey = ${SKEY}`, "host = api-12345678.duosecurity.com"];
const GOOD = [...KEYS, "failmode = secure"];

const NO_LIMITS = { of: "this process", descriptors: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
const NO_ACCOUNTS: LocalAccounts = { accounts: [], groups: [], directory: false };
const NO_PAM: PamFacts = { services: new Map(), consoleMs: 0 };

async function run(lines: readonly string[], mode = 0o600, more: Partial<CheckOptions> = {}) {
  rmSync(config, { force: true });
  writeFileSync(config, `${lines.join("\n")}\n`, { mode });
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await check({
    config,
    credentialsDirectory: undefined,
    json: false,
    strict: false,
    acknowledged: async () => ({ entries: [], faults: [] }),
    limits: async () => NO_LIMITS,
    machine: async () => ({ pam: NO_PAM, local: NO_ACCOUNTS, account: async () => undefined }),
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
    ...more,
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

describe("duogate check and the limits of the process", () => {
  const shipped = { of: "duogated.service", descriptors: 8192, bytes: 512 * 2 ** 20 };
  const limits = async () => shipped;
  const withLogins = (count: number) => [...GOOD, "[gateway]", `max_logins = ${count}`];

  it("refuses more logins than descriptors, with the numbers and what to write", async () => {
    const { code, complained } = await run(withLogins(1841), 0o600, { limits });
    assert.equal(code, EXIT.invalid);
    const [line] = complained.split("\n");
    const place = `${config}:7: max_logins: 1841 logins on each of the two sockets need`;
    assert.equal(
      line,
      `${place} 8196 open files, and duogated.service may have 8192; write max_logins = 1840 or less, or raise the limit: systemctl edit duogated.service, [Service], LimitNOFILE=8196`,
    );
    assert.equal((await run(withLogins(1840), 0o600, { limits })).code, EXIT.ok);
  });

  it("refuses more logins than memory", async () => {
    const { code, complained } = await run(withLogins(3000), 0o600, {
      limits: async () => ({ ...shipped, descriptors: Number.POSITIVE_INFINITY }),
    });
    assert.equal(code, EXIT.invalid);
    assert.match(
      complained,
      /need 714 MiB of memory, and duogated\.service may have 512 MiB; write max_logins = 1966 or/,
    );
    assert.match(complained, /\[Service\], MemoryMax=714M$/m);
  });

  it("says both, and counts the default", async () => {
    const small = async () => ({ of: "this process", descriptors: 256, bytes: 64 * 2 ** 20 });
    const { code, complained } = await run(GOOD, 0o600, { limits: small });
    assert.equal(code, EXIT.invalid);
    assert.match(complained, /max_logins: 1024 logins .* need 4928 open files, and this process may have 256; /);
    assert.match(complained, /no max_logins is small enough: raise the limit to at least 836 \(ulimit -n\)/);
    assert.match(complained, /: 2 problems/);
  });

  it("holds the unit as it is shipped to its own default and to what the manual says", () => {
    const unit = readFileSync(repositoryFile("systemd/duogated.service"), "utf8");
    const [, descriptors = "0"] = /^LimitNOFILE=(\d+)$/m.exec(unit) ?? [];
    const [, mebibytes = "0"] = /^MemoryMax=(\d+)M$/m.exec(unit) ?? [];
    assert.equal(maxLoginsFor(Number(descriptors), Number(mebibytes) * 2 ** 20), 1840);
    assert.match(readFileSync(repositoryFile("docs/CONFIG.md"), "utf8"), /1840 as the unit is\s+shipped/);
  });
});

describe("duogate check on this machine", () => {
  const pamD = join(folder, "etc/pam.d");
  mkdirSync(pamD, { recursive: true });
  const machine = (files: Readonly<Record<string, string>>) => async () => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(pamD, name), `${text}\n`);
    return {
      pam: pamFacts(folder),
      local: NO_ACCOUNTS,
      account: async () => ({ name: "duogate", uid: 4_000_000, gids: [4_000_000] }),
    };
  };
  const sshd = {
    sshd: "@include part\naccount required pam_unix.so",
    part: "auth required pam_duogate.so timeout=60 conf=/etc/duo/x",
  };

  it("tells of PAM lines that disagree, with their place and once, and still exits with 0", async () => {
    const { code, printed, complained } = await run(GOOD, 0o600, {
      machine: machine({ ...sshd, sudo: "@include part" }),
    });
    assert.deepEqual([code, printed], [EXIT.ok, [`${config}: valid`]]);
    const lines = complained.split("\n").filter((line) => line.includes("gives up after 60 s"));
    // Each service is measured by its own section, so that each may have its own word.
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /etc\/pam\.d\/part:1: warning: the module gives up after 60 s.*; write timeout=115/);
    assert.match(
      complained,
      /pam\.d\/part:1: danger: the module refuses every login here because of the argument "conf=/,
    );
  });

  it("goes on when the machine cannot be looked at: the daemon must start", async () => {
    const broken = async () => {
      throw new RangeError("a defect");
    };
    const { code, printed, complained } = await run(GOOD, 0o600, { machine: broken });
    assert.deepEqual([code, printed], [EXIT.ok, [`${config}: valid`]]);
    assert.match(complained, /could not be looked at: a defect/);
  });

  it("asks for the daemon's account only when it has a file to read", async () => {
    let asked = 0;
    const account = async () => {
      asked += 1;
      return undefined;
    };
    await run(GOOD, 0o600, { machine: async () => ({ pam: NO_PAM, local: NO_ACCOUNTS, account }) });
    assert.equal(asked, 0);
    // A copy: a checkout under umask 0002 is writable for the group, and such a file is refused.
    const cafile = join(folder, "own-roots.pem");
    writeFileSync(cafile, readFileSync(repositoryFile("conf/duo-roots.pem")), { mode: 0o600 });
    await run([...GOOD, `cafile = ${cafile}`], 0o600, {
      machine: async () => ({ pam: NO_PAM, local: NO_ACCOUNTS, account }),
    });
    assert.equal(asked, 1);
  });

  it("lets them count with --strict", async () => {
    assert.equal((await run(GOOD, 0o600, { strict: true })).code, EXIT.ok);
    assert.equal((await run([...GOOD, "groups = !root"], 0o600, { strict: true })).code, EXIT.invalid);
    assert.equal((await run(GOOD, 0o600, { strict: true, machine: machine(sshd) })).code, EXIT.invalid);
  });

  it("does not count what root has acknowledged, and shows it as meant", async () => {
    const lines = [...GOOD, "[service:later]", "autopush = yes"];
    const strict = { strict: true };
    assert.equal((await run(lines, 0o600, strict)).code, EXIT.invalid);
    const text = 'pam-section-unused "pam later" 2026-11-26 its package comes next week';
    const acknowledged = async () => parseEntries(text, "/etc/duogate/acknowledged", Date.UTC(2026, 11, 1));
    const { code, complained } = await run(lines, 0o600, { ...strict, acknowledged });
    assert.equal(code, EXIT.ok, complained);
    assert.match(
      complained,
      /there is no PAM service later; meant, acknowledged 2026-11-26: its package comes next week/,
    );
  });

  it("tells of sections without a service, and of certificates that the daemon cannot read", async () => {
    const shut = join(folder, "shut");
    mkdirSync(shut, { recursive: true, mode: 0o700 });
    const cafile = join(shut, "ca.pem");
    writeFileSync(cafile, readFileSync(repositoryFile("conf/duo-roots.pem")), { mode: 0o600 });
    const lines = [...GOOD, `cafile = ${cafile}`, "[service:shsd]", "autopush = yes"];
    const { code, complained } = await run(lines, 0o600, { machine: machine({}) });
    assert.equal(code, EXIT.ok, complained);
    assert.match(complained, /\[service:shsd\], and there is no PAM service shsd/);
    assert.match(complained, /account duogate cannot read .*ca\.pem/);
  });

  it("is one line of JSON for scripts, with problems and findings", async () => {
    const good = await run(GOOD, 0o600, { json: true, machine: machine(sshd) });
    const told = JSON.parse(good.printed.join("\n"));
    assert.deepEqual([good.complained, told.valid, told.problems], ["", true, []]);
    assert.ok(told.findings.some(({ id }: { id: string }) => id === "pam-argument"));
    const bad = await run([...GOOD, "nonsense = 1"], 0o600, { json: true });
    const problems = JSON.parse(bad.printed.join("\n")).problems;
    assert.deepEqual([bad.code, problems.length, problems[0].key], [EXIT.invalid, 1, "nonsense"]);
    assert.doesNotMatch(bad.printed.join(), new RegExp(SKEY));
  });
});
