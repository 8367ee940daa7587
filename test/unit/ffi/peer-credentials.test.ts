// Who is at the other end of a socket: ourselves over a Unix socket, nobody over the rest, an error for no socket.

import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { createConnection, createServer, type Server, Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Libc } from "../../../src/ffi/libc.ts";
import { createPeerCredentials, socketFd } from "../../../src/ffi/peer-credentials.ts";
import { privateFolder } from "./compile.ts";
import { libcForTest } from "./handle.ts";

const peerCredentials = createPeerCredentials(libcForTest());

test("the peer of a Unix connection is the process that connected", async (t) => {
  const { accepted } = await connect(t, { path: join(privateFolder(t), "s") });
  const fd = socketFd(accepted);
  assert.ok(fd !== undefined);
  assert.deepEqual(peerCredentials(fd), {
    ok: true,
    value: { pid: process.pid, uid: process.geteuid?.(), gid: process.getegid?.() },
  });
});

test("a TCP connection and a listening socket have no peer process", async (t) => {
  const tcp = await connect(t, { host: "127.0.0.1", port: 0 });
  const fd = socketFd(tcp.accepted);
  assert.ok(fd !== undefined);
  assert.deepEqual(peerCredentials(fd), { ok: false, error: { code: "no-peer" } });
  const opened = libcForTest().socket.call(1, 1, 0);
  t.after(() => closeSync(opened));
  assert.deepEqual(peerCredentials(opened), { ok: false, error: { code: "no-peer" } });
});

test("what is no socket fails with the kernel's reason", (t) => {
  const file = openSync("/dev/null", "r");
  t.after(() => closeSync(file));
  const call = "getsockopt(SO_PEERCRED)";
  const expected = (errno: number, errnoName: string) => ({
    ok: false,
    error: { code: "system-call", call, errno, errnoName },
  });
  assert.deepEqual(peerCredentials(file), expected(88, "ENOTSOCK"));
  assert.deepEqual(peerCredentials(-1), expected(9, "EBADF"));
  assert.deepEqual(peerCredentials(1_000_000), expected(9, "EBADF"));
});

test("a kernel that writes nothing never looks like an earlier peer or like root", async (t) => {
  const silent = libcForTest();
  let speak = true;
  const real = silent.getsockopt.call;
  const getsockopt: Libc["getsockopt"] = { ...silent.getsockopt, call: (...args) => (speak ? real(...args) : 0) };
  const read = createPeerCredentials({ ...silent, getsockopt });
  const { accepted } = await connect(t, { path: join(privateFolder(t), "s") });
  const fd = socketFd(accepted);
  assert.ok(fd !== undefined && read(fd).ok);
  speak = false;
  assert.deepEqual(read(fd), { ok: false, error: { code: "no-peer" } });
});

test("a socket that is closed or was never opened has no descriptor", async (t) => {
  assert.equal(socketFd(new Socket()), undefined);
  const { accepted } = await connect(t, { path: join(privateFolder(t), "s") });
  accepted.destroy();
  assert.equal(socketFd(accepted), undefined);
  for (const fd of [-1, 0.5, "3", undefined]) {
    const odd = new Socket();
    Reflect.set(odd, "_handle", { fd });
    assert.equal(socketFd(odd), undefined);
  }
});

type Target = { readonly path: string } | { readonly host: string; readonly port: number };

async function connect(t: TestContext, target: Target): Promise<{ readonly accepted: Socket }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(target, resolve));
  const connection = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const client = createConnection(addressOf(server));
  const accepted = await connection;
  t.after(() => {
    client.destroy();
    accepted.destroy();
    server.close();
  });
  return { accepted };
}

function addressOf(server: Server): { path: string } | { host: string; port: number } {
  const address = server.address();
  if (address === null) throw new Error("the server does not listen");
  return typeof address === "string" ? { path: address } : { host: address.address, port: address.port };
}
