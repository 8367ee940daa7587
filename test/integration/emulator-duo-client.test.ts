// Holds the emulator's v2 and its v1 with JSON replies to Duo's own Python client: a client that nobody here wrote. Whole
// logins of every kind. Without python3-duo-client the test says so and is skipped.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import type { Emulator } from "../emulator/emulator.ts";
import type { EmulatorUser } from "../emulator/store/users.ts";
import { readUsersFile } from "../emulator/store/users-file.ts";
import { startLab } from "../emulator/testing/lab.ts";
import { withPerson } from "../support/official-phone.ts";
import { repositoryFile } from "../support/repository.ts";

const absentCode = 77;
const python = "/usr/bin/python3";
const image = Buffer.from("89504e470d0a1a0a", "hex");

const alice: EmulatorUser = {
  status: "active",
  phones: [
    {
      device: "DPALICE0000000000001",
      number: "XXX-XXX-1234",
      display_name: "iOS (XXX-XXX-1234)",
      capabilities: ["push", "phone", "sms", "mobile_otp"],
      otp_codes: ["800001", "800002"],
      sms_codes: ["7000001", "7000002"],
    },
  ],
};

async function runClient(
  emulator: Emulator,
  signal: AbortSignal,
): Promise<{ code: unknown; out: string; err: string }> {
  // -I: neither the environment nor the current folder decides which duo_client is loaded.
  const script = repositoryFile("test/support/official-duo-client.py");
  const child = spawn(python, ["-I", script], { stdio: ["pipe", "pipe", "pipe"], signal });
  const { port, ikey, skey, caFile } = emulator;
  // A client that is absent leaves before it has read its input.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify({ host: "localhost", port, ikey, skey, ca_file: caFile }));
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, out, err };
}

const success = "Success. Logging you in...";
const pushed = "Pushed a login request to your device...";
const denied = "Login request denied.";
const calls = ["Dialing XXX-XXX-1234...", "Answered. Press any key to log in."] as const;

const v2Expected: Readonly<Record<string, unknown>> = {
  denied: [`True False pushed ${pushed}`, `False False deny ${denied}`],
  approved: [`True False pushed ${pushed}`, `False True allow ${success}`],
  call: [`True False calling ${calls[0]}`, `True False answered ${calls[1]}`, `False True allow ${success}`],
  sms: "sent",
  bypass: { result: "allow", status_msg: "Bypassing authentication" },
  deny: { result: "deny", status_msg: "Your account is disabled." },
  enroll: ["enroll_portal_url", "result", "status_msg"],
  remembered: { result: "allow", status_msg: "Device is remembered" },
};

const v1Expected: Readonly<Record<string, unknown>> = {
  ping: true,
  check: true,
  logo: image.toString("hex"),
  preauth: {
    result: "auth",
    prompt:
      "Duo two-factor login for alice\n\nEnter a passcode or select one of the following options:\n\n 1. Duo Push to XXX-XXX-1234\n 2. Phone call to XXX-XXX-1234\n 3. SMS passcodes to XXX-XXX-1234 (next code starts with: 7)\n\nPasscode or option (1-3): ",
    factors: { default: "push1", 1: "push1", 2: "phone1", 3: "sms1" },
  },
  denied: [
    [false, false, pushed],
    [true, false, denied],
  ],
  approved: [
    [false, false, pushed],
    [true, true, success],
  ],
  call: [
    [false, false, calls[0]],
    [false, false, calls[1]],
    [true, true, success],
  ],
  blocking: true,
  passcode: true,
  sms: [[true, false, "New SMS passcodes sent."]],
  sms_passcode: true,
  spent: false,
  bypass: { result: "allow", status: "Bypassing authentication" },
  deny: { result: "deny", status: "Your account is disabled." },
};

function chosen(seen: object, expected: object): object {
  const all = new Map<string, unknown>(Object.entries(seen));
  return Object.fromEntries(Object.keys(expected).map((key) => [key, all.get(key)]));
}

const noPython = existsSync(python) ? false : "python3 is not installed";

test("Duo's Python client: whole logins of every kind over v2 and over v1", { skip: noPython }, async (context) => {
  const users = { ...(await readUsersFile()), alice };
  const { emulator } = await startLab(context, { users, logo: image, policy: { rememberedDeviceSeconds: 600 } });
  emulator.whenPushed("root", "approve");
  const actions = ["deny", "approve", "pick-up"] as const;
  const run = await withPerson(emulator, "alice", [...actions, ...actions], () => runClient(emulator, context.signal));
  if (run.code === absentCode) {
    context.skip(`python3-duo-client is not installed (${run.out.trim()}); the set-up installs it`);
    return;
  }
  assert.equal(run.code, 0, run.err);
  const { v1, v2 } = JSON.parse(run.out);
  assert.deepEqual(chosen(v2, v2Expected), v2Expected);
  assert.deepEqual([v2.passcode.result, v2.sms_passcode.result], ["allow", "allow"]);
  assert.deepEqual(chosen(v1, v1Expected), v1Expected);
  assert.match(JSON.stringify(v1.enroll), /^\{"result":"enroll","status":"Please enroll at https:/);
  assert.equal(emulator.pushes.at(-2)?.user, "alice");
  assert.deepEqual(emulator.pushes.find(({ pushinfo }) => pushinfo !== undefined)?.info, [
    { key: "from", value: "login portal" },
  ]);
});
