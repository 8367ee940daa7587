// Holds v1 over TLS to its document: replies in JSON word for word, and in BSON the same values.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../emulator/testing/lab.ts";
import { type Params, type Reply, responseField, type SignedClient } from "../emulator/testing/signed-client.ts";
import { encodeBson } from "../emulator/v1/bson.ts";

const success = { result: "allow", status: "Success. Logging you in..." };
const pushText = "Pushed a login request to your device...";
const alicePush = { user: "alice", factor: "push", phone: "phone1" };

function auth(client: SignedClient, params: Params): Promise<Reply> {
  return client.post("/rest/v1/auth", params);
}

test("ping, check and logo; in BSON the same envelope", async (context) => {
  const { client } = await startLab(context);
  const ping = await client.get("/rest/v1/ping", {}, { unsigned: true });
  assert.deepEqual(JSON.parse(ping.text), { stat: "OK", response: "pong" });
  assert.equal((await client.get("/rest/v1/check")).response, "valid");
  assert.equal((await client.get("/rest/v1/check", {}, { skey: "wrong" })).code, 40103);
  assert.deepEqual((await client.get("/rest/v1/logo")).code, 40401);
  const bson = await client.get("/rest/v1/check.bson");
  assert.deepEqual(
    [bson.headers["content-type"], bson.bytes],
    ["application/bson", encodeBson({ stat: "OK", response: "valid" })],
  );
  const wrong = await client.get("/rest/v1/check.bson", {}, { skey: "wrong" });
  const envelope = { stat: "FAIL", code: 40103, message: "Invalid signature in request credentials" };
  assert.deepEqual([wrong.status, wrong.bytes], [401, encodeBson(envelope)]);
});

test("a signature without a date is good for v1 alone, and not where the emulator was told so", async (context) => {
  const { client } = await startLab(context);
  assert.equal((await client.get("/rest/v1/check", {}, { version: 1 })).status, 200);
  assert.equal((await client.post("/rest/v1/preauth.bson", { user: "carol" }, { version: 1 })).status, 200);
  assert.equal((await client.get("/auth/v2/check", {}, { version: 1 })).code, 40104);
  const strict = await startLab(context, { undatedSignatures: false });
  assert.equal((await strict.client.get("/rest/v1/check", {}, { version: 1 })).code, 40104);
});

test("logo is an image when there is one", async (context) => {
  const { client } = await startLab(context, { logo: Buffer.from("89504e47", "hex") });
  const logo = await client.get("/rest/v1/logo");
  assert.deepEqual([logo.headers["content-type"], logo.bytes.toString("hex")], ["image/png", "89504e47"]);
});

test("preauth: the menu with its factors, and the verdicts with their texts", async (context) => {
  const { client } = await startLab(context);
  const preauth = async (user: string): Promise<unknown> => (await client.post("/rest/v1/preauth", { user })).response;
  const asked = {
    result: "auth",
    prompt:
      "Duo two-factor login for alice\n\nEnter a passcode or select one of the following options:\n\n 1. Duo Push to XXX-XXX-0100\n 2. Phone call to XXX-XXX-0100\n 3. SMS passcodes to XXX-XXX-0100 (next code starts with: 1)\n\nPasscode or option (1-3): ",
    factors: { default: "push1", 1: "push1", 2: "phone1", 3: "sms1" },
  };
  assert.deepEqual(await preauth("alice"), asked);
  const bson = await client.post("/rest/v1/preauth.bson", { user: "alice" });
  assert.deepEqual(bson.bytes, encodeBson({ stat: "OK", response: asked }));
  assert.deepEqual(await preauth("carol"), { result: "allow", status: "Bypassing authentication" });
  assert.deepEqual(await preauth("erin"), { result: "deny", status: "Your account is disabled." });
  const enroll = await client.post("/rest/v1/preauth", { user: "dave" });
  assert.deepEqual(Object.keys(Object(enroll.response)), ["result", "status"]);
  assert.match(enroll.text, /"result":"enroll","status":"Please enroll at https:/);
});

test("auth waits, or gives a txid whose status has a result only at the end", async (context) => {
  const { emulator, client } = await startLab(context);
  const begun = await auth(client, { ...alicePush, async: "1", pushinfo: "from=login%20portal" });
  assert.deepEqual(Object.keys(Object(begun.response)), ["txid"]);
  const txid = String(responseField(begun, "txid"));
  const status = async (): Promise<unknown> => (await client.get("/rest/v1/status", { txid })).response;
  assert.deepEqual(await status(), { status: pushText });
  const held = status();
  assert.deepEqual((await emulator.nextPush("alice")).info, [{ key: "from", value: "login portal" }]);
  emulator.approve("alice");
  assert.deepEqual(await held, success);
  emulator.whenPushed("alice", "deny");
  assert.deepEqual((await auth(client, alicePush)).response, { result: "deny", status: "Login request denied." });
});

test("a time-out is a deny in v1, whatever v2 calls it", async (context) => {
  const { client } = await startLab(context, { policy: { pushLifeMs: 20, timeoutResult: "waiting" } });
  assert.deepEqual((await auth(client, alicePush)).response, { result: "deny", status: "Login timed out." });
});

test("every factor, and auto with a factor's name or a passcode", async (context) => {
  const { emulator, client } = await startLab(context);
  for (const name of ["alice", "bob"]) emulator.whenPushed(name, "approve");
  const rows: readonly (readonly [Params, object])[] = [
    [{ factor: "passcode", code: "100001" }, success],
    [
      { factor: "passcode", code: "100001" },
      { result: "deny", status: "Incorrect passcode. Please try again." },
    ],
    [{ factor: "phone", phone: "phone1" }, success],
    [
      { factor: "sms", phone: "phone1" },
      { result: "deny", status: "New SMS passcodes sent." },
    ],
    [{ factor: "auto", auto: "100002" }, success],
    [{ factor: "auto", auto: "push1" }, success],
    [{ factor: "auto", auto: "auto" }, success],
  ];
  for (const [params, response] of rows) {
    assert.deepEqual((await auth(client, { user: "alice", ...params })).response, response, JSON.stringify(params));
  }
  await auth(client, { user: "bob", factor: "auto", auto: "phone2" });
  assert.equal(emulator.pushes.at(-1)?.device, "DPBOB000000000000002");
});

test("parameters that are missing or wrong are refused by their v1 names", async (context) => {
  const { emulator, client } = await startLab(context);
  const rows: readonly (readonly [Params, number, string])[] = [
    [{ factor: "push", phone: "phone1" }, 40001, "user"],
    [{ user: "alice" }, 40001, "factor"],
    [{ user: "alice", factor: "prompt", prompt: "push1" }, 40002, "factor"],
    [{ user: "alice", factor: "push" }, 40001, "phone"],
    [{ user: "alice", factor: "push", phone: "phone2" }, 40002, "phone"],
    [{ user: "alice", factor: "push", phone: "DPALICE0000000000001" }, 40002, "phone"],
    [{ user: "bob", factor: "push", phone: "phone2" }, 40002, "phone"],
    [{ user: "alice", factor: "passcode", passcode: "100001" }, 40001, "code"],
    [{ user: "alice", factor: "auto" }, 40001, "auto"],
    [{ user: "nobody", factor: "auto", auto: "push1" }, 40002, "user"],
    [{ ...alicePush, async: "yes" }, 40002, "async"],
  ];
  for (const [params, code, detail] of rows) {
    const reply = await auth(client, params);
    assert.deepEqual([reply.code, reply.detail], [code, detail], JSON.stringify(params));
  }
  assert.equal((await client.get("/rest/v1/status", { txid: "x" })).code, 40002);
  assert.equal((await client.get("/rest/v1/preauth", { user: "alice" })).code, 40501);
  assert.equal(emulator.pushes.length, 0);
});
