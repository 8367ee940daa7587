// Holds the emulator to Duo's own Python client, as Debian ships it: a client that nobody here wrote.
// Three signature forms walk through every endpoint. Without python3-duo-client the test says so and is skipped.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import type { Emulator } from "../emulator/emulator.ts";
import { startLab } from "../emulator/testing/lab.ts";

const absentCode = 77;
const script = join(import.meta.dirname, "../../../test/emulator/official-client.py");
const image = Buffer.from("89504e470d0a1a0a", "hex");

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function runClient(emulator: Emulator, signal: AbortSignal): Promise<Run> {
  // -I: neither the environment nor the current folder decides which duo_client is loaded.
  const child = spawn("/usr/bin/python3", ["-I", script], { stdio: ["pipe", "pipe", "pipe"], signal });
  const { port, ikey, skey, caFile } = emulator;
  // A client that is absent leaves before it has read its input.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify({ host: "localhost", port, ikey, skey, ca_file: caFile }));
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: typeof code === "number" ? code : null, out, err };
}

type Json = Readonly<Record<string, unknown>>;

function assertWalk(walk: Json, name: string): void {
  const states = [
    { waiting: true, success: false, status: "pushed", status_msg: "Pushed a login request to your device..." },
    { waiting: false, success: true, status: "allow", status_msg: "Success. Logging you in..." },
  ];
  assert.deepEqual(walk["states"], states, name);
  const texts = JSON.stringify(walk);
  assert.match(texts, /"preauth":\{"result":"auth","status_msg":"Account is active","devices":\[/, name);
  assert.deepEqual(walk["by_id"], walk["preauth"], name);
  const success = { result: "allow", status: "allow", status_msg: "Success. Logging you in..." };
  assert.deepEqual([walk["blocking"], walk["passcode"]], [success, success], name);
  const wrong = { result: "deny", status: "deny", status_msg: "Incorrect passcode. Please try again." };
  assert.deepEqual(walk["spent"], wrong, name);
  assert.deepEqual(walk["sms"], { result: "deny", status: "sent", status_msg: "New SMS passcodes sent." }, name);
  assert.match(texts, /"enroll":\{"activation_barcode":"https/, name);
  assert.equal(walk["enroll_status"], "waiting", name);
  assert.equal(walk["logo"], image.toString("hex"), name);
  assert.match(texts, /"ping":\{"time":\d+\},"check":\{"time":\d+\}/, name);
  assert.match(texts, /"unknown_txid":\{"status":400,"text":"[^"]*txid/, name);
}

/** Alice's pushes are approved once their waiting state was polled, so that the second poll is a held one. */
async function approveWhenPolled(emulator: Emulator, signal: AbortSignal): Promise<void> {
  let after = 0;
  for (;;) {
    const push = await emulator.nextPush("alice", { signal });
    const first = await emulator.nextRequest("auth_status", { signal, after });
    const second = await emulator.nextRequest("auth_status", { signal, after: first.sequence });
    after = second.sequence;
    emulator.approve(push.txid);
    // The unknown txid, asked at the end of a walk.
    after = (await emulator.nextRequest("auth_status", { signal, after })).sequence;
  }
}

test("Duo's Python client: every endpoint with three forms of signature, and a wrong key", async (context) => {
  const { emulator } = await startLab(context, { logo: image });
  emulator.whenPushed("bob", "approve");
  const approving = new AbortController();
  const approver = approveWhenPolled(emulator, approving.signal).catch((error: unknown) => {
    if (!approving.signal.aborted) throw error;
  });
  const run = await runClient(emulator, context.signal);
  approving.abort();
  await approver;
  if (run.code === absentCode) {
    context.skip(`python3-duo-client is not installed (${run.out.trim()}); the set-up installs it`);
    return;
  }
  assert.equal(run.code, 0, run.err);
  const walks: Readonly<Record<string, Json>> = JSON.parse(run.out);
  for (const name of ["v2_sha1", "v2_sha512", "v4"]) assertWalk(walks[name] ?? {}, name);
  assert.equal(walks["wrong_key"]?.["status"], 401);
  assert.match(String(walks["wrong_key"]?.["text"]), /Invalid signature/);
  const push = emulator.pushes.find(({ user }) => user === "bob");
  assert.deepEqual([push?.type, push?.displayUsername], ["Login & more", "bob (b\u00f6b)"]);
  assert.equal(emulator.pushes[0]?.info[0]?.value, "login portal");
});
