// A listening socket that stops accepting and goes on: who connects meanwhile waits in the kernel's queue, and its length is what
// the units say.

import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { listeningSockets } from "../../src/cli/daemon/listening-sockets.ts";
import { openLibc } from "../../src/ffi/libc.ts";
import { Listener } from "../../src/gateway/listener.ts";
import { BACKLOG } from "../../src/gateway/socket-place.ts";
import { testFolder } from "../fault/command.ts";
import { eventually } from "../support/leak.ts";
import { setStage } from "../support/pam-stage.ts";
import { repositoryFile } from "../support/repository.ts";
import { noQueues, queues } from "../support/socket-queues.ts";

async function open(t: TestContext) {
  const libc = openLibc();
  if (!libc.ok) throw new Error(JSON.stringify(libc.error));
  const path = join(testFolder(t), "login.sock");
  const accepted: Socket[] = [];
  const errors: Error[] = [];
  const listener: Listener = await Listener.open(
    { path },
    {
      door: "login",
      sockets: listeningSockets(libc.value),
      onConnection(socket) {
        accepted.push(socket);
        if (accepted.length % 2 === 0) listener.pause();
      },
      onError: (error) => errors.push(error),
    },
  );
  t.after(() => {
    listener.close();
    for (const socket of accepted) socket.destroy();
    assert.deepEqual(errors, []);
  });
  return { path, accepted, listener };
}

function connected(t: TestContext, path: string): Promise<Socket> {
  const socket = connect(path);
  t.after(() => socket.destroy());
  return new Promise((resolve, reject) => socket.once("connect", () => resolve(socket)).once("error", reject));
}

test("a pause leaves connections in the queue, and the next one after it gets the first of them", async (t) => {
  const { path, accepted, listener } = await open(t);
  assert.equal(statSync(path).mode & 0o777, 0o666);
  const said = ["one", "two", "three", "four", "five"];
  for (const word of said) (await connected(t, path)).write(word);
  await eventually("two are accepted", () => accepted.length === 2);
  for (const expected of [4, 5]) {
    listener.resume();
    await eventually("two more", () => accepted.length === expected);
  }
  const heard = await Promise.all(
    accepted.map((socket) => new Promise<string>((resolve) => socket.once("data", (bytes) => resolve(String(bytes))))),
  );
  assert.deepEqual(heard, said);
});

test("after the end nobody listens, and the file is gone", async (t) => {
  const { path, listener } = await open(t);
  listener.pause();
  listener.resume();
  listener.close();
  listener.resume();
  assert.equal(existsSync(path), false);
  await assert.rejects(connected(t, path), /ENOENT/);
});

test("the queues of the daemon's sockets are as long as the units say, not Node's 511", {
  skip: noQueues(),
}, async (t) => {
  const cap = Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8"));
  const { daemon } = await setStage(t);
  const found = queues(daemon.folder);
  for (const door of ["pam", "login", "control"] as const) {
    const unit = repositoryFile(`systemd/duogated${door === "pam" ? "" : `-${door}`}.socket`);
    const said = Number(/^Backlog=(\d+)$/m.exec(readFileSync(unit, "utf8"))?.[1]);
    assert.equal(BACKLOG[door], said);
    assert.equal(found.get(`${door}.sock`), Math.min(said, cap));
  }
});
