// What doctor tells people to write, written into a copy of a corpus of stacks and run by the real libpam: everybody who got in
// before still does, by Duo; nobody with a wrong password reaches Duo or gets in; and the services that share a changed file and
// do not ask Duo are what they were.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Finding } from "../../src/cli/doctor/finding.ts";
import { isDuogate } from "../../src/cli/doctor/module-arguments.ts";
import { pamFindings } from "../../src/cli/doctor/pam-findings.ts";
import { readPamService } from "../../src/host/pam/service.ts";
import type { PamSource } from "../../src/host/pam/source.ts";
import { judgeStack } from "../../src/host/pam/verdicts.ts";
import { CORPUS, type CorpusStack } from "../support/pam-corpus.ts";
import { answerOf, hasPassword, hasProved, PEOPLE, type Person } from "../support/pam-people.ts";
import { repositoryFile } from "../support/repository.ts";

type Files = CorpusStack["files"];

const folder = mkdtempSync(join(tmpdir(), "duogate-remedies-"));
const confdir = join(folder, "pam.d");
const module = join(folder, "scripted.so");
const harness = repositoryFile("native/build/pam-run");

before(() => {
  mkdirSync(confdir);
  const source = repositoryFile("test/support/pam-scripted.c");
  execFileSync("cc", ["-std=c11", "-shared", "-fPIC", "-o", module, source, "-lpam"], { stdio: "inherit" });
});
after(() => rmSync(folder, { recursive: true }));

/** A line with the module that says what `person` meets there. */
function staged(line: string, person: Person, duo: number): string {
  const parts = /^(-?auth\s+(?:\[[^\]]*\]|(?!include\b|substack\b)\S+)\s+)(\S+)\.so(.*)$/.exec(line);
  // Before 1.6 libpam looks for included files in /etc/pam.d alone, whatever the folder of the service.
  if (parts === null) return line.replace(/^(@include|auth\s+(?:include|substack))\s+(\S+)$/, `$1 ${confdir}/$2`);
  const [, head = "", name = "", args = ""] = parts;
  const code = name === "pam_duogate" ? duo : answerOf(name, args, person);
  return code === undefined ? line : `${head}${module} ${code} ${name}`;
}

interface Login {
  readonly in: boolean;
  readonly duoAsked: number;
  /** A factor said yes. */
  readonly proved: boolean;
}

function login(files: Files, service: string, person: Person, duo: "allows" | "denies"): Login {
  for (const [name, lines] of Object.entries(files)) {
    const text = lines.map((line) => `${staged(line, person, duo === "allows" ? 0 : 7)}\n`).join("");
    writeFileSync(join(confdir, name), text);
  }
  writeFileSync(join(confdir, "other"), "auth required pam_deny.so\n");
  const args = ["--confdir", confdir, "--service", service, "--user", "alice", "--call", "authenticate", "--no-log"];
  const lines = execFileSync(harness, args, { encoding: "utf8" }).split("\n");
  const called = lines.filter((line) => line.startsWith("info ")).map((line) => line.slice("info ".length));
  const duoAsked = called.filter((name) => name === "pam_duogate").length;
  return { in: lines.includes("result 0"), duoAsked, proved: hasProved(person, called) };
}

const PATH = "/etc/pam.d/";
const services = (files: Files) => Object.keys(files).filter((name) => !name.startsWith("_"));
const asksDuo = (files: Files, service: string) =>
  readPamService(service, sourceOf(files)).stacks.auth.entries.some((one) => one.kind === "module" && isDuogate(one));

function sourceOf(files: Files): PamSource {
  return {
    open: (name) => {
      const lines = name === "other" ? ["auth required pam_deny.so"] : files[name];
      if (lines === undefined) return { kind: "none" };
      return { kind: "file", path: `${PATH}${name}`, text: lines.map((line) => `${line}\n`).join("") };
    },
    services: () => services(files),
  };
}

function doctor(files: Files): readonly Finding[] {
  const source = sourceOf(files);
  const facts = services(files).map((name) => {
    const service = readPamService(name, source);
    const judged = judgeStack(service.stacks.auth.entries, isDuogate);
    return [name, { service, judged, missing: new Map(), loose: [] }] as const;
  });
  const all = pamFindings({ services: new Map(facts), consoleMs: 0 }, undefined, false);
  return all.filter(({ id }) => id !== "pam-not-asked");
}

/** The files with what the remedy says written into them; undefined where it names nothing to write. */
function applied(files: Files, { remedy = "", lines, place = "" }: Finding): Files | undefined {
  const [, file = "", number = ""] = /(?:at |remove |move )?\/etc\/pam\.d\/(\S+):(\d+)/.exec(remedy) ?? [
    ...(/()\/etc\/pam\.d\/(\S+):(\d+)/.exec(place) ?? []).slice(1),
  ];
  const name = file;
  const old = files[name] ?? [];
  const at = Number(number) - 1;
  const replaced = (...texts: readonly string[]) => ({ ...files, [name]: old.toSpliced(at, 1, ...texts) });
  const written = /^write(?: at \S+)?: (auth .*)$/.exec(remedy);
  if (written !== null) return replaced(written[1] ?? "");
  const moved = /^move .* behind line (\d+): (auth .*)$/.exec(remedy);
  if (moved !== null) {
    const behind = Number(moved[1]);
    const rest = old.toSpliced(at, 1);
    return { ...files, [name]: rest.toSpliced(behind > at ? behind - 1 : behind, 0, moved[2] ?? "") };
  }
  if (remedy.startsWith("remove ")) return replaced();
  const anew = /^write instead of the auth lines of \/etc\/pam\.d\/(\S+):$/.exec(remedy);
  return anew === null ? undefined : { ...files, [anew[1] ?? ""]: lines ?? [] };
}

function kindOf({ remedy = "", lines }: Finding): CorpusStack["remedy"] {
  if (lines !== undefined) return "rewrite";
  return /^(?:write|move|remove)\b/.test(remedy) ? "edit" : "none";
}

for (const { name, files, remedy } of CORPUS) {
  describe(name, () => {
    const found = doctor(files).filter(({ level }) => level === "warning" || level === "danger");

    it(`doctor's answer is: ${remedy}`, () => {
      const kinds = new Set(found.map(kindOf));
      assert.deepEqual([...kinds].join() || "ok", remedy, JSON.stringify(found, undefined, 1));
    });

    it("libpam agrees: as doctor calls ok, or after each remedy, nobody is locked out and nobody gets past Duo", () => {
      const changes = found.length === 0 ? [files] : found.map((one) => applied(files, one));
      for (const changed of changes) {
        if (changed === undefined) continue;
        for (const service of services(files)) for (const person of PEOPLE) compare(files, changed, service, person);
        const entered = services(files).filter((service) => login(changed, service, "local", "allows").in);
        assert.deepEqual(entered, services(files), JSON.stringify(changed, undefined, 1));
      }
    });
  });
}

function compare(files: Files, changed: Files, service: string, person: Person): void {
  const was = login(files, service, person, "allows");
  const now = login(changed, service, person, "allows");
  const shown = `${person} in ${service}:\n${JSON.stringify(changed, undefined, 1)}`;
  if (!asksDuo(files, service)) {
    assert.deepEqual(now, was, shown);
    return;
  }
  if (hasPassword(person)) {
    if (was.in && was.proved) assert.deepEqual([now.in, now.duoAsked], [true, 1], shown);
    if (!now.proved) assert.deepEqual([now.in, now.duoAsked], [false, 0], shown);
  } else {
    assert.deepEqual([now.in, now.duoAsked], [false, 0], shown);
  }
  assert.equal(login(changed, service, person, "denies").in, false, shown);
}

it("the corpus has forty stacks and more, of which most want a remedy", () => {
  assert.ok(CORPUS.length >= 40);
  assert.ok(CORPUS.filter(({ remedy }) => remedy === "edit" || remedy === "rewrite").length >= 25);
});
