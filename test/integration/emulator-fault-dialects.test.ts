// Holds the faults that bend a true reply to every form of reply: v1, BSON and the text-prompt dialect; and hostile texts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../emulator/testing/lab.ts";
import { responseField } from "../emulator/testing/signed-client.ts";
import { encodeBson } from "../emulator/v1/bson.ts";

const controls = "\u001b]0;owned\u0007\u001b[2J\rroot: \u202egnihton\u202c\u009b31m";
const carol = { user: "carol" } as const;

test("a bent reply keeps its form: unknown words and wrong types in BSON", async (context) => {
  const { emulator, client } = await startLab(context);
  const bent = async (): Promise<Buffer> => (await client.post("/rest/v1/preauth.bson", carol)).bytes;
  const status = "Bypassing authentication";
  emulator.fault("preauth", { kind: "unknown-result" }, { times: 1 });
  assert.deepEqual(await bent(), encodeBson({ stat: "OK", response: { result: "maybe", status } }));
  emulator.fault("preauth", { kind: "wrong-types" }, { times: 1 });
  assert.deepEqual(await bent(), encodeBson({ stat: "OK", response: { result: ["allow"], status: [status] } }));
  emulator.fault("check", { kind: "unknown-result", result: "odd" }, { times: 1 });
  const check = await client.get("/rest/v1/check.bson");
  assert.deepEqual(check.bytes, encodeBson({ stat: "OK", response: "odd" }));
});

test("half a BSON body announces the whole length", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.fault("check", { kind: "half-body" }, { times: 1 });
  await assert.rejects(client.get("/rest/v1/check.bson"), { code: "UND_ERR_SOCKET" });
});

test("a refusal is not bent into a success", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.fault("check", { kind: "unknown-result", result: "allow" }, { times: 1 });
  assert.equal((await client.get("/rest/v1/check", {}, { skey: "wrong" })).code, 40103);
});

test("waiting-forever in v1 has no result, in the form that was asked for", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.whenPushed("alice", "approve");
  const begun = await client.post("/rest/v1/auth", { user: "alice", factor: "auto", auto: "push1", async: "1" });
  const txid = String(responseField(begun, "txid"));
  emulator.fault("auth_status", { kind: "waiting-forever", holdMs: 5 }, { times: 2 });
  const waiting = { status: "Pushed a login request to your device..." };
  assert.deepEqual((await client.get("/rest/v1/status", { txid })).response, waiting);
  const bson = await client.get("/rest/v1/status.bson", { txid });
  assert.deepEqual(bson.bytes, encodeBson({ stat: "OK", response: waiting }));
  assert.equal(responseField(await client.get("/rest/v1/status", { txid }), "result"), "allow");
});

test("hostile-text: before every text that is shown, and before no word that is acted on", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.fault("preauth", { kind: "hostile-text" });
  const v1 = await client.post("/rest/v1/preauth", { user: "alice" });
  assert.deepEqual([responseField(v1, "result"), Object(responseField(v1, "factors"))["1"]], ["auth", "push1"]);
  assert.ok(String(responseField(v1, "prompt")).startsWith(`${controls}Duo two-factor login for alice\n`));
  const unix = await client.post("/auth/v2/preauth", { username: "alice", text_prompt: "1" });
  const { status_msg, devices, prompt, result } = Object(unix.response);
  assert.deepEqual([result, status_msg], ["auth", `${controls}Account is active`]);
  assert.ok(prompt.text.startsWith(`${controls}Duo two-factor login for alice\n`));
  assert.deepEqual(prompt.factors["1"], "push1");
  assert.deepEqual([devices[0].device, devices[0].type], ["DPALICE0000000000001", "phone"]);
  assert.equal(devices[0].display_name, `${controls}iOS (XXX-XXX-0100)`);
  assert.deepEqual(devices[0].capabilities, ["auto", "push", "phone", "sms", "mobile_otp"]);
});

test("hostile-text: the status of v1 is a text, that of v2 a word; the text can be chosen", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.fault("auth", { kind: "hostile-text", text: "\u0000%s" });
  const v1 = await client.post("/rest/v1/auth", { user: "alice", factor: "passcode", code: "1" });
  assert.deepEqual(v1.response, { result: "deny", status: "\u0000%sIncorrect passcode. Please try again." });
  const v2 = await client.post("/auth/v2/auth", { username: "alice", factor: "passcode", passcode: "1" });
  assert.deepEqual(
    [responseField(v2, "status"), String(responseField(v2, "status_msg")).slice(0, 3)],
    ["deny", "\u0000%s"],
  );
});
