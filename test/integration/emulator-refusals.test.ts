// Holds the emulator's refusals over TLS: every error code with its HTTP status, and the parameter it names.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../emulator/testing/lab.ts";
import type { CallOptions, Params } from "../emulator/testing/signed-client.ts";

interface Row {
  readonly name: string;
  readonly method?: "get" | "post";
  readonly path: string;
  readonly params?: Params;
  readonly options?: CallOptions;
  readonly expected: readonly [status: number, code: number, detail?: string];
}

const admin = { ikey: "DIADMIN0000000000001", skey: "a".repeat(40) };
const alice = { username: "alice" };
const auth = "/auth/v2/auth";
const preauth = "/auth/v2/preauth";
const bad = (detail: string): Row["expected"] => [400, 40002, detail];
const missing = (detail: string): Row["expected"] => [400, 40001, detail];

const rows: readonly Row[] = [
  {
    name: "no credentials",
    method: "get",
    path: "/auth/v2/check",
    options: { unsigned: true },
    expected: [401, 40101],
  },
  { name: "an unknown ikey", method: "get", path: "/auth/v2/check", options: { ikey: "DIXX" }, expected: [401, 40102] },
  { name: "a wrong skey", method: "get", path: "/auth/v2/check", options: { skey: "wrong" }, expected: [401, 40103] },
  {
    name: "an old date",
    method: "get",
    path: "/auth/v2/check",
    options: { date: new Date(0) },
    expected: [401, 40105],
  },
  { name: "an Admin API key", method: "get", path: "/auth/v2/check", options: admin, expected: [403, 40301] },
  { name: "an unknown path", method: "get", path: "/auth/v2/nothing", expected: [404, 40401] },
  { name: "the wrong verb, GET", method: "get", path: preauth, params: alice, expected: [405, 40501] },
  { name: "the wrong verb, POST", path: "/auth/v2/auth_status", expected: [405, 40501] },
  { name: "nobody", path: preauth, expected: missing("user_id or username") },
  { name: "nobody, as JSON", path: preauth, options: { version: 5 }, expected: missing("user_id or username") },
  {
    name: "both names",
    path: preauth,
    params: { ...alice, user_id: "DUALICE0000000000001" },
    expected: bad("user_id or username"),
  },
  { name: "an unknown user_id", path: preauth, params: { user_id: "DUX" }, expected: bad("user_id") },
  {
    name: "a flag that is none",
    path: preauth,
    params: { ...alice, client_supports_verified_push: "yes" },
    expected: bad("client_supports_verified_push"),
  },
  { name: "no factor", path: auth, params: alice, expected: missing("factor") },
  { name: "an unknown factor", path: auth, params: { ...alice, factor: "smell" }, expected: bad("factor") },
  { name: "push without a device", path: auth, params: { ...alice, factor: "push" }, expected: missing("device") },
  { name: "phone without a device", path: auth, params: { ...alice, factor: "phone" }, expected: missing("device") },
  { name: "sms without a device", path: auth, params: { ...alice, factor: "sms" }, expected: missing("device") },
  { name: "auto without a device", path: auth, params: { ...alice, factor: "auto" }, expected: missing("device") },
  {
    name: "another user's device",
    path: auth,
    params: { ...alice, factor: "push", device: "DPBOB000000000000001" },
    expected: bad("device"),
  },
  {
    name: "a device that cannot push",
    path: auth,
    params: { username: "bob", factor: "push", device: "DPBOB000000000000002" },
    expected: bad("device"),
  },
  {
    name: "a user without any phone",
    path: auth,
    params: { username: "grace", factor: "auto", device: "auto" },
    expected: bad("device"),
  },
  { name: "no passcode", path: auth, params: { ...alice, factor: "passcode" }, expected: missing("passcode") },
  {
    name: "a passcode with a device",
    path: auth,
    params: { ...alice, factor: "passcode", passcode: "100001", device: "auto" },
    expected: bad("device"),
  },
  {
    name: "async that is no flag",
    path: auth,
    params: { ...alice, factor: "push", device: "auto", async: "true" },
    expected: bad("async"),
  },
  {
    name: "pushinfo of 20 000 bytes",
    path: auth,
    params: { ...alice, factor: "push", device: "auto", async: "1", pushinfo: `k=${"x".repeat(19_998)}` },
    expected: bad("pushinfo"),
  },
  {
    name: "an unknown txid of a code",
    path: auth,
    params: { ...alice, factor: "push", device: "auto", txid: "f22b1678" },
    expected: bad("txid"),
  },
  {
    name: "a user who is not enrolled",
    path: auth,
    params: { username: "dave", factor: "push", device: "auto" },
    expected: bad("username"),
  },
  { name: "no txid", method: "get", path: "/auth/v2/auth_status", expected: missing("txid") },
  {
    name: "an unknown txid",
    method: "get",
    path: "/auth/v2/auth_status",
    params: { txid: "x" },
    expected: bad("txid"),
  },
  {
    name: "enrolling a name that is taken",
    path: "/auth/v2/enroll",
    params: alice,
    expected: bad("username already exists"),
  },
  {
    name: "a lifetime that is no number",
    path: "/auth/v2/enroll",
    params: { valid_secs: "-1" },
    expected: bad("valid_secs"),
  },
  {
    name: "enroll_status without a code",
    path: "/auth/v2/enroll_status",
    params: { user_id: "DU1" },
    expected: missing("activation_code"),
  },
];

test("refusals", async (context) => {
  const { emulator, client } = await startLab(context, { adminIntegration: admin });
  for (const { name, method = "post", path, params, options, expected } of rows) {
    await context.test(name, async () => {
      const reply = await client[method](path, params, options);
      const [status, code, detail] = expected;
      assert.deepEqual([reply.status, reply.code, reply.detail], [status, code, detail], reply.text);
    });
  }
  await context.test("and none of them rang a phone or left a transaction", () => {
    assert.deepEqual([emulator.pushes.length, emulator.pendingCount], [0, 0]);
  });
});

test("pushinfo of 19 999 bytes is taken", async (context) => {
  const { emulator, client } = await startLab(context);
  const params = { ...alice, factor: "push", device: "auto", async: "1", pushinfo: `k=${"x".repeat(19_997)}` };
  assert.equal((await client.post(auth, params)).status, 200);
  assert.equal(emulator.pushes[0]?.pushinfo?.length, 19_999);
});

test("the clock can be skewed, and ping tells the server's time", async (context) => {
  const { emulator, client } = await startLab(context);
  emulator.setClockSkew(400);
  assert.equal((await client.get("/auth/v2/check")).code, 40105);
  const ping = await client.get("/auth/v2/ping", {}, { unsigned: true });
  const { time } = Object(ping.response);
  assert.ok(Math.abs(time - Date.now() / 1000 - 400) < 30, String(time));
  assert.equal((await client.get("/auth/v2/check", {}, { date: new Date(time * 1000) })).status, 200);
});
