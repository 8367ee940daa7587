// Reading PAM services: where files are looked for, what is told about bad lines and where, and that a text in the place of
// a file changes that file only. What libpam makes of a stack is tested in test/integration/pam-dispatch.test.ts.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { isMissing, moduleFolder, modulePathOf } from "../../../src/host/pam/module-file.ts";
import { readPamService } from "../../../src/host/pam/service.ts";
import { machineSource, withText } from "../../../src/host/pam/source.ts";

const root = mkdtempSync(join(tmpdir(), "duogate-pam-"));
const file = (path: string) => join(root, path);
after(() => rmSync(root, { recursive: true }));

function put(path: string, ...lines: readonly string[]): void {
  writeFileSync(file(path), lines.map((line) => `${line}\n`).join(""));
}

beforeEach(() => {
  for (const folder of ["etc/pam.d", "usr/lib/pam.d"]) {
    rmSync(file(folder), { recursive: true, force: true });
    mkdirSync(file(folder), { recursive: true });
  }
  put("etc/pam.d/other", "auth required pam_deny.so", "account required pam_deny.so");
});

const read = (name: string) => readPamService(name, machineSource(root));
const problems = (name: string) =>
  read(name).problems.map(({ code, place }) => `${code} ${place.file.slice(root.length)}:${place.line}`);

describe("a PAM service", () => {
  it("keeps the file and the line of each entry, and the way to it", () => {
    put(
      "etc/pam.d/sshd",
      "# comment",
      "@include common-auth",
      "auth \\",
      " required \\",
      " pam_duogate.so timeout=30 # here",
    );
    put("etc/pam.d/common-auth", "", "auth [success=1 default=ignore] pam_unix.so nullok");
    const { stacks, file: own, files } = read("sshd");
    const seen = stacks.auth.entries.map(({ place, includedFrom, text }) => [
      place.line,
      includedFrom.map(({ line }) => line),
      text,
    ]);
    assert.deepEqual(seen, [
      [2, [2], "auth [success=1 default=ignore] pam_unix.so nullok"],
      [3, [], "auth  required  pam_duogate.so timeout=30"],
    ]);
    assert.equal(own, file("etc/pam.d/sshd"));
    assert.deepEqual(files, [file("etc/pam.d/sshd"), file("etc/pam.d/common-auth"), file("etc/pam.d/other")]);
  });

  it("has its name in lower case, as libpam has", () => {
    put("etc/pam.d/sshd", "auth required pam_permit.so");
    assert.equal(read("SSHD").stacks.auth.entries.length, 1);
  });

  it("comes from the folder of packages where /etc has none", () => {
    put("usr/lib/pam.d/polkit-1", "auth required pam_permit.so");
    assert.equal(read("polkit-1").file, file("usr/lib/pam.d/polkit-1"));
    put("etc/pam.d/polkit-1", "auth required pam_deny.so");
    assert.equal(read("polkit-1").file, file("etc/pam.d/polkit-1"));
  });

  it("has the lines of other for the kinds that it lacks", () => {
    put("etc/pam.d/test", "auth required pam_permit.so");
    const { stacks } = read("test");
    assert.deepEqual([stacks.auth.fromOther, stacks.account.fromOther], [false, true]);
    assert.deepEqual(
      stacks.account.entries.map(({ text }) => text),
      ["account required pam_deny.so"],
    );
  });

  it("is other altogether where there is no file", () => {
    assert.deepEqual(
      read("nothing").problems.map(({ code, place }) => [code, place.file]),
      [["no-service", "/etc/pam.d/nothing"]],
    );
    assert.equal(read("nothing").unusable, false);
    assert.equal(read("nothing").file, undefined);
  });

  it("is unusable where there is neither", () => {
    rmSync(file("etc/pam.d/other"));
    assert.equal(read("nothing").unusable, true);
  });

  it("lists services, and not what package managers leave behind", () => {
    for (const name of ["sshd", "sudo-i", "sshd.dpkg-dist", "su.rpmnew", ".hidden", "login~"]) put(`etc/pam.d/${name}`);
    put("usr/lib/pam.d/polkit-1");
    assert.deepEqual(machineSource(root).services(), ["other", "polkit-1", "sshd", "sudo-i"]);
  });

  it("is read with a text that is not written yet", () => {
    put("etc/pam.d/sshd", "auth required pam_unix.so");
    const source = withText(machineSource(root), file("etc/pam.d/sshd"), "auth required pam_deny.so\n");
    assert.equal(readPamService("sshd", source).stacks.auth.entries[0]?.text, "auth required pam_deny.so");
    assert.equal(read("sshd").stacks.auth.entries[0]?.text, "auth required pam_unix.so");
    const added = withText(machineSource(root), file("etc/pam.d/new"), "auth required pam_deny.so\n");
    assert.equal(readPamService("new", added).file, file("etc/pam.d/new"));
    assert.ok(added.services().includes("new"));
  });
});

describe("/etc/pam.conf", () => {
  const conf = [
    "# comment",
    "SSHD auth required pam_unix.so",
    "sudo auth \\",
    "  required pam_permit.so",
    "sshd auth required \\",
    "  pam_duogate.so timeout=30",
    "other auth required pam_deny.so",
  ];

  it("is read where there is no folder of services, by name and with its lines' numbers", () => {
    for (const folder of ["etc/pam.d", "usr/lib/pam.d"]) rmSync(file(folder), { recursive: true });
    put("etc/pam.conf", ...conf);
    const seen = read("sshd").stacks.auth.entries.map(({ place, text }) => [place.line, text]);
    assert.deepEqual(seen, [
      [2, "auth required pam_unix.so"],
      [5, "auth required  pam_duogate.so timeout=30"],
    ]);
    assert.deepEqual(
      read("sudo").stacks.auth.entries.map(({ text }) => text),
      ["auth  required pam_permit.so"],
    );
    assert.equal(read("su").stacks.auth.fromOther, true);
    assert.deepEqual(machineSource(root).services(), ["other", "sshd", "sudo"]);
    assert.equal(read("sshd").file, file("etc/pam.conf"));
  });

  it("is not read where there is one", () => {
    put("etc/pam.conf", ...conf);
    assert.equal(read("sshd").file, undefined);
  });
});

describe("what is wrong with a PAM file", () => {
  const cases: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
    "an unknown kind": [["auht required pam_unix.so"], ["unknown-kind :1"]],
    "no control value": [["", "auth"], ["no-control :2"]],
    "an unknown control word": [["auth requierd pam_unix.so"], ["unknown-control :1"]],
    "an unknown action": [["auth [success=okay] pam_unix.so"], ["unknown-control :1"]],
    "an unknown code": [["auth [sucess=ok] pam_unix.so"], ["unknown-control :1"]],
    "a jump over nothing": [["auth [success=0] pam_unix.so"], ["unknown-control :1"]],
    "no module": [["auth required"], ["no-module :1"]],
    "an include of nothing": [["auth include"], ["missing-include :1"]],
    "a missing include": [["auth include nowhere"], ["missing-include :1"]],
    "a missing @include": [["@include nowhere"], ["missing-include :1"]],
    "an include of itself": [["auth include test"], ["include-loop :1"]],
    "a carriage return": [["auth required pam_unix.so\r"], ["carriage-return :1"]],
    "a backslash at the end": [["auth required pam_unix.so", "auth required x.so \\"], ["unfinished-line :2"]],
    "a comment in a continued line": [
      ["auth required \\", "# what for", "pam_unix.so"],
      ["empty-continuation :2", "no-module :1", "unknown-kind :3"],
    ],
    "a very long line": [[`auth required pam_unix.so ${"a".repeat(1000)}`], ["long-line :1"]],
    "nothing at all": [["-auth  [ success = 1 default=ignore ]  pam_unix.so [a b]", "# x"], []],
  };
  for (const [name, [lines, expected]] of Object.entries(cases)) {
    it(`is told: ${name}`, () => {
      put("etc/pam.d/test", ...lines);
      const found = problems("test").map((one) => one.replace("/etc/pam.d/test", ""));
      assert.deepEqual(found, expected);
    });
  }

  it("includes that double themselves come to an end", () => {
    for (let i = 0; i < 15; i++) put(`etc/pam.d/i${i}`, `auth include i${i + 1}`, `auth include i${i + 1}`);
    put("etc/pam.d/i15", "auth required pam_unix.so");
    put("etc/pam.d/test", "auth include i0");
    const found = read("test");
    assert.ok(found.stacks.auth.entries.length <= 600, String(found.stacks.auth.entries.length));
    assert.ok(found.problems.some(({ code }) => code === "too-long" || code === "include-loop"));
    assert.ok(found.problems.length < 1000, String(found.problems.length));
  });
});

describe("a module's file", () => {
  const lines = (module: string) => {
    put("etc/pam.d/test", `auth required ${module}`);
    const [entry] = read("test").stacks.auth.entries;
    assert.ok(entry?.kind === "module");
    return entry;
  };
  const folder = file("usr/lib/security");
  beforeEach(() => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "pam_permit.so"), "");
  });

  it("lies where pam_permit.so lies, or where the line says", () => {
    assert.equal(moduleFolder(root), folder);
    assert.equal(moduleFolder(join(root, "etc")), undefined);
    assert.equal(modulePathOf(lines("pam_x.so"), folder, root), join(folder, "pam_x.so"));
    assert.equal(modulePathOf(lines("/opt/pam_x.so"), folder, root), file("opt/pam_x.so"));
    assert.equal(modulePathOf(lines("pam_x.so"), undefined, root), undefined);
  });

  it("is missing only where that is certain", () => {
    const missing = (module: string, from: string | undefined = folder) => isMissing(lines(module), from, root);
    assert.deepEqual(
      ["pam_permit.so", "pam_x.so", "/opt/pam_x.so", "/lib/$ISA/pam_x.so"].map((one) => missing(one)),
      [false, true, true, false],
    );
    assert.equal(isMissing(lines("pam_x.so"), undefined, root), false);
  });
});
