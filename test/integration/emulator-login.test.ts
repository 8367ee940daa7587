// Holds the emulator's logins over TLS: every factor from preauth to the verdict, blocking and with polls.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../emulator/testing/lab.ts";
import { type Reply, responseField, type SignedClient } from "../emulator/testing/signed-client.ts";

const push = { username: "alice", factor: "push", device: "auto" } as const;

async function begin(client: SignedClient, params: Readonly<Record<string, string>>): Promise<string> {
  const reply = await client.post("/auth/v2/auth", { ...params, async: "1" });
  const txid = responseField(reply, "txid");
  assert.equal(typeof txid, "string", reply.text);
  return String(txid);
}

function poll(client: SignedClient, txid: string): Promise<Reply> {
  return client.get("/auth/v2/auth_status", { txid });
}

function verdict(reply: Reply): string {
  return `${reply.status} ${responseField(reply, "result")} ${responseField(reply, "status")}`;
}

test("a push login: ping, check, preauth, auth, one poll for the push, one for the answer", async (context) => {
  const { emulator, client } = await startLab(context, { now: () => 1_700_000_000_999 });
  const date = new Date(1_700_000_000_000);
  assert.deepEqual((await client.get("/auth/v2/ping", {}, { unsigned: true })).response, { time: 1_700_000_000 });
  assert.deepEqual((await client.get("/auth/v2/check", {}, { date })).response, { time: 1_700_000_000 });
  const preauth = await client.post("/auth/v2/preauth", { username: "alice", ipaddr: "203.0.113.7" }, { date });
  assert.deepEqual(preauth.response, {
    result: "auth",
    status_msg: "Account is active",
    devices: [
      {
        device: "DPALICE0000000000001",
        type: "phone",
        display_name: "iOS (XXX-XXX-0100)",
        name: "",
        number: "XXX-XXX-0100",
        capabilities: ["auto", "push", "phone", "sms", "mobile_otp"],
        sms_nextcode: "1",
      },
      { device: "DHALICE0000000000001", name: "400100", type: "token" },
    ],
  });
  const pushinfo = "Server%20IP=10.2.3.4&Command=ls%20-l";
  const params = { ...push, device: "DPALICE0000000000001", ipaddr: "203.0.113.7", hostname: "wks01", pushinfo };
  const auth = await client.post("/auth/v2/auth", { ...params, async: "1" }, { date });
  const txid = String(responseField(auth, "txid"));
  const first = await client.get("/auth/v2/auth_status", { txid }, { date });
  assert.equal(verdict(first), "200 waiting pushed");
  const second = client.get("/auth/v2/auth_status", { txid }, { date });
  const seen = await emulator.nextPush("alice");
  assert.deepEqual(
    [seen.factor, seen.txid, seen.device, seen.ipaddr, seen.hostname, seen.pushinfo],
    ["push", txid, "DPALICE0000000000001", "203.0.113.7", "wks01", pushinfo],
  );
  assert.deepEqual(seen.info, [
    { key: "Server IP", value: "10.2.3.4" },
    { key: "Command", value: "ls -l" },
  ]);
  emulator.approve("alice");
  assert.equal(verdict(await second), "200 allow allow");
  assert.equal(emulator.pushes.length, 1);
  assert.deepEqual(
    emulator.requests.map(({ endpoint, status }) => `${endpoint} ${status}`),
    ["ping 200", "check 200", "preauth 200", "auth 200", "auth_status 200", "auth_status 200"],
  );
});

test("a poll that has held long enough repeats the waiting state", async (context) => {
  const { client } = await startLab(context, { longPollMs: 20 });
  const txid = await begin(client, push);
  const verdicts = [
    verdict(await poll(client, txid)),
    verdict(await poll(client, txid)),
    verdict(await poll(client, txid)),
  ];
  assert.deepEqual(verdicts, ["200 waiting pushed", "200 waiting pushed", "200 waiting pushed"]);
});

const answers = [
  ["approve", "200 allow allow"],
  ["deny", "200 deny deny"],
  ["fraud", "200 deny fraud"],
  ["expire", "200 deny timeout"],
] as const;

for (const [answer, expected] of answers) {
  test(`a blocking push returns when the user does: ${answer}`, async (context) => {
    const { emulator, client } = await startLab(context);
    const reply = client.post("/auth/v2/auth", push, { version: 5 });
    const { txid } = await emulator.nextPush("alice");
    emulator[answer](txid);
    assert.equal(verdict(await reply), expected);
    assert.throws(() => emulator.approve("alice"), /nothing is pending/);
  });
}

test("a push that nobody answers times out by itself", async (context) => {
  const { client } = await startLab(context, { policy: { pushLifeMs: 20, timeoutResult: "waiting" } });
  assert.equal(verdict(await client.post("/auth/v2/auth", push)), "200 waiting timeout");
});

test("habits answer every later push", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.whenPushed("alice", "approve");
  assert.equal(verdict(await client.post("/auth/v2/auth", push)), "200 allow allow");
  emulator.whenPushed("alice", "fraud");
  assert.equal(verdict(await client.post("/auth/v2/auth", push)), "200 deny fraud");
  emulator.whenPushed("alice", "none");
  const held = client.post("/auth/v2/auth", push);
  const third = await emulator.nextPush("alice", { after: 2 });
  assert.equal(third.sequence, 3);
  emulator.deny("alice");
  assert.equal(verdict(await held), "200 deny deny");
});

test("a habit with a delay lets the waiting state be seen first", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.whenPushed("alice", "approve", { delayMs: 50 });
  const txid = await begin(client, push);
  assert.equal(verdict(await poll(client, txid)), "200 waiting pushed");
  assert.equal(verdict(await poll(client, txid)), "200 allow allow");
});

test("a phone call is calling, answered, allowed", async (context) => {
  const { emulator, client } = await startLab(context);
  const txid = await begin(client, { username: "bob", factor: "phone", device: "DPBOB000000000000002" });
  assert.equal(verdict(await poll(client, txid)), "200 waiting calling");
  const answered = poll(client, txid);
  emulator.pickUp("bob");
  assert.equal(verdict(await answered), "200 waiting answered");
  const allowed = poll(client, txid);
  emulator.approve("bob");
  assert.equal(verdict(await allowed), "200 allow allow");
  assert.equal(emulator.pushes[0]?.factor, "phone");
});

test("auto pushes where it can and rings where it cannot", async (context) => {
  const { emulator, client } = await startLab(context);
  await begin(client, { username: "bob", factor: "auto", device: "auto" });
  await begin(client, { username: "bob", factor: "auto", device: "DPBOB000000000000002" });
  assert.deepEqual(
    emulator.pushes.map(({ factor, device }) => `${factor} ${device}`),
    ["push DPBOB000000000000001", "phone DPBOB000000000000002"],
  );
});

test("every kind of passcode works once", async (context) => {
  const { client } = await startLab(context);
  for (const passcode of ["100001", "200001", "900000001"]) {
    const params = { username: "alice", factor: "passcode", passcode };
    assert.equal(verdict(await client.post("/auth/v2/auth", params)), "200 allow allow", passcode);
    assert.equal(verdict(await client.post("/auth/v2/auth", params)), "200 deny deny", passcode);
  }
  const txid = await begin(client, { username: "grace", factor: "passcode", passcode: "700001" });
  assert.equal(verdict(await poll(client, txid)), "200 allow allow");
});

test("sms denies with `sent`; its codes work, the next one by the hint", async (context) => {
  const { emulator, client } = await startLab(context);
  const sent = await client.post("/auth/v2/auth", { username: "alice", factor: "sms", device: "auto" });
  assert.equal(verdict(sent), "200 deny sent");
  const { codes } = await emulator.nextMessage("alice");
  assert.equal(codes.length, 10);
  const preauth = await client.post("/auth/v2/preauth", { username: "alice" });
  assert.match(preauth.text, new RegExp(`"sms_nextcode":"${codes[0]?.[0]}"`));
  const params = { username: "alice", factor: "passcode", passcode: codes[3] ?? "" };
  assert.equal(verdict(await client.post("/auth/v2/auth", params)), "200 allow allow");
});

test("a phone that is switched off: push_failed, and the request can still be pulled", async (context) => {
  const phone = { device: "DPOFFLINE00000000001", number: "", display_name: "off", capabilities: ["push"] } as const;
  const users = { heidi: { status: "active", phones: [{ ...phone, unreachable: true }] } } as const;
  const { emulator, client } = await startLab(context, { users });
  const txid = await begin(client, { ...push, username: "heidi" });
  assert.equal(verdict(await poll(client, txid)), "200 waiting push_failed");
  emulator.approve("heidi");
  assert.equal(verdict(await poll(client, txid)), "200 allow allow");
});

test("enrolment: waiting until the user scans the code, then a push works", async (context) => {
  const { emulator, client } = await startLab(context);
  const enroll = await client.post("/auth/v2/enroll", { username: "ivan", valid_secs: "60", bypass_codes: "2" });
  const names = [
    "activation_barcode",
    "activation_code",
    "activation_url",
    "bypass_codes",
    "expiration",
    "user_id",
    "username",
  ];
  assert.deepEqual(Object.keys(Object(enroll.response)).sort(), names);
  const status = {
    user_id: String(responseField(enroll, "user_id")),
    activation_code: String(responseField(enroll, "activation_code")),
  };
  assert.equal((await client.post("/auth/v2/enroll_status", status)).response, "waiting");
  assert.equal(
    (await client.post("/auth/v2/enroll_status", { ...status, activation_code: "duo://x" })).response,
    "invalid",
  );
  emulator.activate("ivan");
  assert.equal((await client.post("/auth/v2/enroll_status", status)).response, "success");
  emulator.whenPushed("ivan", "approve");
  assert.equal(verdict(await client.post("/auth/v2/auth", { ...push, username: "ivan" })), "200 allow allow");
  const again = await client.post("/auth/v2/enroll", { username: "ivan" });
  assert.equal(again.code, 40002);
});

test("an enrolment that nobody claims becomes invalid", async (context) => {
  const { emulator, client } = await startLab(context);
  const enroll = await client.post("/auth/v2/enroll", { valid_secs: "10" });
  assert.match(String(responseField(enroll, "username")), /^user-/);
  const status = {
    user_id: String(responseField(enroll, "user_id")),
    activation_code: String(responseField(enroll, "activation_code")),
  };
  emulator.setClockSkew(12);
  assert.equal((await client.post("/auth/v2/enroll_status", status)).response, "invalid");
});

test("the logo is an image, or a failure where there is none", async (context) => {
  const image = Buffer.from("89504e470d0a1a0a", "hex");
  const withLogo = await startLab(context, { logo: image });
  const shown = await withLogo.client.get("/auth/v2/logo");
  assert.deepEqual([shown.status, shown.headers["content-type"], shown.bytes], [200, "image/png", image]);
  const without = await startLab(context);
  assert.equal((await without.client.get("/auth/v2/logo")).code, 40002);
});
