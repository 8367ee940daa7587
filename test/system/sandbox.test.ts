// The promise that the system tests make to the machine they run on: /etc and the mounts are left as found and no
// process stays, also when everything is killed in the middle. Runs outside the sandbox and looks at the real machine.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { PtyText } from "../support/pty-text.ts";
import { cannotRun, enterSandbox } from "../support/sandbox.ts";

const skip = cannotRun(["/usr/sbin/sshd"]) ?? false;

// What a careless test would do, then a program that would stay.
const VANDAL = `
  useradd mallory && echo 'auth sufficient pam_permit.so' >/etc/pam.d/sshd && rm -r /etc/ssh &&
  hostname vandal && : >/run/vandal && : >/var/log/vandal && rm /dev/log &&
  echo "done as $(hostname)" && exec tail -f /dev/null`;

test("a sandbox changes nothing outside", { skip, timeout: 30_000 }, async () => {
  const before = machine();
  const child = enterSandbox(["sh", "-c", VANDAL.replace(/exec .*/u, "exit 3")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  assert.ok(child.stdout);
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  assert.equal(output, "done as vandal\n");
  assert.equal(code, 3);
  assert.deepEqual(machine(), before);
});

test("killing the test process ends all inside and leaves the machine as it was", {
  skip,
  timeout: 30_000,
}, async () => {
  const before = machine();
  const starter = `
    import { enterSandbox } from ${JSON.stringify(join(import.meta.dirname, "../support/sandbox.js"))};
    enterSandbox(["sh", "-c", process.argv[1]], { stdio: "inherit" });`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", starter, VANDAL], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = new PtyText("sandbox", AbortSignal.timeout(20_000));
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => output.feed(chunk));
  child.stdout.once("close", () => output.end("all that held the output left"));
  await output.waitFor("done as vandal");
  const closed = once(child.stdout, "close");
  child.kill("SIGKILL");
  // Every process inside holds the output: it ends when the last of them is gone.
  await closed;
  assert.deepEqual(machine(), before);
});

/** What must not change: /etc with owners, modes and times, the mounts, and the names outside /etc that VANDAL touches. */
function machine(): Readonly<Record<string, string>> {
  const state: Record<string, string> = {
    hostname: hostname(),
    mounts: readFileSync("/proc/self/mountinfo", "utf8"),
    run: readdirSync("/run").join(" "),
    log: readdirSync("/var/log").join(" "),
    devices: readdirSync("/dev").join(" "),
  };
  for (const name of ["", ...readdirSync("/etc", { recursive: true, encoding: "utf8" })]) {
    const path = join("/etc", name);
    const { ino, mode, uid, gid, size, mtimeMs, ctimeMs } = lstatSync(path);
    state[path] = [ino, mode, uid, gid, size, mtimeMs, ctimeMs].join(" ");
  }
  return state;
}
