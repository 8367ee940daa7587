// The way to a socket, judged as the PAM module judges it; test/native/trust.test.ts has the same cases for the module.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { socketTrust } from "../../../src/host/path-trust.ts";
import { listeningSockets, socketHolders } from "../../../src/host/unix-listeners.ts";

const uid = process.getuid?.() ?? 0;

async function listening(t: TestContext) {
  const base = mkdtempSync(join(tmpdir(), "duogate-trust-"));
  const folder = join(base, "run");
  mkdirSync(folder, { mode: 0o755 });
  const path = join(folder, "pam.sock");
  const server = createServer().listen(path);
  await once(server, "listening");
  t.after(() => {
    server.close();
    rmSync(base, { recursive: true });
  });
  return { base, folder, path };
}

const faultOf = (path: string, owner = uid) => {
  const { fault } = socketTrust(path, owner);
  return fault === undefined ? "none" : `${fault.kind} ${fault.path}`;
};

describe("the way to a socket", () => {
  it("is trusted where every part is root's or ours, and /tmp is sticky", async (t) => {
    const { path } = await listening(t);
    chmodSync(path, 0o600);
    const trust = socketTrust(path, uid);
    assert.deepEqual(trust.fault === undefined && [trust.socket.uid, trust.socket.mode], [uid, 0o600]);
  });

  it("is not where others can write", async (t) => {
    const { folder, path } = await listening(t);
    for (const mode of [0o775, 0o757]) {
      chmodSync(folder, mode);
      assert.equal(faultOf(path), `writable ${folder}`);
    }
    chmodSync(folder, 0o1777);
    assert.equal(faultOf(path), `writable ${folder}`);
  });

  it("is not where somebody else owns a part", {
    skip: uid === 0 ? false : "needs root to give files away",
  }, async (t) => {
    const { base, folder, path } = await listening(t);
    chownSync(path, 12_345, 0);
    assert.equal(faultOf(path), `owner ${path}`);
    assert.equal(faultOf(path, 12_345), "none");
    chownSync(base, 12_346, 0);
    assert.equal(faultOf(path), `owner ${base}`);
    assert.notEqual(folder, base);
  });

  it("does not go over links, files and what is not there", async (t) => {
    const { base, folder, path } = await listening(t);
    symlinkSync(folder, join(base, "link"));
    assert.equal(faultOf(join(base, "link/pam.sock")), `symbolic-link ${join(base, "link")}`);
    symlinkSync(path, join(folder, "link.sock"));
    assert.equal(faultOf(join(folder, "link.sock")), `symbolic-link ${join(folder, "link.sock")}`);
    writeFileSync(join(base, "file"), "");
    assert.equal(faultOf(join(base, "file/pam.sock")), `not-a-folder ${join(base, "file")}`);
    assert.equal(faultOf(join(base, "file")), `not-a-socket ${join(base, "file")}`);
    assert.equal(faultOf(join(base, "missing/pam.sock")), `missing ${join(base, "missing")}`);
  });
});

describe("who listens", () => {
  it("is in the kernel's list, and the process that holds it is found", async (t) => {
    const { path, folder } = await listening(t);
    const inode = listeningSockets().get(path);
    assert.ok(inode !== undefined);
    assert.deepEqual(socketHolders(new Set([inode])).get(inode), [{ pid: process.pid, uid }]);
    assert.equal(listeningSockets().get(join(folder, "other.sock")), undefined);
  });

  it("is nobody once the listener has gone, though the file is there", async (t) => {
    const base = mkdtempSync(join(tmpdir(), "duogate-trust-"));
    t.after(() => rmSync(base, { recursive: true }));
    const path = join(base, "left.sock");
    const leave = `require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", leave, path]);
    assert.ok(existsSync(path));
    assert.equal(listeningSockets().get(path), undefined);
  });

  it("is nobody where only a connection is left", async (t) => {
    const { path } = await listening(t);
    const socket = connect(path);
    t.after(() => socket.destroy());
    await once(socket, "connect");
    assert.ok(listeningSockets().has(path));
    const text =
      "Num RefCount Protocol Flags Type St Inode Path\n0: 2 0 00010000 0001 01 7 /run/a b.sock\n0: 3 0 00000000 0001 03 8 /run/c.sock\n";
    const folder = mkdtempSync(join(tmpdir(), "duogate-proc-"));
    t.after(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, "net"));
    writeFileSync(join(folder, "net/unix"), text);
    assert.deepEqual([...listeningSockets(folder)], [["/run/a b.sock", 7]]);
  });
});
