// `duogate api` against the emulator: every endpoint in both versions and both signature formats, what it
// prints, how it ends, and that no secret goes where others can see it.

import assert from "node:assert/strict";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { type ApiCommand, type ApiRun, apiCommand } from "../support/duogate-api.ts";

const logo = Buffer.from("89504e470d0a1a0a0000000d4948445200000078000000280802000000", "hex");
let emulator: Emulator;
let v2: ApiCommand;

before(async () => {
  emulator = await startEmulator({ longPollMs: 500, logo });
  v2 = apiCommand(emulator);
});
afterEach(() => emulator.reset());
after(async () => {
  v2?.remove();
  await emulator?.close();
});

const field = (run: ApiRun, name: string): unknown =>
  typeof run.response === "object" && run.response !== null ? Reflect.get(run.response, name) : undefined;
const lastRequest = () => emulator.requests.at(-1);

test("ping, check and logo, in both versions", async () => {
  const ping = await v2.run(["ping"]);
  assert.deepEqual([ping.code, ping.err, typeof field(ping, "time")], [0, "", "number"]);
  assert.match(ping.out, /^\{\n {2}"stat": "OK",\n {2}"response": \{\n {4}"time": \d+\n {2}\}\n\}\n$/);
  assert.equal((await v2.run(["check"])).code, 0);
  const pong = await v2.run(["ping", "--api", "v1"]);
  assert.deepEqual([pong.code, pong.response], [0, "pong"]);
  const valid = await v2.run(["check", "--api", "v1"]);
  assert.deepEqual([valid.code, valid.response], [0, "valid"]);
  assert.deepEqual((await v2.run(["logo"])).out, `image/png, 120 x 40 pixels, ${logo.length} bytes\n`);
  assert.deepEqual((await v2.run(["logo", "--api", "v1"])).out, `image/png, 120 x 40 pixels, ${logo.length} bytes\n`);
});

test("the logo goes to a new file, and never through one that is there", async () => {
  const file = join(v2.folder, "logo.png");
  assert.equal((await v2.run(["logo", "--output", file])).code, 0);
  assert.deepEqual(readFileSync(file), logo);
  const again = await v2.run(["logo", "--output", file]);
  assert.deepEqual([again.code, again.out], [3, ""]);
  assert.match(again.err, /exists: remove it/);
  const link = join(v2.folder, "link.png");
  symlinkSync(join(v2.folder, "target"), link);
  assert.equal((await v2.run(["logo", "--output", link])).code, 3);
});

test("preauth says who may log in and how; only allow ends with 0", async () => {
  const alice = await v2.run(["preauth", "--username", "alice", "--ipaddr", "2001:db8::1", "--hostname", "wks01"]);
  assert.deepEqual([alice.code, field(alice, "result")], [7, "auth"]);
  assert.equal(lastRequest()?.params["client_supports_verified_push"], "1");
  assert.equal(lastRequest()?.params["ipaddr"], "2001:db8::1");
  assert.equal((await v2.run(["preauth", "--username", "carol"])).code, 0);
  assert.equal((await v2.run(["preauth", "--username", "erin"])).code, 6);
  assert.equal((await v2.run(["preauth", "--username", "dave"])).code, 6);
  const byId = await v2.run(["preauth", "--user-id", "DUALICE0000000000001", "--no-verified-push"]);
  assert.deepEqual([byId.code, "client_supports_verified_push" in (lastRequest()?.params ?? {})], [7, false]);
  const v1 = await v2.run(["preauth", "--username", "alice", "--api", "v1"]);
  assert.match(String(field(v1, "prompt")), /Passcode or option \(1-3\): $/);
});

test("a push: async with its lines, then auth-status until the user has decided", async () => {
  for (const [api, device] of [
    ["v2", "auto"],
    ["v1", "phone1"],
  ] as const) {
    const push = ["auth", "--api", api, "--username", "alice", "--factor", "push", "--device", device, "--async"];
    const begun = await v2.run([...push, "--pushinfo", "from=help desk", "--pushinfo", "ticket=7"]);
    const txid = String(field(begun, "txid"));
    assert.equal(begun.code, 7);
    assert.deepEqual((await emulator.nextPush("alice")).info, [
      { key: "from", value: "help desk" },
      { key: "ticket", value: "7" },
    ]);
    const status = ["auth-status", "--api", api, "--txid", txid];
    assert.equal((await v2.run(status)).code, 7);
    emulator.approve("alice");
    const approved = await v2.run(status);
    assert.deepEqual([approved.code, field(approved, "result")], [0, "allow"]);
  }
});

test("a push that blocks waits for the user, and a denial ends with 6", async () => {
  const push = ["auth", "--username", "alice", "--factor", "push", "--device", "auto"];
  const further = ["--type", "Door", "--display-username", "Alice L."];
  const running = v2.run([...push, ...further]);
  await emulator.nextPush("alice");
  assert.deepEqual([lastRequest()?.params["type"], lastRequest()?.params["display_username"]], ["Door", "Alice L."]);
  emulator.deny("alice");
  const { code, response } = await running;
  assert.deepEqual([code, Reflect.get(Object(response), "result")], [6, "deny"]);
});

test("a verified push takes the txid of preauth", async () => {
  emulator.setPolicy({ verifiedPushDigits: 3 });
  const preauth = await v2.run(["preauth", "--username", "alice"]);
  const txid = String(field(preauth, "txid"));
  const args = ["auth", "--username", "alice", "--factor", "push", "--device", "auto", "--txid", txid];
  const running = v2.run(args);
  await emulator.nextPush("alice");
  emulator.approve("alice", String(field(preauth, "verification_code")));
  assert.equal((await running).code, 0);
});

test("passcodes come from standard input, in each version and form", async () => {
  const forms = [
    ["--factor", "passcode"],
    ["--factor", "passcode", "--signature", "v5"],
    ["--factor", "passcode", "--api", "v1"],
    ["--factor", "auto", "--api", "v1"],
  ];
  const codes = ["100001", "100002", "100003", "100004"];
  for (const [i, form] of forms.entries()) {
    const run = await v2.run(["auth", "--username", "alice", ...form, "--passcode-stdin"], `${codes[i]}\n`);
    assert.equal(run.code, 0, run.err);
  }
  const wrong = await v2.run(["auth", "--username", "alice", "--factor", "passcode", "--passcode-stdin"], "000000\n");
  assert.deepEqual([wrong.code, `${wrong.out}${wrong.err}`.includes("000000")], [6, false]);
});

test("a passcode that is missing, or on the command line, is never sent", async () => {
  const passcode = ["auth", "--username", "alice", "--factor", "passcode"];
  const missing = await v2.run(passcode, "100001\n");
  assert.deepEqual([missing.code, missing.out], [2, ""]);
  assert.match(missing.err, /write --passcode-stdin and give the passcode on standard input/);
  const empty = await v2.run([...passcode, "--passcode-stdin"], "\n");
  assert.match(empty.err, /standard input has no passcode/);
  assert.equal((await v2.run([...passcode, "--passcode", "100001"])).code, 2);
  const asAuto = await v2.run(["auth", "--api", "v1", "--username", "alice", "--factor", "auto", "--auto", "100001"]);
  assert.equal(asAuto.code, 2);
  assert.equal(emulator.requests.length, 0);
});

test("a remembered device's token lets preauth allow", async () => {
  emulator.setPolicy({ rememberedDeviceSeconds: 60 });
  const args = ["auth", "--username", "alice", "--factor", "passcode", "--passcode-stdin"];
  const token = String(field(await v2.run(args, "100001\n"), "trusted_device_token"));
  assert.ok(token.length > 20);
  const preauth = await v2.run(["preauth", "--username", "alice", "--trusted-device-token-stdin"], `${token}\n`);
  assert.deepEqual([preauth.code, field(preauth, "result")], [0, "allow"]);
});

test("enroll and enroll-status, from waiting to success", async () => {
  const enrolled = await v2.run(["enroll", "--username", "zoe", "--valid-secs", "600", "--bypass-codes", "2"]);
  assert.equal(enrolled.code, 0);
  assert.equal(Object(field(enrolled, "bypass_codes")).length, 2);
  const code = String(field(enrolled, "activation_code"));
  const status = ["enroll-status", "--user-id", String(field(enrolled, "user_id")), "--activation-code-stdin"];
  const waiting = await v2.run(status, code);
  assert.deepEqual([waiting.code, waiting.response], [7, "waiting"]);
  emulator.activate("zoe");
  const success = await v2.run([...status, "--signature", "v5"], code);
  assert.deepEqual([success.code, success.response], [0, "success"]);
  const invalid = await v2.run(status, "duo://other");
  assert.deepEqual([invalid.code, invalid.response], [6, "invalid"]);
  const v1 = await v2.run(["enroll", "--api", "v1"]);
  assert.deepEqual([v1.code, v1.err], [2, "API v1 has no enroll: write --api v2\n"]);
});

test("a refusal has Duo's code, message and detail, as JSON and in words", async () => {
  const run = await v2.run(["auth-status", "--txid", "nothing"]);
  assert.equal(run.code, 4);
  assert.deepEqual(JSON.parse(run.out), {
    stat: "FAIL",
    code: 40002,
    message: "Invalid request parameters",
    message_detail: "txid",
  });
  assert.equal(run.err, "Duo refused the request: 40002 Invalid request parameters: txid\n");
});

test("wrong keys, and keys in neither output", async () => {
  const skey = "0123456789012345678901234567890123456789";
  const wrong = apiCommand({ ...emulator, skey });
  const run = await wrong.run(["check"]);
  wrong.remove();
  assert.equal(run.code, 4);
  assert.match(run.err, /40103.*\n.*compare skey and host/);
  assert.doesNotMatch(`${run.out}${run.err}`, new RegExp(`${skey}|${emulator.skey}`));
});

test("a wrong clock is mended from the ping, for calls that can be sent once only too", async () => {
  emulator.setClockSkew(3600);
  for (const api of ["v2", "v1"]) {
    assert.equal((await v2.run(["check", "--api", api])).code, 0);
    const sms = ["auth", "--api", api, "--username", "alice", "--factor", "sms"];
    const run = await v2.run([...sms, "--device", api === "v1" ? "phone1" : "auto"]);
    assert.deepEqual([run.code, field(run, "result")], [6, "deny"], run.err);
  }
});

test("what is no answer of Duo's ends with 5", async () => {
  emulator.fault("check", { kind: "status", status: 503 });
  const sick = await v2.run(["check"]);
  assert.equal(sick.code, 5);
  assert.match(sick.err, /Duo is in trouble: 50301/);
  emulator.clearFaults();
  emulator.fault("connect", { kind: "refuse" });
  const gone = await v2.run(["ping"]);
  assert.equal(gone.code, 5);
  assert.match(gone.err, /Duo could not be reached/);
});

test("the configuration's api counts, and --api goes before it", async () => {
  const v1 = apiCommand(emulator, ["api = v1"]);
  assert.equal((await v1.run(["ping"])).response, "pong");
  assert.equal(typeof field(await v1.run(["ping", "--api", "v2"]), "time"), "number");
  const v5 = await v1.run(["check", "--signature", "v5"]);
  assert.deepEqual([v5.code, v5.err.includes("v1 has no signature v5")], [2, true]);
  v1.remove();
  const unix = apiCommand(emulator, ["api = unix"]);
  assert.equal(typeof field(await unix.run(["ping"]), "time"), "number");
  unix.remove();
});

test("a wrong configuration ends with 1 and a wrong command line with 2", async () => {
  const broken = apiCommand(emulator);
  writeFileSync(join(broken.folder, "duogate.conf"), "[duo]\n");
  assert.equal((await broken.run(["ping"])).code, 1);
  broken.remove();
  assert.equal((await v2.run(["pong"])).code, 2);
  assert.equal((await v2.run(["auth", "--username", "alice"])).code, 2);
  assert.equal((await v2.run(["auth", "--username", "alice", "--factor", "magic"])).code, 2);
});

test("as a process: outputs apart, the exit code, the secret on standard input", async () => {
  const allowed = await v2.spawn(
    ["auth", "--username", "alice", "--factor", "passcode", "--passcode-stdin"],
    "100001\n",
  );
  assert.deepEqual([allowed.code, allowed.err, field(allowed, "result")], [0, "", "allow"]);
  const refused = await v2.spawn(["auth-status", "--txid", "nothing"]);
  assert.equal(refused.code, 4);
  assert.equal(refused.err, "duogate: Duo refused the request: 40002 Invalid request parameters: txid\n");
  const wrong = await v2.spawn(["pong"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /^duogate: unknown command 'pong'\n/);
});

test("the help names every option and the exit codes", async () => {
  const { code, out } = await v2.run(["auth", "--help"]);
  assert.equal(code, 0);
  for (const option of ["--factor", "--passcode-stdin", "--pushinfo", "--txid", "--api", "--signature"]) {
    assert.ok(out.includes(option), option);
  }
  assert.match((await v2.run(["--help"])).out, /Exit codes:[\s\S]*7 {2}not decided/);
});
