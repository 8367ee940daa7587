// Who may ask for what: pam.sock is root's and the daemon's own, whatever the file's mode says; on login.sock everybody asks
// for themselves, whatever START says. And a daemon of its own user hides its memory from that user.

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";
import { type DaemonMessage, decodeDaemonMessage } from "../../src/wire/messages.ts";
import { startEmulator } from "../emulator/emulator.ts";
import { testFolder } from "../fault/command.ts";
import { configText } from "../support/gateway.ts";
import { frameOf, start } from "../support/helper-client.ts";
import { runModule } from "../support/pam-module.ts";
import { decision, loginRequests, setStage } from "../support/pam-stage.ts";
import { repositoryFile } from "../support/repository.ts";

const NOBODY = Number(execFileSync("id", ["-u", "nobody"]).toString());
const NOBODYS_GROUP = Number(execFileSync("id", ["-g", "nobody"]).toString());
const asNobody = { uid: NOBODY, gid: NOBODYS_GROUP };
const main = repositoryFile("dist/src/main.js");

function obstacle(): string | false {
  if (process.getuid?.() !== 0) return "needs root: only root can become another user";
  const readable = spawnSync("test", ["-r", main], asNobody).status === 0;
  return readable ? false : "needs a checkout that the user nobody can read";
}
const skip = obstacle();

const SPEAK = `
  const socket = require("net").connect(process.argv[1], () => socket.write(Buffer.from(process.argv[2], "hex")));
  socket.on("data", (bytes) => process.stdout.write(bytes));
  socket.on("error", (error) => process.stderr.write(error.code));
`;

/** A process of nobody's that connects, sends the bytes, and prints what it gets. */
function helperOfNobody(socket: string, bytes: Buffer) {
  const args = ["-e", SPEAK, socket, bytes.toString("hex")];
  return spawn(process.execPath, args, { ...asNobody, cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
}

/** What the daemon says until it hangs up. */
async function askAsNobody(socket: string, bytes: Buffer): Promise<readonly DaemonMessage[]> {
  const child = helperOfNobody(socket, bytes);
  const said: Buffer[] = [];
  let trouble = "";
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => {
    trouble += chunk.toString();
  });
  await new Promise((resolve) => child.once("close", resolve));
  if (trouble !== "") throw new Error(trouble);
  return new FrameDecoder().push(Buffer.concat(said)).payloads.map((payload) => {
    const message = decodeDaemonMessage(payload);
    if (!message.ok) throw new Error(message.error.code);
    return message.value;
  });
}

test("pam.sock refuses a peer that is neither root nor the daemon, even when its mode lets it connect", {
  skip,
}, async (t) => {
  const { daemon, emulator } = await setStage(t);
  chmodSync(daemon.folder, 0o755);
  chmodSync(daemon.pamSocket, 0o666);
  const messages = await askAsNobody(daemon.pamSocket, frameOf(start()));
  assert.deepEqual(
    messages.map((message) => message.kind),
    ["welcome", "error", "verdict"],
  );
  const last = messages.at(-1);
  assert.equal(last?.kind === "verdict" && last.verdict, "deny");
  assert.equal((await decision(daemon))["reason"], "peer-not-allowed");
  assert.equal(loginRequests(emulator).length, 0);
});

test("pam.sock's mode alone keeps others out", { skip }, async (t) => {
  const { daemon } = await setStage(t);
  chmodSync(daemon.folder, 0o755);
  await assert.rejects(askAsNobody(daemon.pamSocket, frameOf(start())), /EACCES/);
});

test("login.sock asks for the peer's own name, and refuses another with both in the log", { skip }, async (t) => {
  const { daemon, emulator } = await setStage(t);
  emulator.setUser("nobody", { status: "bypass" });
  chmodSync(daemon.folder, 0o755);
  const messages = await askAsNobody(daemon.loginSocket, frameOf(start({ user: "nobody", caller: 0 })));
  const last = messages.at(-1);
  assert.equal(last?.kind === "verdict" && last.verdict, "allow");
  assert.deepEqual(
    loginRequests(emulator).map(({ params }) => params["username"]),
    ["nobody"],
  );
  const line = await decision(daemon);
  assert.deepEqual([line["user"], line["caller_uid"]], ["nobody", NOBODY]);
  assert.ok(!("claimed_user" in line));
  const before = daemon.lines.length;
  const refused = await askAsNobody(daemon.loginSocket, frameOf(start({ user: "root", caller: 0 })));
  assert.deepEqual(
    refused.map(({ kind }) => kind),
    ["welcome", "error", "verdict"],
  );
  const { user, claimed_user, caller_uid, reason } = await decision(daemon, before);
  assert.deepEqual([user, claimed_user, caller_uid, reason], ["nobody", "root", NOBODY, "not-own-account"]);
  assert.equal(loginRequests(emulator).length, 1);
});

test("one user cannot take all places of login.sock", { skip }, async (t) => {
  const { daemon, emulator } = await setStage(t, { gatewayLines: ["max_logins_per_uid = 1"] });
  emulator.setUser("nobody", { status: "bypass" });
  emulator.fault("preauth", { kind: "silent" }, { times: 1 });
  chmodSync(daemon.folder, 0o755);
  const asked = emulator.nextRequest("preauth", { after: 0 });
  const first = helperOfNobody(daemon.loginSocket, frameOf(start({ user: "nobody" })));
  t.after(() => first.kill("SIGKILL"));
  await asked;
  const messages = await askAsNobody(daemon.loginSocket, frameOf(start({ user: "nobody" })));
  const last = messages.at(-1);
  assert.equal(last?.kind === "verdict" && last.verdict, "deny");
  const refused = await daemon.line(({ event, reason }) => event === "decision" && reason === "too-many-logins");
  assert.equal(refused["verdict"], "deny");
});

test("a peer that says nothing is told nothing", { skip }, async (t) => {
  const { daemon } = await setStage(t);
  chmodSync(daemon.folder, 0o755);
  assert.deepEqual(await askAsNobody(daemon.loginSocket, encodeFrame(Buffer.from([0x7f]))), []);
  await daemon.line(({ event, peer_uid }) => event === "protocol-violation" && peer_uid === NOBODY);
});

test("as a user of its own the daemon answers root, and that user cannot look into it", { skip }, async (t) => {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  const { folder, pid } = await daemonOfNobody(t, emulator);
  const socket = join(folder, "pam.sock");
  assert.equal((await runModule({ socket, owner: NOBODY, answers: ["100001"] })).code, "PAM_SUCCESS");
  // Without owner= the folder and the process are a stranger's.
  assert.equal((await runModule({ socket, owner: 0, args: "failmode=safe" })).code, "PAM_SYSTEM_ERR");
  // PR_SET_DUMPABLE 0: the kernel gives the process's files in /proc to root.
  assert.equal(statSync(`/proc/${pid}/environ`).uid, 0);
  assert.notEqual(spawnSync("cat", [`/proc/${pid}/environ`], asNobody).status, 0);
});

/** The daemon as nobody, in a folder of nobody's. */
async function daemonOfNobody(
  t: TestContext,
  emulator: Awaited<ReturnType<typeof startEmulator>>,
): Promise<{ readonly folder: string; readonly pid: number }> {
  const folder = testFolder(t);
  const config = join(folder, "duogate.conf");
  const caFile = join(folder, "ca.pem");
  copyFileSync(emulator.caFile, caFile);
  writeFileSync(config, configText({ duo: { ...emulator, caFile } }, folder), { mode: 0o600 });
  for (const path of [caFile, config, folder]) chownSync(path, NOBODY, NOBODYS_GROUP);
  const child = spawn(process.execPath, [main, "run", "--config", config], {
    ...asNobody,
    cwd: "/",
    env: {},
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  t.after(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    child.once("close", () => reject(new Error("the daemon of nobody ended")));
    createInterface({ input: child.stdout }).once("line", () => resolve());
  });
  return { folder, pid: child.pid ?? -1 };
}
