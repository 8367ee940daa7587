// Holds the control server, the command, and the end of an emulator: nothing may stay open or waiting.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { request } from "undici";
import { startEmulator } from "../emulator/emulator.ts";
import { startLab } from "../emulator/testing/lab.ts";
import { responseField, signedClient } from "../emulator/testing/signed-client.ts";

const push = { username: "alice", factor: "push", device: "auto" } as const;
const json = { "content-type": "application/json" };

interface Answer {
  readonly status: number;
  readonly value: unknown;
}

async function command(url: string | undefined, name: string, body: object, headers = json): Promise<Answer> {
  const { statusCode, body: reply } = await request(`${url}/${name}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  return { status: statusCode, value: await reply.json() };
}

async function view(url: string | undefined, name: string): Promise<unknown> {
  return (await request(`${url}/${name}`)).body.json();
}

test("the control server steers and shows what the in-process interface does", async (context) => {
  const { emulator, client } = await startLab(context, { controlPort: 0 });
  const url = emulator.controlUrl;
  const auth = client.post("/auth/v2/auth", { ...push, hostname: "wks01" });
  const seen = await view(url, "next-push?user=alice");
  assert.deepEqual([Object(seen).user, Object(seen).hostname], ["alice", "wks01"]);
  assert.deepEqual(await view(url, "pending"), { pending: 1 });
  assert.equal((await command(url, "approve", { user: Object(seen).txid })).status, 200);
  assert.equal(responseField(await auth, "result"), "allow");
  assert.equal(Object(await view(url, "pushes")).length, 1);
  assert.equal(Object(await view(url, "requests"))[0].endpoint, "auth");
  assert.equal(Object(await view(url, "facts")).caFile, emulator.caFile);

  await command(url, "fault", { target: "check", fault: { kind: "status", status: 503 }, times: 1 });
  assert.equal((await client.get("/auth/v2/check")).status, 503);
  await command(url, "clock-skew", { seconds: 1000 });
  assert.equal((await client.get("/auth/v2/check")).code, 40105);
  await command(url, "clock-skew", { seconds: 0 });
  await command(url, "policy", { policy: { newUser: "deny" } });
  assert.equal(responseField(await client.post("/auth/v2/preauth", { username: "zoe" }), "result"), "deny");
  await command(url, "user", { name: "zoe", user: { status: "bypass" } });
  assert.equal(responseField(await client.post("/auth/v2/preauth", { username: "zoe" }), "result"), "allow");
  await command(url, "when-pushed", { user: "alice", action: "fraud" });
  assert.equal(responseField(await client.post("/auth/v2/auth", push), "status"), "fraud");
  await command(url, "limit-factors", { user: "alice", without: ["push"] });
  assert.equal(
    responseField(await client.post("/auth/v2/auth", push), "status_msg"),
    "Selected number is restricted from Duo Push authentication",
  );
  await command(url, "reset", {});
  assert.deepEqual([await view(url, "pushes"), emulator.pushes.length], [[], 0]);
  assert.equal(responseField(await client.post("/auth/v2/preauth", { username: "zoe" }), "result"), "enroll");
});

test("the control server refuses what it does not understand, and pages of a browser", async (context) => {
  const { emulator } = await startLab(context, { controlPort: 0 });
  const url = emulator.controlUrl;
  const wrong: readonly (readonly [string, object])[] = [
    ["approve", { user: "alice" }],
    ["approve", {}],
    ["nothing", {}],
    ["fault", { target: "connect", fault: { kind: "html" } }],
    ["fault", { target: "moon", fault: { kind: "reset" } }],
    ["policy", { policy: { newUser: "maybe" } }],
    ["user", { name: "x", user: { status: "active", phones: [{ device: "1" }] } }],
    ["when-pushed", { user: "alice", action: "explode" }],
    ["limit-factors", { user: "alice", without: "push" }],
    ["limit-factors", { user: "alice", without: ["fax"] }],
    ["limit-factors", { user: "alice", without: [], listed: "yes" }],
  ];
  for (const [name, body] of wrong) {
    const { status, value } = await command(url, name, body);
    assert.equal(status, 400, name);
    assert.equal(typeof Object(value).error, "string", name);
  }
  assert.equal((await command(url, "reset", {}, { "content-type": "text/plain" })).status, 400);
});

test("the stream of events has a line for each request, push and message", async (context) => {
  const { emulator, client } = await startLab(context, { controlPort: 0 });
  const { body } = await request(`${emulator.controlUrl}/events`);
  const lines = createInterface({ input: body })[Symbol.asyncIterator]();
  await client.post("/auth/v2/auth", { ...push, async: "1" });
  await client.post("/auth/v2/auth", { ...push, factor: "sms" });
  const events: unknown[] = [];
  for (let line = 0; line < 4; line += 1) events.push(JSON.parse((await lines.next()).value ?? "").event);
  assert.deepEqual(events, ["request", "push", "request", "message"]);
  body.on("error", () => undefined);
});

test("close ends long polls, blocking calls, waiters and connections", async () => {
  const emulator = await startEmulator({ controlPort: 0 });
  const client = signedClient(emulator);
  const begun = await client.post("/auth/v2/auth", { ...push, async: "1" });
  const txid = String(responseField(begun, "txid"));
  await client.get("/auth/v2/auth_status", { txid });
  const before = emulator.requests.length;
  const held = [
    client.get("/auth/v2/auth_status", { txid }),
    client.post("/auth/v2/auth", { ...push, username: "bob" }),
    emulator.nextPush("root"),
    view(emulator.controlUrl, "next-push?user=root"),
  ];
  const settled = Promise.allSettled(held);
  await emulator.nextRequest("auth", { after: before });
  await emulator.nextRequest("auth_status", { after: before });
  await emulator.close();
  await emulator.close();
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ["rejected", "rejected", "rejected", "rejected"],
  );
  assert.equal(emulator.connections.open, 0);
  await client.close();
});

test("nextPush returns each push once, past or future, and obeys its signal", async (context) => {
  const { emulator, client } = await startLab(context);
  await client.post("/auth/v2/auth", { ...push, async: "1" });
  await client.post("/auth/v2/auth", { ...push, username: "bob", async: "1" });
  await client.post("/auth/v2/auth", { ...push, username: "alice@example.org", async: "1" });
  const seen = [await emulator.nextPush("alice"), await emulator.nextPush("alice@example.org")];
  assert.deepEqual(
    seen.map(({ sequence, user }) => `${sequence} ${user}`),
    ["1 alice", "3 alice"],
  );
  await assert.rejects(emulator.nextPush("alice", { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("the command prints where it is and ends on SIGTERM without leaving files", async () => {
  const main = join(import.meta.dirname, "../emulator/main.js");
  const child = spawn(process.execPath, [main], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const facts = JSON.parse(value ?? "");
  const client = signedClient(facts);
  const check = await client.get("/auth/v2/check");
  const poll = client.post("/auth/v2/auth", push).catch(() => "cut off");
  await view(facts.controlUrl, "next-push?user=alice");
  child.kill("SIGTERM");
  const [code, signal] = await closed;
  await client.close();
  assert.deepEqual([check.status, await poll, code, signal], [200, "cut off", 0, null]);
  assert.equal(existsSync(facts.caFile), false);
});
