// The control socket of a running daemon: its status, the revocation of remembered devices, the stream of decisions, and what
// HTTP wants of it.

import assert from "node:assert/strict";
import { once } from "node:events";
import { statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { askDaemon } from "../../src/cli/control/control-client.ts";
import { followStream } from "../../src/cli/control/control-stream.ts";
import { statusText } from "../../src/cli/control/status-text.ts";
import type { DaemonStatus } from "../../src/cli/daemon/daemon-status.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { type Asked, ask, seriesOf } from "../support/control.ts";
import { startDaemon, type TestDaemon } from "../support/gateway.ts";
import { runModule } from "../support/pam-module.ts";

const FOLLOWERS = "duogate_decision_followers";
let emulator: Emulator;
let daemon: TestDaemon;
let socket: string;

before(async () => {
  emulator = await startEmulator({ policy: { rememberedDeviceSeconds: 3600 } });
  daemon = await startDaemon({ duo: emulator });
  socket = join(daemon.folder, "control.sock");
});

after(async () => {
  await daemon.stop();
  await emulator.close();
});

function login(answers: readonly string[]) {
  return runModule({ socket: daemon.pamSocket, user: "alice", items: { rhost: "203.0.113.5" }, answers });
}

async function status(): Promise<DaemonStatus> {
  const answer = await askDaemon(socket, "GET", "/status");
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.value as DaemonStatus;
}

test("the socket is root's alone", () => {
  assert.equal(statSync(socket).mode & 0o777, 0o600);
});

test("status tells of decisions and devices; a revoked device needs a factor again", async () => {
  emulator.whenPushed("alice", "approve");
  assert.deepEqual((await status()).decisions, {});
  const first = await login(["1"]);
  assert.equal(first.code, "PAM_SUCCESS");
  const remembered = await status();
  assert.equal(remembered.rememberedDevices, 1);
  assert.deepEqual(remembered.decisions, { "allow duo-approved": 1 });
  assert.equal(remembered.lastDecisions[0]?.user, "alice");
  const second = await login([]);
  assert.equal(second.code, "PAM_SUCCESS");
  assert.equal(emulator.pushes.length, 1);
  const revoked = await askDaemon(socket, "POST", "/trust/revoke", { user: "ALICE" });
  assert.deepEqual(revoked, { ok: true, value: { revoked: 1 } });
  const third = await login(["1"]);
  assert.equal(third.code, "PAM_SUCCESS");
  assert.equal(emulator.pushes.length, 2);
  assert.match(statusText(await status()), /decided {11}2 × allow duo-approved/);
  assert.doesNotMatch(JSON.stringify([await status(), daemon.lines]), /\|\|\d+\|\|/, "a token was shown");
});

test("what makes no sense is refused in words", async () => {
  for (const body of [undefined, {}, { all: "yes" }, { user: "" }, [1]]) {
    const answer = await askDaemon(socket, "POST", "/trust/revoke", body);
    assert.ok(!answer.ok && /user|all/.test(answer.error));
  }
  const lost = await askDaemon(socket, "GET", "/nowhere");
  assert.deepEqual(lost, { ok: false, error: "no such path" });
  const none = await askDaemon(join(daemon.folder, "none.sock"), "GET", "/status");
  assert.ok(!none.ok && /is the daemon running/.test(none.error));
});

test("HTTP: HEAD is GET without a body, and another method is told which ones there are", async () => {
  const where = { socketPath: socket };
  const get = await ask(where, "/status");
  assert.equal(get.status, 200);
  assert.equal(get.headers["content-type"], "application/json");
  assert.equal(get.headers["cache-control"], "no-store");
  const head = await ask(where, "/status", { method: "HEAD" });
  assert.deepEqual([head.status, head.text, head.headers["content-type"]], [200, "", "application/json"]);
  const rows: readonly (readonly [path: string, asked: Asked, status: number, allow: string | undefined])[] = [
    ["/status", { method: "POST", body: "{}" }, 405, "GET, HEAD"],
    ["/status", { method: "DELETE" }, 405, "GET, HEAD"],
    ["/trust/revoke", {}, 405, "POST"],
    ["/trust/revoke", { method: "HEAD" }, 405, "POST"],
    ["/status/", {}, 404, undefined],
    ["/__proto__", {}, 404, undefined],
    ["//[", {}, 400, undefined],
    ["/status?x=1", {}, 200, undefined],
    ["http://duogate/status", {}, 200, undefined],
    ["/decisions?last=0", {}, 200, undefined],
    ["/decisions?last=201", {}, 400, undefined],
    ["/decisions?last=-1", {}, 400, undefined],
    ["/decisions?first=1", {}, 400, undefined],
    ["/decisions/follow?last=x", {}, 400, undefined],
    ["/decisions/follow", { method: "HEAD" }, 200, undefined],
    ["/trust/revoke", { method: "POST", body: "{" }, 400, undefined],
    ["/trust/revoke", { method: "POST", body: `"${"x".repeat(70_000)}"` }, 413, undefined],
  ];
  for (const [path, asked, status, allow] of rows) {
    const answer = await ask(where, path, asked);
    const name = `${asked.method ?? "GET"} ${path}`;
    assert.deepEqual([answer.status, answer.headers.allow], [status, allow], name);
    if (status >= 400 && asked.method !== "HEAD") {
      const { error } = JSON.parse(answer.text) as { readonly error: unknown };
      assert.equal(typeof error, "string", name);
    }
  }
});

test("decisions can be asked for, and followed as they come", async () => {
  emulator.whenPushed("alice", "deny");
  await askDaemon(socket, "POST", "/trust/revoke", { all: true });
  const stop = new AbortController();
  const heard: unknown[] = [];
  const live = new Promise<void>((resolve) => {
    const ended = followStream(
      socket,
      "/decisions/follow?last=1",
      (value) => {
        heard.push(value);
        if (typeof value === "object" && value !== null && "notice" in value) resolve();
        if (heard.length === 3) stop.abort();
      },
      stop.signal,
    );
    stop.signal.addEventListener("abort", () => void ended);
  });
  await live;
  const over = once(stop.signal, "abort");
  assert.equal((await login(["1", "1", "1"])).code, "PAM_MAXTRIES");
  await over;
  const [past, notice, now] = heard as readonly Readonly<Record<string, unknown>>[];
  assert.equal(past?.["verdict"], "allow");
  assert.deepEqual(notice, { notice: "live" });
  assert.deepEqual([now?.["user"], now?.["service"], now?.["verdict"]], ["alice", "login", "max-tries"]);
  const { decisions } = JSON.parse((await ask({ socketPath: socket }, "/decisions?last=2")).text) as {
    readonly decisions: readonly unknown[];
  };
  assert.deepEqual(decisions, [now, past]);
});

test("readers that follow are few, and those who have left count no more", async () => {
  const follow = async () => {
    const reader = connect(socket);
    reader.write("GET /decisions/follow HTTP/1.1\r\nHost: duogate\r\n\r\n");
    const [first]: readonly unknown[] = await once(reader, "data");
    return { reader, status: String(first).split(" ")[1] };
  };
  const readers = [];
  for (let count = 0; count < 16; count += 1) readers.push(await follow());
  assert.deepEqual(new Set(readers.map(({ status }) => status)), new Set(["200"]));
  assert.equal((await ask({ socketPath: socket }, "/decisions/follow")).status, 503);
  for (const { reader } of readers) reader.destroy();
  const followers = async () => seriesOf((await ask({ socketPath: socket }, "/metrics")).text).get(FOLLOWERS);
  for (let asked = 0; asked < 200 && (await followers()) !== 0; asked += 1);
  assert.equal(await followers(), 0);
});
