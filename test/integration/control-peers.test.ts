// Who gets an answer on control.sock: by the kernel's word, root and the daemon's own account, and nobody else on any path.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { err, ok, type Result } from "../../src/core/result.ts";
import { openControl } from "../../src/gateway/control-server.ts";
import type { HttpReply } from "../../src/gateway/http-routes.ts";
import type { Peer } from "../../src/gateway/ports.ts";
import { ask } from "../support/control.ts";

const OWN_UID = 990;

test("root and the daemon's own account are answered; others are refused before anything is looked at", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "duogate-peers-"));
  t.after(() => rmSync(folder, { recursive: true }));
  let peer: Result<Peer, string> = err("gone");
  let asked = 0;
  const answer = (): HttpReply => {
    asked += 1;
    return { status: 200, body: {} };
  };
  const routes = {
    "/status": { GET: answer },
    "/trust/revoke": { POST: answer },
    "/decisions/follow": { GET: (): HttpReply => ({ status: 200, start: () => assert.fail("a stream was begun") }) },
  };
  const socketPath = join(folder, "control.sock");
  const parts = { routes, readPeer: () => peer, ownUid: OWN_UID, onError: (error: Error) => assert.fail(error) };
  const door = await openControl({ path: socketPath }, parts);
  t.after(() => door.close());
  const statusOf = async (path: string, method = "GET") => (await ask({ socketPath }, path, { method })).status;

  for (const refused of [err("gone"), ok({ pid: 1, uid: 1000 }), ok({ pid: 1, uid: 65_534 })]) {
    peer = refused;
    for (const path of ["/status", "/decisions/follow", "/nowhere"]) assert.equal(await statusOf(path), 403, path);
    assert.equal(await statusOf("/trust/revoke", "POST"), 403);
    assert.equal(await statusOf("/status", "HEAD"), 403);
  }
  assert.equal(asked, 0);
  for (const uid of [0, OWN_UID]) {
    peer = ok({ pid: 1, uid });
    assert.equal(await statusOf("/status"), 200);
    assert.equal(await statusOf("/trust/revoke", "POST"), 200);
  }
  assert.equal(asked, 4);
});
