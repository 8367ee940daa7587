// Holds what policy takes away over TLS: factors by risk, push without a code, the integration itself, and requests.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../emulator/testing/lab.ts";
import { type Reply, responseField } from "../emulator/testing/signed-client.ts";

const push = { username: "alice", factor: "push", device: "auto" } as const;

function verdict(reply: Reply): string {
  return `${responseField(reply, "result")} ${responseField(reply, "status")} ${responseField(reply, "status_msg")}`;
}

const refusals = [
  ["push", "Selected number is restricted from Duo Push authentication"],
  ["phone", "Selected number is restricted from phone call authentication"],
  ["sms", "Selected number is restricted from SMS passcode authentication"],
] as const;

for (const [factor, words] of refusals) {
  test(`risk withholds ${factor}: gone from preauth, denied in auth, back when it is lifted`, async (context) => {
    // A push that should not have gone out must fail the test soon, not after a minute.
    const { emulator, client } = await startLab(context, { policy: { pushLifeMs: 2000 } });
    const offers = async (): Promise<boolean> => {
      const reply = await client.post("/auth/v2/preauth", { username: "alice" });
      return JSON.stringify(Object(reply.response).devices[0].capabilities).includes(factor);
    };
    emulator.limitFactors("alice", [factor]);
    assert.equal(await offers(), false);
    assert.equal(verdict(await client.post("/auth/v2/auth", { ...push, factor })), `deny deny ${words}`);
    emulator.limitFactors("alice", [factor], { listed: true });
    assert.equal(await offers(), true);
    assert.equal(verdict(await client.post("/auth/v2/auth", { ...push, factor })), `deny deny ${words}`);
    assert.deepEqual([emulator.pushes.length, emulator.messages.length], [0, 0]);
    emulator.limitFactors("alice", []);
    emulator.whenPushed("alice", "approve");
    const free = await client.post("/auth/v2/auth", { ...push, factor });
    assert.match(verdict(free), factor === "sms" ? /^deny sent/ : /^allow allow/);
  });
}

test("auto goes round a push that risk withholds", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.limitFactors("alice", ["push"]);
  await client.post("/auth/v2/auth", { ...push, factor: "auto", async: "1" });
  assert.equal(emulator.pushes[0]?.factor, "phone");
});

test("verified push required: a client that cannot show a code has no push, in any dialect", async (context) => {
  const { emulator, client } = await startLab(context, {
    policy: { verifiedPushDigits: 3, verifiedPushRequired: true },
  });
  const without = await client.post("/auth/v2/preauth", { username: "alice" });
  assert.deepEqual(Object(without.response).devices[0].capabilities, ["auto", "phone", "sms", "mobile_otp"]);
  const refused = await client.post("/auth/v2/auth", { ...push, async: "1" });
  assert.deepEqual([refused.code, refused.detail], [40002, "device"]);
  const v1 = await client.post("/rest/v1/preauth", { user: "alice" });
  assert.deepEqual(responseField(v1, "factors"), { default: "phone1", 1: "phone1", 2: "sms1" });
  const shows = await client.post("/auth/v2/preauth", { username: "alice", client_supports_verified_push: "1" });
  assert.deepEqual(Object(shows.response).devices[0].capabilities, ["auto", "push", "phone", "sms", "mobile_otp"]);
  assert.match(String(responseField(shows, "verification_code")), /^\d{3}$/);
  await client.post("/auth/v2/auth", { ...push, async: "1", txid: String(responseField(shows, "txid")) });
  assert.equal(emulator.pushes.length, 1);
});

test("a disabled integration gets 40102 on everything signed, and ping still answers", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.setPolicy({ integrationDisabled: true });
  for (const path of ["/auth/v2/check", "/rest/v1/check"]) {
    const reply = await client.get(path);
    assert.deepEqual([reply.status, reply.code], [401, 40102], path);
  }
  assert.equal((await client.get("/auth/v2/ping", {}, { unsigned: true })).status, 200);
  emulator.setPolicy({ integrationDisabled: false });
  assert.equal((await client.get("/auth/v2/check")).status, 200);
});

test("a remembered device: the token of an async allow lets its user in, in two dialects", async (context) => {
  const { emulator, client } = await startLab(context, { policy: { rememberedDeviceSeconds: 100 } });
  emulator.whenPushed("alice", "approve");
  const begun = await client.post("/auth/v2/auth", { ...push, async: "1" });
  const txid = String(responseField(begun, "txid"));
  const token = String(responseField(await client.get("/auth/v2/auth_status", { txid }), "trusted_device_token"));
  const [name, end, random] = token.split("||");
  assert.equal(Buffer.from(name ?? "", "base64").toString("utf8"), "DUALICE0000000000001");
  assert.ok(Math.abs(Number(end) - Date.now() / 1000 - 100) < 30, end);
  assert.match(random ?? "", /^[0-9a-f]{40}$/);
  for (const more of [{}, { text_prompt: "1" }]) {
    const params = { username: "alice", trusted_device_token: token, ...more };
    const reply = await client.post("/auth/v2/preauth", params);
    assert.deepEqual(reply.response, { result: "allow", status_msg: "Device is remembered" });
  }
  const forged = `${name}||${Number(end) + 1}||${random}`;
  const reply = await client.post("/auth/v2/preauth", { username: "alice", trusted_device_token: forged });
  assert.equal(responseField(reply, "result"), "auth");
});

test("a rate limit per user: 429 with the time to wait, and room again when it has passed", async (context) => {
  const rateLimit = { requests: 2, windowMs: 8000, per: "user", header: "Retry-After" } as const;
  const { emulator, client } = await startLab(context, { policy: { rateLimit }, now: () => 1_700_000_000_000 });
  const at = (seconds: number): { date: Date } => ({ date: new Date(1_700_000_000_000 + seconds * 1000) });
  const preauth = (params: Readonly<Record<string, string>>, seconds = 0): Promise<Reply> =>
    client.post("/auth/v2/preauth", params, at(seconds));
  // Two names of one user, and a call that no limit counts between them.
  assert.equal((await preauth({ username: "alice" })).status, 200);
  assert.equal((await client.get("/auth/v2/check", {}, at(0))).status, 200);
  assert.equal((await preauth({ username: "alice@example.org" })).status, 200);
  const refused = await preauth({ user_id: "DUALICE0000000000001" });
  assert.deepEqual([refused.status, refused.code, refused.headers["retry-after"]], [429, 42901, "8"]);
  assert.equal((await client.post("/rest/v1/preauth", { user: "alice" }, at(0))).status, 429);
  assert.equal((await preauth({ username: "bob" })).status, 200);
  emulator.setClockSkew(8);
  assert.equal((await preauth({ username: "alice" }, 8)).status, 200);
});

test("a rate limit for the account, with a date in X-Retry-After; unsigned requests use none of it", async (context) => {
  const limit = { requests: 1, windowMs: 8000, per: "account", header: "X-Retry-After", style: "http-date" } as const;
  const rateLimit = { ...limit, endpoints: ["preauth", "check"] } as const;
  const { client } = await startLab(context, { policy: { rateLimit }, now: () => 1_700_000_000_500 });
  const options = { date: new Date(1_700_000_000_000) };
  assert.equal((await client.get("/auth/v2/check", {}, { ...options, skey: "wrong" })).status, 401);
  assert.equal((await client.get("/auth/v2/check", {}, options)).status, 200);
  const refused = await client.post("/auth/v2/preauth", { username: "bob" }, options);
  assert.deepEqual([refused.status, refused.headers["x-retry-after"]], [429, "Tue, 14 Nov 2023 22:13:29 GMT"]);
});

test("settings of these kinds are checked", async (context) => {
  const { emulator } = await startLab(context);
  const wrong: readonly object[] = [
    { integrationDisabled: 1 },
    { verifiedPushRequired: "yes" },
    { rateLimit: { requests: 1 } },
  ];
  for (const policy of wrong) assert.throws(() => emulator.setPolicy(policy), /unknown or out of range/);
  emulator.setPolicy({ rateLimit: null });
});
