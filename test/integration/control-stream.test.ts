// A reader of the stream of decisions that does not read: over a real socket little is kept for it, and when it reads again it
// learns how many decisions it missed.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { controlRoutes } from "../../src/cli/daemon/control-routes.ts";
import { ok } from "../../src/core/result.ts";
import { deny } from "../../src/core/verdict.ts";
import { openControl } from "../../src/gateway/control-server.ts";
import { DecisionStats } from "../../src/gateway/decision-stats.ts";
import { emptyRecord } from "../../src/login/record.ts";
import { TrustedDevices } from "../../src/login/trusted-devices.ts";
import { FakeClock, turn } from "../support/fake-clock.ts";

/** Far more than the kernel's and Node's buffers hold. */
const DECISIONS = 20_000;

test("what a reader does not take is left out, counted, and kept nowhere", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "duogate-stream-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "control.sock");
  const stats = new DecisionStats();
  const unused = () => assert.fail("not asked for");
  const devices = new TrustedDevices(new FakeClock());
  const routes = controlRoutes({ status: unused, metrics: unused, stats, devices, revoked: unused, reload: unused });
  const readPeer = () => ok({ pid: 1, uid: 0 });
  const door = await openControl({ path }, { routes, readPeer, ownUid: 0, onError: (error) => assert.fail(error) });
  t.after(() => door.close());
  const reader = connect(path);
  reader.write("GET /decisions/follow HTTP/1.1\r\nHost: duogate\r\n\r\n");
  await once(reader, "readable");

  for (let number = 0; number < DECISIONS; number += 1) {
    stats.keep(decision(number), 0);
    if (number % 100 === 0) await turn();
  }
  await turn();
  let seen = 0;
  let lost = 0;
  for await (const line of createInterface({ input: reader })) {
    if (line.includes('"transaction"')) seen += 1;
    lost = Number(/"notice":"lost","count":(\d+)/.exec(line)?.[1] ?? 0);
    if (seen + lost >= DECISIONS) break;
  }
  assert.equal(seen + lost, DECISIONS);
  // What the kernel and Node hold for one connection; all of them would be five megabytes.
  assert.ok(seen > 0 && seen < 5000, `${seen} were kept for a reader that did not read`);
  reader.destroy();
});

function decision(number: number) {
  const seen = { rhostTrusted: true, interactive: true, showsMessages: true, callerUid: 0, budgetMs: 1 };
  return {
    transaction: `tx-${number}`,
    door: "pam",
    peer: { pid: 1, uid: 0 },
    facts: { user: "alice", service: "sshd", ...seen },
    verdict: deny("duo-denied"),
    record: emptyRecord(),
    durationMs: 1,
  } as const;
}
