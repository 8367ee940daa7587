// Holds the dialect of Duo Unix 2.2 over TLS: the menu beside the v2 reply, `factor=prompt`, verified push by txid.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../emulator/testing/lab.ts";
import { type Params, type Reply, responseField, type SignedClient } from "../emulator/testing/signed-client.ts";

const alice = { username: "alice" } as const;

function preauth(client: SignedClient, params: Params): Promise<Reply> {
  return client.post("/auth/v2/preauth", { text_prompt: "1", failmode: "closed", ...params });
}

function choose(client: SignedClient, prompt: string, more: Params = {}): Promise<Reply> {
  return client.post("/auth/v2/auth", { ...alice, factor: "prompt", prompt, async: "0", ...more });
}

function verdict(reply: Reply): string {
  return `${responseField(reply, "result")} ${responseField(reply, "status_msg")}`;
}

test("preauth: the v2 reply with Duo's menu beside it, only when asked for", async (context) => {
  const { client } = await startLab(context);
  const reply = await preauth(client, alice);
  assert.deepEqual(responseField(reply, "prompt"), {
    text: "Duo two-factor login for alice\n\nEnter a passcode or select one of the following options:\n\n 1. Duo Push to XXX-XXX-0100\n 2. Phone call to XXX-XXX-0100\n 3. SMS passcodes to XXX-XXX-0100 (next code starts with: 1)\n\nPasscode or option (1-3): ",
    factors: { default: "push1", 1: "push1", 2: "phone1", 3: "sms1" },
  });
  const { prompt: _, ...rest } = Object(reply.response);
  assert.deepEqual(rest, (await client.post("/auth/v2/preauth", alice)).response);
});

test("preauth: allow and deny as in v2; enroll carries its text; failmode is open or closed", async (context) => {
  const { client } = await startLab(context);
  const bypass = await preauth(client, { username: "carol" });
  assert.deepEqual(bypass.response, { result: "allow", status_msg: "Bypassing authentication" });
  assert.equal(verdict(await preauth(client, { username: "frank" })), "deny Your account has been locked out.");
  const enroll = await preauth(client, { username: "dave" });
  const url = String(responseField(enroll, "enroll_portal_url"));
  assert.match(url, /^https:/);
  assert.deepEqual(responseField(enroll, "prompt"), { text: `Please enroll at ${url}` });
  assert.equal((await preauth(client, { ...alice, failmode: "open" })).status, 200);
  const wrong = await preauth(client, { ...alice, failmode: "safe" });
  assert.deepEqual([wrong.code, wrong.detail], [40002, "failmode"]);
});

test("auth: an option's name, a passcode, an sms, and words that are neither", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.whenPushed("alice", "approve");
  const pushinfo = "Server+IP=192.0.2.2&Command=echo%20hi";
  assert.equal(verdict(await choose(client, "push1", { pushinfo })), "allow Success. Logging you in...");
  assert.deepEqual(emulator.pushes[0]?.info, [
    { key: "Server IP", value: "192.0.2.2" },
    { key: "Command", value: "echo hi" },
  ]);
  assert.equal(verdict(await choose(client, "phone1")), "allow Success. Logging you in...");
  assert.equal(verdict(await choose(client, "sms1")), "deny New SMS passcodes sent.");
  const code = (await emulator.nextMessage("alice")).codes[0] ?? "";
  assert.equal(verdict(await choose(client, code)), "allow Success. Logging you in...");
  for (const word of ["push7", "\n", "1", "factor"]) {
    assert.equal(verdict(await choose(client, word)), "deny Incorrect passcode. Please try again.", word);
  }
  const empty = await choose(client, "");
  assert.deepEqual([empty.code, empty.detail], [40001, "prompt"]);
  const nobody = await choose(client, "push1", { username: "nobody" });
  assert.deepEqual([nobody.code, nobody.detail], [40002, "username"]);
});

test("verified push: its own name in the menu, bound by txid, the code in the status text without", async (context) => {
  const { emulator, client } = await startLab(context, { policy: { verifiedPushDigits: 3 } });
  const reply = await preauth(client, { ...alice, client_supports_verified_push: "1" });
  assert.match(
    reply.text,
    /"default":"verified_push1","1":"verified_push1"|"1":"verified_push1".*"default":"verified_push1"/,
  );
  const txid = String(responseField(reply, "txid"));
  const held = choose(client, "verified_push1", { txid });
  const { verificationCode } = await emulator.nextPush("alice");
  assert.equal(verificationCode, responseField(reply, "verification_code"));
  emulator.approve("alice", verificationCode);
  assert.equal(verdict(await held), "allow Success. Logging you in...");
  const begun = await choose(client, "verified_push1", { async: "1" });
  const second = await emulator.nextPush("alice");
  const status = await client.get("/auth/v2/auth_status", { txid: String(responseField(begun, "txid")) });
  assert.equal(verdict(status), `waiting Please enter verification code ${second.verificationCode} into Duo Mobile...`);
});

test("verified push: a client that does not say it supports it gets the plain menu", async (context) => {
  const { client } = await startLab(context, { policy: { verifiedPushDigits: 3 } });
  const reply = await preauth(client, alice);
  assert.match(reply.text, /"1":"push1"/);
  assert.equal(responseField(reply, "txid"), undefined);
});
