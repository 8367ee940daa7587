// `duogate import` as an administrator runs it: real files in a private folder, the real command, what it prints and writes.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { parseConfig } from "../../src/config/parse.ts";
import { repositoryFile } from "../support/repository.ts";
import { IKEY, SKEY } from "../unit/config/samples.ts";

const OTHER_IKEY = "DIAAAAAAAAAAAAAAAAA1";
const OTHER_SKEY = SKEY.toUpperCase();
const KEYS = `ikey = ${IKEY}\nskey = ${SKEY}\nhost = api-1b2c3d4e.duosecurity.com\n`;

interface Desk {
  readonly folder: string;
  readonly target: string;
  write(name: string, text: string | Buffer, mode?: number): string;
  run(...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly said: string };
}

function desk(t: TestContext): Desk {
  const folder = mkdtempSync(join(tmpdir(), "duogate-import-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const target = join(folder, "duogate.conf");
  return {
    folder,
    target,
    write(name, text, mode = 0o600) {
      const path = join(folder, name);
      writeFileSync(path, text);
      chmodSync(path, mode);
      return path;
    },
    run(...args) {
      const command = [repositoryFile("dist/src/main.js"), "import", "--config", target, ...args];
      const ran = spawnSync(process.execPath, command, { encoding: "utf8", cwd: folder });
      // SECURITY: the first law of this command, whatever it was asked.
      for (const secret of [SKEY, OTHER_SKEY])
        assert.ok(!`${ran.stdout}${ran.stderr}`.includes(secret), "a key was printed");
      return { code: ran.status, out: ran.stdout, said: ran.stderr };
    },
  };
}

describe("duogate import", { concurrency: 2 }, () => {
  test("makes a file that is valid and means the same, with mode 0600", (t) => {
    const { write, run, target } = desk(t);
    const pam = write(
      "pam_duo.conf",
      `[duo]\n${KEYS}failmode = secure\ngroups = users,!wheel\npushinfo = yes\nprompts = 2\n`,
    );
    const { code, said } = run(pam, "--write");
    const own = process.geteuid?.() === 0 ? /^$/ : /^duogate: .* belongs to uid \d+, who can have changed it/;
    assert.equal(code, 0);
    assert.match(said, own);
    assert.equal(lstatSync(target).mode & 0o7777, 0o600);
    const parsed = parseConfig(readFileSync(target, "utf8"), target);
    assert.ok(parsed.ok);
    const { duo } = parsed.value;
    assert.deepEqual(
      [duo.ikey, duo.skey.reveal(), duo.failmode, duo.groups, duo.pushinfo, duo.prompts],
      [IKEY, SKEY, "secure", ["users,!wheel"], true, 2],
    );
  });

  test("makes sections of further files, each with what its own file said", (t) => {
    const { write, run, target } = desk(t);
    const pam = write("pam_duo.conf", `${KEYS}failmode = secure\ngroups = users\nautopush = yes\n`);
    const sudo = write("sudo.conf", `ikey = ${OTHER_IKEY}\nskey = ${OTHER_SKEY}\nhost = api-2.duosecurity.com\n`);
    const login = write("login_duo.conf", `${KEYS}failmode = secure\ngroups = users\nautopush = yes\nprompts = 1\n`);
    assert.equal(run(pam, "--service", `sudo=${sudo}`, "--login", login, "--write").code, 0);
    const parsed = parseConfig(readFileSync(target, "utf8"), target);
    assert.ok(parsed.ok);
    const service = parsed.value.services.get("sudo");
    assert.deepEqual(
      [service?.ikey, service?.skey.reveal(), service?.host, service?.failmode, service?.groups, service?.autopush],
      [OTHER_IKEY, OTHER_SKEY, "api-2.duosecurity.com", "safe", ["*"], false],
    );
    assert.deepEqual({ ...parsed.value.duo, prompts: 1 }, parsed.value.services.get("login_duogate"));
  });

  test("shows the result without --write, and touches nothing", (t) => {
    const { write, run, folder } = desk(t);
    const pam = write("pam_duo.conf", `${KEYS}autopush = Yes\n`);
    const { code, out, said } = run(pam);
    assert.equal(code, 0);
    assert.match(out, /^skey = \[secret\]$/m);
    assert.match(out, /^# line 4: .*off\n?.*\nautopush = yes$/ms);
    assert.match(said, /pam_duo\.conf:4: autopush: .*off until now/);
    assert.match(said, /failmode: Duo Unix's default, written down/);
    assert.deepEqual(readdirSync(folder), ["pam_duo.conf"]);
  });

  test("prints no credentials of a proxy, and keeps them", (t) => {
    const { write, run, target } = desk(t);
    const pam = write("pam_duo.conf", `${KEYS}failmode = secure\nhttp_proxy = http://bob:hunter2@proxy:3128\n`);
    for (const flags of [[], ["--diff"], ["--write"], ["--diff"]]) {
      const { code, out, said } = run(pam, ...flags);
      assert.deepEqual([code, /hunter2|bob/.test(out + said)], [0, false]);
    }
    assert.match(readFileSync(target, "utf8"), /^http_proxy = http:\/\/bob:hunter2@proxy:3128$/m);
  });

  test("shows the difference to the file that is there, a changed key as changed", (t) => {
    const { write, run, target } = desk(t);
    const pam = write("pam_duo.conf", `${KEYS}failmode = secure\n`);
    write("duogate.conf", `[duo]\n# skey = ${OTHER_SKEY}\nskey = ${OTHER_SKEY}\nfailmode = secure\n`);
    const { code, out } = run(pam, "--diff");
    assert.equal(code, 0);
    assert.match(out, /^-skey = \[old secret\]$/m);
    assert.match(out, /^\+skey = \[new secret\]$/m);
    assert.match(out, /^ failmode = secure$/m);
    write("duogate.conf", `[duo]\nskey = ${SKEY}\n`);
    assert.match(run(pam, "--diff").out, /^ skey = \[secret\]$/m);
    assert.equal(run(pam, "--write").code, 0);
    assert.match(run(pam, "--diff").said, /is like that already/);
    assert.ok(existsSync(target));
  });

  test("never overwrites a file without keeping it", (t) => {
    const { write, run, folder, target } = desk(t);
    const pam = write("pam_duo.conf", `${KEYS}failmode = secure\n`);
    write("duogate.conf", "first", 0o640);
    assert.match(run(pam, "--write").out, /the file that was there is .*before-import-1$/m);
    assert.equal(run(pam, "--write").code, 0);
    assert.equal(readFileSync(`${target}.before-import-1`, "utf8"), "first");
    assert.match(readFileSync(`${target}.before-import-2`, "utf8"), /failmode = secure/);
    assert.equal(lstatSync(target).mode & 0o7777, 0o600);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith(".new")),
      [],
    );
  });

  test("writes through no link, into no folder of others, over no draft", (t) => {
    const { write, run, folder, target } = desk(t);
    const pam = write("pam_duo.conf", `${KEYS}failmode = secure\n`);
    const elsewhere = write("elsewhere", "untouched");
    symlinkSync(elsewhere, target);
    assert.equal(run(pam, "--write").code, 3);
    rmSync(target);
    symlinkSync(elsewhere, `${target}.new`);
    assert.equal(run(pam, "--write").code, 3);
    rmSync(`${target}.new`);
    chmodSync(folder, 0o777);
    assert.match(run(pam, "--write").said, /others can write to the folder/);
    chmodSync(folder, 0o700);
    assert.equal(readFileSync(elsewhere, "utf8"), "untouched");
    assert.ok(!existsSync(target));
  });

  test("writes nothing that duogate would refuse, and says why", (t) => {
    const { write, run, target } = desk(t);
    const pam = write("pam_duo.conf", `ikey = ${IKEY}\nskey = ${SKEY} and more\nfailmode = secure\n`);
    const { code, said } = run(pam, "--write");
    assert.equal(code, 1);
    assert.match(said, /skey: this cannot be a secret key/);
    assert.match(said, /host: \[duo\] does not set it/);
    assert.ok(!existsSync(target));
  });

  test("keeps a key secret that stands in the wrong place", (t) => {
    const { write, run } = desk(t);
    for (const text of [
      `[duo]\n ikey = ${IKEY}\n skey = ${SKEY}\n`,
      `failmode = ${SKEY}\n`,
      `${SKEY} = x\n`,
      `skey: ${SKEY}`,
    ]) {
      run(write("pam_duo.conf", text));
    }
    run(write("pam_duo.conf", `ikey = skey = ${SKEY}\nautopush = skey = ${SKEY}\n`));
  });

  test("tells what the mode of the file meant to Duo Unix", (t) => {
    const { write, run } = desk(t);
    const pam = write("pam_duo.conf", `${KEYS}failmode = secure\n`, 0o664);
    assert.match(
      run(pam).said,
      /mode 0664 Duo Unix refuses to read it and lets everyone in[\s\S]*others can have changed it/,
    );
  });

  test("takes a login_duo.conf alone for what it is", (t) => {
    const { write, run } = desk(t);
    const text = `${KEYS}failmode = secure\nmotd = yes\naccept_env_factor = yes\n`;
    for (const args of [["login_duo.conf"], ["--login", "login_duo.conf"], ["other.conf"]]) {
      write(args.at(-1) ?? "", text);
      const { code, out, said } = run(...args);
      assert.equal(code, 0, said);
      assert.match(out, /^accept_env_factor = yes$/m);
      assert.match(said, /motd: .*login_duogate -m/);
      assert.doesNotMatch(said, /stopped reading|does not know|never uses/);
    }
    // pam_duo's own does stop at motd.
    assert.match(run(write("pam_duo.conf", text)).said, /does not know "motd".*refused every login/);
  });

  test("a file that root's group may read is no scandal; one of another group is", {
    skip: process.getuid?.() === 0 ? false : "needs root: only root can have a file of root's",
  }, (t) => {
    const { write, run } = desk(t);
    const pam = write("pam_duo.conf", `${KEYS}failmode = secure\n`, 0o640);
    assert.match(run(pam).said, /mode 0640 and group root newer releases of Duo Unix read it; older ones refuse/);
    assert.doesNotMatch(run(pam).said, /make a new one/);
    chownSync(pam, 0, 1);
    assert.match(run(pam).said, /mode 0640 Duo Unix refuses to read it.*make a new one/);
  });

  test("leaves out groups that cannot have been meant, and everyone has to pass", (t) => {
    const { write, run, target } = desk(t);
    const pam = write("pam_duo.conf", `${KEYS}failmode = secure\ngroups = *.!root\n`);
    const { code, said } = run(pam, "--write");
    assert.equal(code, 0);
    assert.match(said, /:5: groups: .*so that everyone has to pass: did you mean "\*,!root"\?/);
    assert.doesNotMatch(readFileSync(target, "utf8"), /^groups/m);
  });

  test("refuses what it cannot read or does not understand, each with its exit code", (t) => {
    const { write, run, folder } = desk(t);
    const pam = write("pam_duo.conf", KEYS);
    assert.equal(run(join(folder, "absent")).code, 1);
    assert.equal(run(folder).code, 1);
    assert.equal(run(write("binary", Buffer.from(`${KEYS}#\xff`, "latin1"))).code, 1);
    assert.equal(run(pam, "--service", "Sudo=x").code, 2);
    assert.equal(run(pam, "--service", "sudo").code, 2);
    assert.equal(run(pam, "--service", `sudo=${pam}`, "--service", `sudo=${pam}`).code, 2);
    assert.equal(run().code, 2);
  });
});
