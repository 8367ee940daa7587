// What stands between the module and a daemon that is well: a stopped daemon with a full backlog, a folder that others can
// write, somebody else's socket, somebody else's process behind it. Only the first is an outage; the others always deny.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, type TestContext, test } from "node:test";
import type { TestDaemon } from "../support/gateway.ts";
import { baseline, expectDescriptors, expectDrains } from "../support/leak.ts";
import { runModule } from "../support/pam-module.ts";
import { loginRequests, type Stage, setStage } from "../support/pam-stage.ts";
import { privateFolder } from "../unit/ffi/compile.ts";

const STRANGER = 4242;
const needsRoot = process.getuid?.() === 0 ? false : "needs root: only root can give things to another user";

/** Connects until the kernel says that the queue is full. */
async function fillBacklog(path: string): Promise<readonly Socket[]> {
  const held: Socket[] = [];
  for (;;) {
    const socket = connect(path);
    const connected = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", (error: NodeJS.ErrnoException) => {
        assert.equal(error.code, "EAGAIN");
        resolve(false);
      });
    });
    if (!connected) return held;
    held.push(socket);
    assert.ok(held.length < 5000, "the backlog has no end");
  }
}

describe("a daemon that does not accept", { concurrency: 2, timeout: 60_000 }, () => {
  for (const [failmode, code] of [
    ["safe", "PAM_SUCCESS"],
    ["secure", "PAM_AUTHINFO_UNAVAIL"],
  ] as const) {
    test(`with a full backlog the module gives up in 3 s, failmode=${failmode}`, async (t) => {
      const stage = await setStage(t);
      const { daemon, emulator } = stage;
      await daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
      const before = baseline(daemon);
      process.kill(daemon.pid, "SIGSTOP");
      t.after(() => daemon.kill("SIGCONT"));
      const held = await fillBacklog(daemon.pamSocket);
      const login = await runModule({ socket: daemon.pamSocket, args: `failmode=${failmode}` });
      assert.equal(login.code, code);
      assert.ok(login.elapsedMs > 2900 && login.elapsedMs < 4500, `took ${login.elapsedMs} ms`);
      for (const socket of held) socket.destroy();
      process.kill(daemon.pid, "SIGCONT");
      // The daemon finds hundreds of connections that are gone, and is none the worse for it.
      assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["100001"] })).code, "PAM_SUCCESS");
      await expectDescriptors(daemon, before);
      assert.equal(loginRequests(emulator).length, 2);
      await expectDrains(daemon, emulator);
    });
  }
});

type Arrange = (daemon: TestDaemon, t: TestContext) => Promise<string> | string;

const impostors: Readonly<Record<string, { readonly arrange: Arrange; readonly root?: boolean }>> = {
  "a folder that others can write": {
    arrange: (daemon) => {
      chmodSync(daemon.folder, 0o777);
      return daemon.pamSocket;
    },
  },
  "a folder that is a symbolic link": {
    arrange: (daemon, t) => {
      const link = join(privateFolder(t), "link");
      symlinkSync(daemon.folder, link);
      return join(link, "pam.sock");
    },
  },
  "a socket that is a symbolic link": {
    arrange: (daemon) => {
      renameSync(daemon.pamSocket, `${daemon.pamSocket}.real`);
      symlinkSync(`${daemon.pamSocket}.real`, daemon.pamSocket);
      return daemon.pamSocket;
    },
  },
  "a stranger's folder": {
    root: true,
    arrange: (daemon) => {
      chownSync(daemon.folder, STRANGER, STRANGER);
      return daemon.pamSocket;
    },
  },
  "a stranger's socket": {
    root: true,
    arrange: (daemon) => {
      chownSync(daemon.pamSocket, STRANGER, STRANGER);
      return daemon.pamSocket;
    },
  },
  "a stranger's process behind root's socket": { root: true, arrange: strangersProcess },
};

describe("an impostor is refused, whatever failmode says", { concurrency: 2, timeout: 60_000 }, () => {
  for (const [name, { arrange, root = false }] of Object.entries(impostors)) {
    test(name, { skip: root && needsRoot }, async (t) => {
      const stage: Stage = await setStage(t);
      const socket = await arrange(stage.daemon, t);
      assert.ok(existsSync(socket));
      const login = await runModule({ socket, owner: 0, args: "failmode=safe", answers: ["100001"] });
      assert.equal(login.code, "PAM_SYSTEM_ERR");
      assert.deepEqual(
        login.spoken.map(({ text }) => text),
        ["duogate is not set up correctly; access denied. Ask your administrator."],
      );
      assert.equal(loginRequests(stage.emulator).length, 0);
    });
  }
});

/** Root binds, a stranger listens: the path is right, and the kernel tells who it is. It prints what it is sent. */
async function strangersProcess(_daemon: TestDaemon, t: TestContext): Promise<string> {
  const folder = join(privateFolder(t), "run");
  mkdirSync(folder);
  const path = join(folder, "pam.sock");
  const code = [
    "import os, socket, sys",
    "s = socket.socket(socket.AF_UNIX)",
    "s.bind(sys.argv[1])",
    `os.setgid(${STRANGER}); os.setuid(${STRANGER})`,
    "s.listen(1)",
    "s.settimeout(20)",
    "print('listening', flush=True)",
    "connection = s.accept()[0]",
    "connection.settimeout(20)",
    "print(len(connection.recv(1)), flush=True)",
  ].join("\n");
  const child = spawn("python3", ["-c", code, path], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  const listening = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      resolve();
    });
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  t.after(async () => {
    await ended;
    assert.deepEqual(lines, ["listening", "0"], "the stranger was sent something");
  });
  await listening;
  return path;
}
