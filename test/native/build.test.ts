// The shared object as built: what it exports, what it needs, and how it is hardened.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { modulePath } from "./stage.ts";

const output = (program: string, ...args: string[]): string => execFileSync(program, args, { encoding: "utf8" });

test("exports the PAM entry points and nothing else", () => {
  const names = output("nm", "--dynamic", "--defined-only", "--format=posix", modulePath)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" ")[0]);
  assert.deepEqual(names.sort(), [
    "pam_sm_acct_mgmt",
    "pam_sm_authenticate",
    "pam_sm_chauthtok",
    "pam_sm_close_session",
    "pam_sm_open_session",
    "pam_sm_setcred",
  ]);
});

test("needs libc and libpam only", () => {
  const needed = [...output("readelf", "-dW", modulePath).matchAll(/NEEDED.*\[(.*)\]/g)].map((match) => match[1]);
  assert.deepEqual(needed.sort(), ["libc.so.6", "libpam.so.0"]);
});

test("calls nothing a guest must not call", () => {
  const imported = output("nm", "--dynamic", "--undefined-only", "--format=posix", modulePath);
  // Standard I/O, signals, locale, processes, the environment's other readers, and anything about passwords.
  const forbidden =
    /^(printf|fprintf|fopen|fputs|signal|sigaction|setlocale|exit|abort|system|fork|exec\w*|setenv|putenv|pam_get_authtok)\b/m;
  assert.doesNotMatch(imported, forbidden);
});

test("has no writable data of its own: no global state", () => {
  const symbols = output("readelf", "-SW", modulePath);
  const sizes = [...symbols.matchAll(/ (\.data|\.tbss|\.tdata) +\w+ +\w+ \w+ (\w+)/g)].map((m) => [
    m[1],
    Number(`0x${m[2]}`),
  ]);
  for (const [name, size] of sizes) {
    // The tool chain's __dso_handle is 8 bytes in .data.
    assert.ok(Number(size) <= 8, `${name} has ${size} bytes`);
  }
});

test("is hardened: full RELRO, immediate binding, no executable stack, stack protector", () => {
  const segments = output("readelf", "-lW", modulePath);
  assert.match(segments, /GNU_RELRO/);
  assert.match(segments, /GNU_STACK.* RW +0x/);
  assert.doesNotMatch(segments, / RWE /);
  assert.match(output("readelf", "-dW", modulePath), /BIND_NOW/);
  assert.match(output("nm", "--dynamic", modulePath), /__stack_chk_fail/);
});
