// Every page of docs/man: groff (through man) and mandoc have nothing to say against it, and whatever it refers to exists.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryFile } from "../../support/repository.ts";
import { PAGES, pagePath, pageText, requests, sourceText } from "./page.ts";

/** Pages of Debian that ours refer to. A name that is not here is a slip, or belongs here. */
const OTHERS: ReadonlySet<string> = new Set([
  ..."chsh(1) git(1) journalctl(1) scp(1) sftp(1) su(1) systemd(1)".split(" "),
  ..."authorized_keys(5) pam.d(5) sshd_config(5)".split(" "),
  ..."login_duo(8) sshd(8) sudo(8)".split(" "),
]);

const CHECKERS: readonly (readonly [string, ...string[]])[] = [
  ["man", "--warnings=w", "-E", "UTF-8", "-l"],
  ["mandoc", "-T", "lint", "-W", "warning"],
];

/** All that the program says about the page besides the page itself. */
function complaints([program, ...args]: readonly [string, ...string[]], path: string): string {
  const env = { ...process.env, MANWIDTH: "80", LC_ALL: "C.UTF-8" };
  const ended = spawnSync(program, [...args, path], { encoding: "utf8", env });
  return program === "mandoc" ? ended.stdout + ended.stderr : ended.stderr;
}

test("the pages are those that the packages and the units name", () => {
  const wanted = ["duogate.1", "duogate.conf.5", "duogated.8", "login_duogate.8", "pam_duogate.8"];
  assert.deepEqual(PAGES, wanted);
});

for (const checker of CHECKERS) {
  const [program] = checker;
  const missing = spawnSync(program, ["--help"]).error !== undefined;
  const skip = missing ? `${program} is not installed, so nothing can render the pages` : false;

  for (const page of PAGES) {
    test(`${program} renders ${page} without a word`, { skip }, () => {
      assert.equal(complaints(checker, pagePath(page)), "");
    });
  }

  test(`${program} would have said something about a bad page`, { skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), "duogate-page-"));
    const bad = join(folder, "bad.8");
    writeFileSync(bad, `${pageText("duogated.8")}.Qx\n.It Fl x\n`);
    assert.notEqual(complaints(checker, bad), "");
    rmSync(folder, { recursive: true });
  });
}

for (const page of PAGES) {
  test(`${page} names its file, and refers to pages that exist`, () => {
    const [name, volume] = [page.replace(/\.\d$/, ""), page.slice(-1)];
    assert.deepEqual(requests(page, "Dt"), [`${name.toUpperCase()} ${volume}`]);
    assert.equal(requests(page, "Nm")[0], name === "pam_duogate" ? "pam_duogate" : name);
    const unknown = requests(page, "Xr")
      .map((reference) => reference.split(" "))
      .filter(([to, number]) => !PAGES.includes(`${to}.${number}`) && !OTHERS.has(`${to}(${number})`));
    assert.deepEqual(unknown, []);
  });
}

test("each page can be reached from every other one", () => {
  for (const page of PAGES) {
    const named = new Set(requests(page, "Xr").map((reference) => reference.split(" ").slice(0, 2).join(".")));
    const lost = PAGES.filter((other) => other !== page && !named.has(other));
    assert.deepEqual(lost, [], `${page} does not refer to these`);
  }
});

test("what the units call their documentation exists", () => {
  const units = readdirSync(repositoryFile("systemd"), { withFileTypes: true }).filter((entry) => entry.isFile());
  const named = units.flatMap(({ name }) => [...sourceText(`systemd/${name}`).matchAll(/man:([\w.]+)\((\d)\)/g)]);
  assert.ok(named.length >= 4);
  for (const [, name, volume] of named) assert.ok(PAGES.includes(`${name}.${volume}`), `${name}(${volume})`);
});
