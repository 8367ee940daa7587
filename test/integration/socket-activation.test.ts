// Sockets that somebody else opened: the daemon takes them by LISTEN_FDS, serves what was waiting there, leaves them in place
// at its end, and shows its own uid in place of the opener's as soon as it listens. systemd's own tool opens them where it is
// installed, a few lines of Python with the same variables otherwise.

import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, existsSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { describe, type TestContext, test } from "node:test";
import { openLibc } from "../../src/ffi/libc.ts";
import { createPeerCredentials, socketFd } from "../../src/ffi/peer-credentials.ts";
import { BACKLOG } from "../../src/gateway/socket-place.ts";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import { testFolder } from "../fault/command.ts";
import { configText, type LogLine } from "../support/gateway.ts";
import { HelperClient, start } from "../support/helper-client.ts";
import { eventually } from "../support/leak.ts";
import { runModule } from "../support/pam-module.ts";
import { repositoryFile } from "../support/repository.ts";
import { noQueues, queues } from "../support/socket-queues.ts";

const main = repositoryFile("dist/src/main.js");
const isRoot = process.getuid?.() === 0;
const NOBODY = Number(execFileSync("id", ["-u", "nobody"]).toString());
const nobodyCanRead = isRoot && spawnSync("test", ["-r", main], { uid: NOBODY }).status === 0;
/** The daemon's own uid where it can differ from the opener's. */
const daemonUid = nobodyCanRead ? NOBODY : (process.getuid?.() ?? 0);

/** Opens argv[1] as pam and argv[2] as login, and becomes the rest of argv, as systemd would start it. */
const OPENER = `
import os, socket, sys
for fd, path in ((3, sys.argv[1]), (4, sys.argv[2])):
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    s.listen(16)
    os.dup2(s.fileno(), fd + 100)
    s.close()
for fd in (3, 4):
    os.dup2(fd + 100, fd)
    os.close(fd + 100)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="pam:login")
print("opened", flush=True)
sys.stdin.readline()
os.execvp(sys.argv[3], sys.argv[3:])
`;

interface Activated {
  readonly pam: string;
  readonly login: string;
  readonly lines: readonly LogLine[];
  /** Lets the daemon start; systemd's tool waits for a connection instead. */
  go(): void;
  stop(): Promise<number | string>;
}

type Opener = (pam: string, login: string, command: readonly string[]) => readonly string[];

const withPython: Opener = (pam, login, command) => ["python3", "-c", OPENER, pam, login, ...command];
const withSystemd: Opener = (pam, login, command) => [
  "systemd-socket-activate",
  ...["--fdname=pam:login", "-l", pam, "-l", login, "--"],
  ...command,
];

async function activate(
  t: TestContext,
  emulator: Emulator,
  opener: Opener,
  gatewayLines: readonly string[] = [],
): Promise<Activated> {
  const folder = testFolder(t);
  const [pam, login, config, caFile] = ["pam.sock", "login.sock", "duogate.conf", "ca.pem"].map((name) =>
    join(folder, name),
  );
  if (pam === undefined || login === undefined || config === undefined || caFile === undefined) throw new Error("four");
  copyFileSync(emulator.caFile, caFile);
  writeFileSync(config, configText({ duo: { ...emulator, caFile }, gatewayLines }, folder), { mode: 0o600 });
  chmodSync(folder, 0o755);
  if (daemonUid !== process.getuid?.()) for (const path of [caFile, config]) chownSync(path, daemonUid, daemonUid);
  const drop = nobodyCanRead ? ["setpriv", `--reuid=${NOBODY}`, "--clear-groups"] : [];
  const [program = "", ...args] = opener(pam, login, [...drop, process.execPath, main, "run", "--config", config]);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  const lines: LogLine[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{")) lines.push(JSON.parse(line) as LogLine);
  });
  const ended = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const stop = (): Promise<number | string> => {
    child.kill("SIGTERM");
    return ended;
  };
  t.after(stop);
  await eventually("the sockets are open", () => existsSync(pam) && existsSync(login));
  return { pam, login, lines, go: () => void child.stdin.end("\n"), stop };
}

/** The uid that the kernel shows a helper that connects now. */
async function shownUid(path: string): Promise<number> {
  const libc = openLibc();
  if (!libc.ok) throw new Error(JSON.stringify(libc.error));
  const socket = connect(path);
  await new Promise((resolve) => socket.once("connect", resolve));
  const fd = socketFd(socket);
  const peer = createPeerCredentials(libc.value)(fd ?? -1);
  socket.destroy();
  if (!peer.ok) throw new Error(JSON.stringify(peer.error));
  return peer.value.uid;
}

test("a daemon that is told to stop serves who knocks while somebody is logging in, and then leaves its sockets", async (t) => {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  const daemon = await activate(t, emulator, withPython);
  daemon.go();
  const slow = await HelperClient.connect(daemon.pam);
  slow.send(start({ user: "alice" }));
  await slow.nextOf("prompt");
  const ended = daemon.stop();
  await eventually("it stops", () => daemon.lines.some(({ event }) => event === "stopping"));
  const login = await runModule({ socket: daemon.pam, owner: daemonUid, answers: ["100001"] });
  assert.equal(login.code, "PAM_SUCCESS");
  slow.answer("100002");
  assert.equal((await slow.nextOf("verdict")).verdict, "allow");
  assert.equal(await ended, 0);
  assert.ok(existsSync(daemon.pam));
});

test("it does not stay for ever where somebody is always logging in", async (t) => {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  const daemon = await activate(t, emulator, withPython, ["shutdown_timeout = 1500ms"]);
  daemon.go();
  const before = await HelperClient.connect(daemon.pam);
  before.send(start({ user: "alice" }));
  await before.nextOf("prompt");
  const began = performance.now();
  const ended = daemon.stop();
  await eventually("it stops", () => daemon.lines.some(({ event }) => event === "stopping"));
  const meanwhile = await HelperClient.connect(daemon.pam);
  meanwhile.send(start({ user: "alice" }));
  await meanwhile.nextOf("prompt");
  assert.equal(await ended, 0);
  const took = performance.now() - began;
  assert.ok(took > 1400 && took < 4000, `it took ${took} ms`);
  assert.deepEqual([await before.rest(), await meanwhile.rest()], [[], []]);
});

const hasSystemd = spawnSync("systemd-socket-activate", ["--version"]).status === 0;
const openers: readonly (readonly [string, Opener, string | false])[] = [
  ["systemd-socket-activate", withSystemd, hasSystemd ? false : "systemd-socket-activate is not installed"],
  ["python", withPython, false],
];

describe("a daemon whose sockets somebody else opened", () => {
  for (const [name, opener, skip] of openers) {
    test(`by ${name}`, { skip }, async (t) => {
      const emulator = await startEmulator();
      t.after(() => emulator.close());
      const daemon = await activate(t, emulator, opener);
      if (opener === withPython) assert.equal(await shownUid(daemon.pam), process.getuid?.());
      // It waits in the queue until the daemon is there: nobody is refused during a start.
      const early = await HelperClient.connect(daemon.pam);
      early.send(start({ user: "carol" }));
      daemon.go();
      assert.equal((await early.nextOf("verdict")).verdict, "allow");
      assert.deepEqual([await shownUid(daemon.pam), await shownUid(daemon.login)], [daemonUid, daemonUid]);
      if (noQueues() === false) {
        assert.deepEqual([...queues(dirname(daemon.pam))].sort(), [
          ["login.sock", BACKLOG.login],
          ["pam.sock", BACKLOG.pam],
        ]);
      }
      const login = await runModule({ socket: daemon.pam, owner: daemonUid, answers: ["100001"] });
      assert.equal(login.code, "PAM_SUCCESS");
      assert.equal(await daemon.stop(), 0);
      // They are systemd's to remove: the next start must find them.
      assert.deepEqual([existsSync(daemon.pam), existsSync(daemon.login)], [true, true]);
      assert.deepEqual(
        daemon.lines.filter(({ event }) => event === "defect"),
        [],
      );
    });
  }
});
