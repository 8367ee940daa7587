// What only a process of its own can show: no core dumps after the call, and an exit that waits for no thread.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { repositoryFile } from "../support/repository.ts";

test("after disableCoreDumps the core limit is zero and the process is not dumpable", () => {
  const script = `
    const done = disableCoreDumps(libc);
    console.log(JSON.stringify({ done, after: [soft(), dumpable()] }));
    function soft() { return fs.readFileSync("/proc/self/limits", "utf8").match(/Max core file size +(\\S+) +(\\S+)/).slice(1).join(); }
    function dumpable() { return native.openLibrary(null, { prctl: ["int", ["int", "size", "size", "size", "size"]] }).value.prctl.call(3, 0, 0, 0, 0); }
  `;
  const result = runInChild(script);
  const shown: unknown = JSON.parse(result.stdout);
  assert.ok(typeof shown === "object" && shown !== null && "after" in shown && "done" in shown);
  assert.deepEqual(shown.done, { ok: true });
  assert.deepEqual(shown.after, ["0,0", 0]);
});

test("exitImmediately does not wait for a native call that hangs", () => {
  const hang = `
    const slow = native.openLibrary(null, { sleep: ["uint", ["uint"]] }).value;
    slow.sleep.callOffThread(100);
  `;
  const result = runInChild(`${hang}; setImmediate(() => exitImmediately(libc, 7));`);
  assert.deepEqual([result.status, result.signal], [7, null]);
});

/** Runs a script with the compiled modules of src/ffi in reach; ten seconds stand for "hangs". */
function runInChild(script: string): {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
} {
  const module = (name: string): string =>
    JSON.stringify(pathToFileURL(repositoryFile(`dist/src/ffi/${name}.js`)).href);
  const prelude = `
    import fs from "node:fs";
    import * as native from ${module("native")};
    import { openLibc } from ${module("libc")};
    import { disableCoreDumps, exitImmediately } from ${module("process")};
    const libc = openLibc().value;
  `;
  const args = ["--input-type=module", "--eval", prelude + script];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 10_000 });
  assert.equal(stderr, "");
  return { status, signal, stdout };
}
