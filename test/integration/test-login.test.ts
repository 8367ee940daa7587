// `duogate test-login` with the real libpam on a private folder of services: codes and exit codes, answers from a pipe, and on a
// real terminal a password that is not shown.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { spawnPty } from "../support/pty.ts";
import { repositoryFile } from "../support/repository.ts";
import { compileModule } from "../unit/ffi/compile.ts";

const main = repositoryFile("dist/src/main.js");
const folder = mkdtempSync(join(tmpdir(), "duogate-test-login-"));
after(() => rmSync(folder, { recursive: true }));

function write(service: string, lines: readonly string[]): void {
  writeFileSync(join(folder, service), `${lines.join("\n")}\n`);
}

async function run(args: readonly string[], stdin = "") {
  const child = spawn(process.execPath, [main, "test-login", ...args], { stdio: "pipe" });
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, out, err };
}

const OK = ["auth required pam_permit.so", "account required pam_permit.so"];
write("permit", OK);
write("deny", ["auth required pam_deny.so", "account required pam_permit.so"]);
write("expired", ["auth required pam_permit.so", "account required pam_deny.so"]);
write("lost", ["auth required pam_no_such_module.so", "account required pam_permit.so"]);

test("both phases have to succeed", async () => {
  const permit = await run(["permit", "alice", "--confdir", folder]);
  assert.deepEqual([permit.code, permit.err], [EXIT.ok, ""]);
  assert.match(
    permit.out,
    /pam_authenticate: 0 PAM_SUCCESS .*\npam_acct_mgmt: 0 PAM_SUCCESS .*\nPAM lets this user in/,
  );
  for (const [service, says] of [
    ["deny", /pam_authenticate: 7 PAM_AUTH_ERR \(Authentication failure\)\n/],
    ["expired", /pam_authenticate: 0 .*\npam_acct_mgmt: 7 PAM_AUTH_ERR/],
    ["lost", /pam_authenticate: 28 PAM_MODULE_UNKNOWN .*\n.*not installed/],
  ] as const) {
    const { code, out } = await run([service, "alice", "--confdir", folder]);
    assert.equal(code, EXIT.denied, service);
    assert.match(out, says);
  }
});

test("a service without a file is not tested as the service other", async () => {
  write("other", OK);
  const { code, err } = await run(["nowhere", "alice", "--confdir", folder]);
  assert.equal(code, EXIT.usage);
  assert.match(err, /PAM would take the service "other"/);
  assert.equal((await run(["../permit", "alice", "--confdir", folder])).code, EXIT.usage);
  assert.equal((await run(["permit", "alice", "--confdir", "here"])).code, EXIT.usage);
  assert.equal((await run(["permit", "alice", "--confdir", folder, "--timeout", "0"])).code, EXIT.usage);
});

test("answers come from a pipe, one line for each prompt", async (t) => {
  write("styles", [`auth required ${compileModule(t, "ffi-pam-module")} styles`, "account required pam_permit.so"]);
  const good = await run(["styles", "alice", "--confdir", folder], "p\u00e4ss\nanswer\n");
  assert.equal(good.code, EXIT.ok, good.out + good.err);
  const short = await run(["styles", "alice", "--confdir", folder], "only one\n");
  assert.equal(short.code, EXIT.denied, short.out);
});

test("on a terminal the password is not echoed, what may be seen is, and Ctrl-C ends it", async (t) => {
  write("typed", [`auth required ${compileModule(t, "ffi-pam-module")} styles`, "account required pam_permit.so"]);
  const argv = [process.execPath, main, "test-login", "typed", "alice", "--confdir", folder];
  await using screen = spawnPty(argv);
  await screen.waitFor("secret: ");
  screen.sendLine("hidden-password");
  await screen.waitFor("open: ");
  screen.sendLine("seen-answer");
  // The module says what it got: that is the first time that the screen has it.
  const before = screen.transcript.length;
  await screen.waitFor("PAM lets this user in.");
  assert.equal((await screen.exit).code, EXIT.ok);
  assert.match(screen.transcript, /seen-answer/);
  assert.doesNotMatch(screen.transcript.slice(0, before), /hidden-password/);
  assert.match(screen.transcript.slice(before), /hidden-password/);
  await using second = spawnPty(argv);
  await second.waitFor("secret: ");
  second.send("\u0003");
  assert.equal((await second.exit).code, EXIT.denied);
});
