// src/host/pam/ against the real libpam: random services with jumps, substacks, includes and faults, run through
// pam_start_confdir with modules that return what they are told to. The same modules must be called in the same order, and
// the call must come to the same code.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { dispatch, pamReturn } from "../../src/host/pam/dispatch.ts";
import type { PamKind, PamModuleEntry, PamService } from "../../src/host/pam/entry.ts";
import { installedReading, type LineReading, readingOf } from "../../src/host/pam/line-reading.ts";
import { PAM_RETURNS } from "../../src/host/pam/returns.ts";
import { readPamService } from "../../src/host/pam/service.ts";
import { folderSource } from "../../src/host/pam/source.ts";
import { cachedBase } from "../support/booted-base.ts";
import { repositoryFile } from "../support/repository.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-dispatch-"));
const confdir = join(folder, "pam.d");
const module = join(folder, "scripted.so");
const harness = repositoryFile("native/build/pam-run");
const CALLS = { auth: "authenticate", account: "account", session: "open-session" } as const;
const START_FAILED = 26;

before(() => {
  execFileSync("mkdir", [confdir]);
  const source = repositoryFile("test/support/pam-scripted.c");
  const flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"];
  execFileSync("cc", [...flags, "-o", module, source, "-lpam"], { stdio: "inherit" });
});
after(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly called: readonly string[];
}

/** A libpam: how it is run, and how it reads lines. */
interface Library {
  readonly command: readonly string[];
  readonly reading: LineReading;
}

const INSTALLED: Library = { command: [harness], reading: installedReading() };

/** What libpam makes of it. */
function real(kind: keyof typeof CALLS, { command }: Library): Outcome | "crashed" {
  const args = ["--confdir", confdir, "--service", "test", "--user", "alice", "--call", CALLS[kind], "--no-log"];
  const [program = "", ...before] = command;
  const { status, signal, stdout } = spawnSync(program, [...before, ...args], { encoding: "utf8" });
  if (signal === "SIGSEGV") return "crashed";
  assert.equal(status, 0, `${signal}`);
  const lines = stdout.split("\n");
  if (lines.includes("failed pam_start_confdir")) return { code: START_FAILED, called: [] };
  const result = lines.find((line) => line.startsWith("result "));
  assert.ok(result !== undefined, lines.join("\n"));
  const shown = lines.filter((line) => line.startsWith("info ")).map((line) => line.slice(5));
  const called = shown.map((name) => name.replaceAll("\\x5c", "\\"));
  return { code: Number(result.slice(7)), called };
}

function read({ reading }: Library): PamService {
  return readPamService("test", { ...folderSource([confdir]), reading });
}

/** What we make of it. */
function ours(kind: PamKind, library: Library): Outcome {
  const service = read(library);
  if (service.unusable) return { code: START_FAILED, called: [] };
  // With more arguments than it knows, or fewer, the module says nothing of itself.
  const told = ({ module: name, args }: PamModuleEntry) => {
    if (name !== module) return "module_unknown";
    return args.length === 2 ? pamReturn(Math.trunc(Number.parseInt(args[0] ?? "", 10) || 0)) : "service_err";
  };
  const { code, called } = dispatch(service.stacks[kind].entries, told);
  const names = called
    .filter(({ entry }) => entry.module === module && entry.args.length === 2)
    .map(({ entry }) => entry.args[1] ?? "");
  return { code: PAM_RETURNS.indexOf(code), called: names };
}

function write(files: readonly (readonly string[])[]): void {
  const [own = [], ...included] = files;
  writeFileSync(join(confdir, "test"), own.map((line) => `${line}\n`).join(""));
  for (const [index, lines] of included.entries()) {
    writeFileSync(join(folder, `inc${index + 1}`), lines.map((line) => `${line}\n`).join(""));
  }
  writeFileSync(join(confdir, "other"), `auth required ${module} 0 other\naccount required ${module} 11 other\n`);
}

function agree(files: readonly (readonly string[])[], library = INSTALLED): void {
  write(files);
  const shown = files.map((lines) => lines.join("\n")).join("\n-- \n");
  for (const kind of ["auth", "account", "session"] as const) {
    const outcome = real(kind, library);
    // libpam, 1.7 too, takes the name that an include does not have for a string.
    if (outcome === "crashed")
      assert.ok(
        read(library).problems.some(({ code }) => code === "missing-include"),
        shown,
      );
    else assert.deepEqual({ kind, ...ours(kind, library) }, { kind, ...outcome }, shown);
  }
}

// The codes that stacks are about come more often than the others; a few are no PAM code at all.
const code = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 7, 25, 11, 12, 28) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 31 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 32, 99) },
);
const action = fc.oneof(
  fc.constantFrom("ok", "done", "bad", "die", "ignore", "reset"),
  fc.integer({ min: 1, max: 4 }).map(String),
);
const pair = fc.tuple(
  fc.oneof(
    fc.constantFrom("success", "default", "ignore", "auth_err", "new_authtok_reqd"),
    fc.constantFrom(...PAM_RETURNS),
  ),
  action,
);
const control = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("required", "requisite", "sufficient", "optional", "Required") },
  {
    weight: 6,
    arbitrary: fc.array(pair, { maxLength: 4 }).map((pairs) => `[${pairs.map((one) => one.join("=")).join(" ")}]`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "requierd",
      "[success=0]",
      "[success = ok default=bad]",
      "[success=okdefault=die]",
      "success=1",
      "[default=ignored]",
    ),
  },
);
const kind = fc.constantFrom("auth", "auth", "auth", "auth", "account", "session", "-auth", "AUTH");

/** Lines of the file number `index`; includes lead to files with higher numbers only, so that there is no loop. */
function linesOf(index: number, files: number): fc.Arbitrary<readonly string[]> {
  const plain = fc.tuple(kind, control, code).map((words) => words.join(" ").replace(/ (-?\d+)$/, ` ${module} $1`));
  const later = Array.from({ length: files - index - 1 }, (_, i) => join(folder, `inc${index + 1 + i}`));
  const including =
    later.length === 0
      ? plain
      : fc
          .tuple(kind, fc.constantFrom("include", "substack", "substack"), fc.constantFrom(...later))
          .map((words) => words.join(" "));
  const all = later.length === 0 ? plain : fc.constantFrom(...later).map((file) => `@include ${file}`);
  const odd = fc.constantFrom(
    "bogus required x.so",
    "auth",
    "auth required",
    "# nothing",
    "",
    "auth include /nowhere",
    "auth substack /nowhere",
    "auth required missing-module.so",
    "auth [success=ok",
  );
  const line = fc.oneof(
    { weight: 12, arbitrary: plain },
    { weight: 3, arbitrary: including },
    { weight: 1, arbitrary: all },
    { weight: 1, arbitrary: odd },
  );
  // Every module line gets a name of its own, by which its call is known.
  return fc
    .array(line, { maxLength: 7 })
    .map((lines) => lines.map((one, n) => (one.includes(module) ? `${one} f${index}l${n}` : one)));
}

/** Lines as people break them: continued, with comments and empty lines in between, and longer than any buffer. */
const broken = fc
  .tuple(
    fc.array(fc.constantFrom("", "", "", " \\", "#", " # x", " # x \\", "\\#", "\\", "\t"), {
      minLength: 24,
      maxLength: 24,
    }),
    fc.array(fc.constantFrom("", "", "", "\n", "\n# x\n", "\n  # x \\\n", "\n\n", "\\\n", "\\\n# x\n", "\\\n\n"), {
      minLength: 24,
      maxLength: 24,
    }),
    fc.array(fc.constantFrom(0, 0, 0, 0, 900, 1100, 2100), { minLength: 24, maxLength: 24 }),
  )
  .map(([ends, inside, long]) => (line: string, n: number) => {
    const at = (line.length * 7 + n) % Math.max(1, line.length);
    const blank = line.indexOf(" ", at);
    const cut = blank < 0 ? line.length : blank;
    const i = n % ends.length;
    return `${line.slice(0, cut)}${" ".repeat(long[i] ?? 0)} ${inside[i]}${line.slice(cut)}${ends[i]}`;
  });

const FILES = 3;
const service = fc.tuple(...Array.from({ length: FILES }, (_, index) => linesOf(index, FILES)));

const brokenService = fc
  .tuple(service, broken)
  .map(([files, breaks]) => files.map((lines, f) => lines.map((line, n) => breaks(line, f * 8 + n))));

/** The loader and the libraries of the Debian 13 that the booted machines start from, where it has been made. */
function debian13(): Library | undefined {
  const base = process.env["DUOGATE_PAM_ROOT"] ?? cachedBase();
  if (base === undefined) return undefined;
  const libraries = join(base, "usr/lib/x86_64-linux-gnu");
  const reading = readingOf(join(libraries, "libpam.so.0"));
  const loader = join(libraries, "ld-linux-x86-64.so.2");
  if (reading === undefined || !existsSync(loader)) return undefined;
  return { command: [loader, "--library-path", libraries, harness], reading };
}

describe("a stack as libpam runs it", () => {
  it("comes to libpam's code through libpam's calls, whatever the stack", () => {
    fc.assert(
      fc.property(service, (files) => agree(files)),
      { numRuns: 300 },
    );
  });

  it("takes lines apart as libpam does, whatever stands in them", () => {
    fc.assert(
      fc.property(brokenService, (files) => agree(files)),
      { numRuns: 300 },
    );
  });

  const other = debian13();
  const skip = other === undefined ? "no Debian 13 has been made for the booted machines yet" : false;
  it("and as the libpam of Debian 13 does, by the same stacks", { skip }, () => {
    assert.ok(other !== undefined);
    assert.equal(other.reading, "whole");
    fc.assert(
      fc.property(fc.oneof(service, brokenService), (files) => agree(files, other)),
      { numRuns: 300 },
    );
  });

  const said = (control: string, code: number, name: string) => `auth ${control} ${module} ${code} ${name}`;
  const cases: Readonly<Record<string, readonly (readonly string[])[]>> = {
    "an empty file, and so the service other": [[]],
    "a jump over a substack": [
      [said("[success=1]", 0, "a"), `auth substack ${join(folder, "inc1")}`, said("required", 0, "b")],
      [said("required", 7, "x"), said("required", 7, "y")],
    ],
    "a jump out of a substack, which fails": [
      [`auth substack ${join(folder, "inc1")}`, said("required", 0, "b")],
      [said("[success=2]", 0, "x"), said("required", 0, "y")],
    ],
    "done ends the substack alone": [
      [`auth substack ${join(folder, "inc1")}`, said("required", 7, "b")],
      [said("sufficient", 0, "x"), said("required", 7, "y")],
    ],
    "reset goes back to the substack's beginning": [
      [said("required", 0, "a"), `auth substack ${join(folder, "inc1")}`],
      [said("required", 7, "x"), said("[default=reset]", 0, "y")],
    ],
    "each substack remembers its own beginning": [
      [`auth substack ${join(folder, "inc1")}`, said("required", 7, "a"), `auth substack ${join(folder, "inc2")}`],
      [said("required", 0, "x")],
      [said("[default=reset]", 0, "y")],
    ],
    "a code that is taken as good is not replaced by success": [[said("required", 12, "a"), said("required", 0, "b")]],
    "a sufficient module after a failure": [
      [said("required", 7, "a"), said("sufficient", 0, "b"), said("required", 0, "c")],
    ],
    "a continued line, with arguments in brackets": [["auth \\", "  required \\", `${module} [0] \\`, "[a name]"]],
    "a backslash behind a comment continues nothing": [
      [`${said("required", 0, "a")} # and \\`, said("required", 0, "b")],
    ],
    "a carriage return belongs to the module's name": [[`auth required ${module}\r`, said("required", 0, "b")]],
    "a missing @include takes the service away": [["@include /nowhere", said("required", 0, "a")]],
    "a missing include fails where it stands": [[said("sufficient", 0, "a"), "auth include /nowhere"]],
    "a file that ends in a backslash": [[said("required", 0, "a"), `${said("required", 0, "b")} \\`]],
    "an included file that ends in a backslash": [
      [`auth include ${join(folder, "inc1")}`, said("required", 0, "b")],
      [said("required", 0, "x"), `${said("required", 0, "y")} \\`],
    ],
    "no blank behind a bracket": [[`auth [success=ok default=bad]${module} 0 a`]],
    "an unknown word in a control value": [[said("[success=ok defualt=bad]", 0, "a")]],
    "the module in brackets": [[`auth required [${module}] 0 a`]],
    "PAM_INCOMPLETE ends the call": [[said("optional", 31, "a"), said("required", 0, "b")]],
    "common-auth of Debian, password right": [
      [
        said("[success=1 default=ignore]", 0, "unix"),
        said("requisite", 7, "deny"),
        said("required", 0, "permit"),
        said("required", 7, "duogate"),
      ],
    ],
    "common-auth of Debian, password wrong": [
      [
        said("[success=1 default=ignore]", 7, "unix"),
        said("requisite", 7, "deny"),
        said("required", 0, "permit"),
        said("required", 0, "duogate"),
      ],
    ],
  };
  for (const [name, files] of Object.entries(cases)) it(name, () => agree(files));
});
