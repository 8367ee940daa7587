// Holds the emulator's policies over TLS: who may not or need not be asked, verified push, lockout, remembered devices.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../emulator/testing/lab.ts";
import { responseField } from "../emulator/testing/signed-client.ts";

const push = { username: "alice", factor: "push", device: "auto" } as const;
const showsCodes = { username: "alice", client_supports_verified_push: "1" } as const;

const standings = [
  ["carol", "enroll", "allow", "200 allow bypass"],
  ["erin", "enroll", "deny", "200 deny deny"],
  ["frank", "enroll", "deny", "200 deny locked_out"],
  ["dave", "enroll", "enroll", "400 undefined undefined"],
  ["dave", "allow", "allow", "200 allow bypass"],
  ["dave", "deny", "deny", "200 deny deny"],
] as const;

for (const [username, newUser, preauthResult, authVerdict] of standings) {
  test(`${username} under new-user policy ${newUser}: preauth ${preauthResult}, auth ${authVerdict}`, async (context) => {
    const { client } = await startLab(context, { policy: { newUser } });
    const preauth = await client.post("/auth/v2/preauth", { username });
    assert.equal(responseField(preauth, "result"), preauthResult);
    assert.equal(typeof responseField(preauth, "status_msg"), "string");
    assert.equal(
      typeof responseField(preauth, "enroll_portal_url"),
      preauthResult === "enroll" ? "string" : "undefined",
    );
    const auth = await client.post("/auth/v2/auth", { ...push, username });
    const verdict = `${auth.status} ${responseField(auth, "result")} ${responseField(auth, "status")}`;
    assert.equal(verdict, authVerdict);
  });
}

test("a name nobody has heard of follows the new-user policy", async (context) => {
  const { client } = await startLab(context, { policy: { newUser: "deny" } });
  const preauth = await client.post("/auth/v2/preauth", { username: "nobody" });
  assert.equal(responseField(preauth, "result"), "deny");
});

test("a user is found by name, alias and user_id, and a name must match exactly", async (context) => {
  const { client } = await startLab(context);
  for (const params of [
    { username: "alice" },
    { username: "alice@example.org" },
    { user_id: "DUALICE0000000000001" },
  ]) {
    const preauth = await client.post("/auth/v2/preauth", params);
    assert.equal(responseField(preauth, "result"), "auth", JSON.stringify(params));
  }
  const other = await client.post("/auth/v2/preauth", { username: "Alice" });
  assert.equal(responseField(other, "result"), "enroll");
});

test("verified push: the code of preauth is bound to the push, once", async (context) => {
  const { emulator, client } = await startLab(context, { policy: { verifiedPushDigits: 4 } });
  const preauth = await client.post("/auth/v2/preauth", showsCodes);
  const code = String(responseField(preauth, "verification_code"));
  const txid = String(responseField(preauth, "txid"));
  assert.match(code, /^\d{4}$/);
  assert.equal(typeof responseField(preauth, "expiration"), "number");
  const auth = client.post("/auth/v2/auth", { ...push, txid });
  assert.equal((await emulator.nextPush("alice")).verificationCode, code);
  emulator.approve("alice", code);
  assert.equal(responseField(await auth, "result"), "allow");
  const again = await client.post("/auth/v2/auth", { ...push, txid, async: "1" });
  assert.deepEqual([again.code, again.detail], [40002, "txid"]);
});

test("verified push: a wrong code denies", async (context) => {
  const { emulator, client } = await startLab(context, { policy: { verifiedPushDigits: 3 } });
  const preauth = await client.post("/auth/v2/preauth", showsCodes);
  const auth = client.post("/auth/v2/auth", { ...push, txid: String(responseField(preauth, "txid")) });
  await emulator.nextPush("alice");
  emulator.approve("alice", "none");
  assert.equal(responseField(await auth, "result"), "deny");
});

test("verified push: a code that has expired, or is another user's, is refused", async (context) => {
  const { emulator, client } = await startLab(context, { policy: { verifiedPushDigits: 6 } });
  const first = await client.post("/auth/v2/preauth", showsCodes);
  const other = await client.post("/auth/v2/auth", {
    ...push,
    async: "1",
    username: "bob",
    txid: String(responseField(first, "txid")),
  });
  assert.deepEqual([other.code, other.detail], [40002, "txid"]);
  emulator.setClockSkew(62);
  const late = await client.post("/auth/v2/auth", { ...push, async: "1", txid: String(responseField(first, "txid")) });
  assert.deepEqual([late.code, late.detail], [40002, "txid"]);
  assert.equal(emulator.pushes.length, 0);
});

test("verified push: a client that shows codes but sends no txid finds the code in status_msg", async (context) => {
  const { emulator, client } = await startLab(context, { policy: { verifiedPushDigits: 3 } });
  await client.post("/auth/v2/preauth", showsCodes);
  const begun = await client.post("/auth/v2/auth", { ...push, async: "1" });
  const { verificationCode } = await emulator.nextPush("alice");
  const status = await client.get("/auth/v2/auth_status", { txid: String(responseField(begun, "txid")) });
  const text = `Please enter verification code ${verificationCode} into Duo Mobile...`;
  assert.equal(responseField(status, "status_msg"), text);
});

test("verified push: a client that cannot show codes gets an ordinary push", async (context) => {
  const { emulator, client } = await startLab(context, { policy: { verifiedPushDigits: 3 } });
  const preauth = await client.post("/auth/v2/preauth", { username: "alice" });
  assert.deepEqual(Object.keys(Object(preauth.response)).sort(), ["devices", "result", "status_msg"]);
  await client.post("/auth/v2/auth", { ...push, async: "1" });
  assert.equal(emulator.pushes[0]?.verificationCode, undefined);
});

test("failures in a row lock a user out; a success starts the count anew", async (context) => {
  const { client } = await startLab(context, { policy: { lockoutThreshold: 3 } });
  const attempt = async (passcode: string): Promise<unknown> => {
    const reply = await client.post("/auth/v2/auth", { username: "alice", factor: "passcode", passcode });
    return responseField(reply, "status");
  };
  const statuses: unknown[] = [];
  for (const code of ["1", "2", "100001", "3", "4", "5", "100002"]) statuses.push(await attempt(code));
  assert.deepEqual(statuses, ["deny", "deny", "allow", "deny", "deny", "deny", "locked_out"]);
  assert.equal(responseField(await client.post("/auth/v2/preauth", { username: "alice" }), "result"), "deny");
});

test("a trusted device token allows its own user while it lives", async (context) => {
  const { emulator, client } = await startLab(context, { policy: { rememberedDeviceSeconds: 100 } });
  emulator.whenPushed("alice", "approve");
  const auth = await client.post("/auth/v2/auth", push);
  const token = String(responseField(auth, "trusted_device_token"));
  assert.match(token, /^[A-Za-z0-9+/]+=*\|\|\d+\|\|[0-9a-f]{40}$/);
  const result = async (username: string): Promise<unknown> =>
    responseField(await client.post("/auth/v2/preauth", { username, trusted_device_token: token }), "result");
  assert.deepEqual([await result("alice"), await result("bob")], ["allow", "auth"]);
  emulator.setClockSkew(102);
  assert.equal(await result("alice"), "auth");
});
