// The status as text: what a person needs is in it, and nothing that a user, Duo or a daemon chose can harm the terminal.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { asDaemonStatus } from "../../../../src/cli/control/status-shape.ts";
import { statusText } from "../../../../src/cli/control/status-text.ts";
import {
  type ConnectionStatus,
  connectionProblems,
  type DaemonStatus,
} from "../../../../src/cli/daemon/daemon-status.ts";

const CONNECTION: ConnectionStatus = {
  sections: [
    { name: "duo", failmode: "secure" },
    { name: "service:sudo", failmode: "safe" },
  ],
  host: "api-1.example",
  api: "v2",
  health: "answers",
  keys: "accepted",
  clockOffsetMs: 0,
  outage: undefined,
  outages: 0,
};

const STATUS: DaemonStatus = {
  version: "1.2.3",
  uptimeSeconds: 3 * 86_400 + 7200,
  problems: [],
  pendingLogins: 2,
  pushesOut: 1,
  rememberedDevices: 3,
  connections: [CONNECTION],
  latency: { login: { count: 2, p50: 2000, p90: 8000.5, p99: 9000 }, processing: { count: 0 }, duo: { count: 0 } },
  decisions: { "deny duo-denied": 1, "allow duo-approved": 12 },
  lastDecisions: [],
};

describe("the status", () => {
  it("has its parts in columns", () => {
    assert.deepEqual(statusText(STATUS).split("\n"), [
      "duogated          1.2.3, up 3 d 2 h",
      "problems          none",
      "Duo               api-1.example: answers, keys accepted, api = v2",
      "                    for [duo] failmode = secure, [service:sudo] failmode = safe",
      "                    no outage",
      "logins            2 under way, 1 pushes or calls out, 3 remembered devices",
      "latency in ms           p50      p90      p99   of the last",
      "  whole login        2000.0   8000.5   9000.0   2",
      "  without the user        -        -        -   0",
      "  Duo's answers           -        -        -   0",
      "decided           12 × allow duo-approved",
      "                  1 × deny duo-denied",
      "last decisions",
      "  none yet",
    ]);
  });

  it("says what is the matter", () => {
    const outage = { since: "2026-11-22T00:00:00.000Z", failure: "connect-failed", affectedLogins: 4 };
    const text = statusText({
      ...STATUS,
      problems: ["one", "two"],
      connections: [{ ...CONNECTION, outage, outages: 1 }],
    });
    assert.match(text, /^problems {10}one\n {18}two$/m);
    assert.match(text, /outage since 2026-11-22T00:00:00\.000Z: connect-failed, met by 4 logins/);
    assert.match(statusText({ ...STATUS, connections: [{ ...CONNECTION, outages: 2 }] }), /no outage now, 2 before/);
  });

  it("is harmless on a terminal, whatever is in it", () => {
    const evil = "\u001b]0;x\u0007\u202e\u009b2J\nroot";
    const decision = {
      at: evil,
      transaction: evil,
      user: evil,
      duoUser: evil,
      service: evil,
      rhost: evil,
      verdict: evil,
      reason: evil,
      factor: evil,
      durationMs: 1,
      userMs: 0,
    };
    const outage = { since: evil, failure: evil, affectedLogins: 1 };
    const sections = [{ name: evil, failmode: "safe" as const }];
    const text = statusText({
      ...STATUS,
      version: evil,
      problems: [evil],
      connections: [{ ...CONNECTION, sections, host: evil, api: evil, health: evil, keys: evil, outage }],
      decisions: { [evil]: 1 },
      lastDecisions: [decision],
    });
    assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    assert.doesNotMatch(text, /^root/m, "a name began a line of its own");
  });
});

describe("an answer", () => {
  it("is a status only in its shape: a daemon of another version is no stack trace", () => {
    assert.equal(asDaemonStatus(STATUS), STATUS);
    for (const value of [null, "x", [], {}, { ...STATUS, problems: undefined }, { ...STATUS, latency: 1 }]) {
      assert.equal(asDaemonStatus(value), undefined);
    }
  });
});

describe("what is wrong with a connection", () => {
  const outage = { since: "2026-11-22T00:00:00.000Z", failure: "timeout", affectedLogins: 1 };
  const rows: readonly (readonly [name: string, change: Partial<ConnectionStatus>, problems: readonly RegExp[]])[] = [
    ["nothing", {}, []],
    ["nothing yet", { health: "not asked yet", keys: "not-tried", clockOffsetMs: undefined }, []],
    ["an outage, and not its ping as well", { outage, health: "timeout" }, [/cannot be reached since .*\(timeout\)/]],
    ["a ping that failed before any login", { health: "resolve-failed" }, [/ping failed \(resolve-failed\)/]],
    ["a clock that is wrong", { health: "offset" }, [/clock is wrong/]],
    ["a clock beyond belief", { health: "clock", keys: "bad-clock" }, [/more than a day/, /refuses.*\(bad-clock\)/]],
    [
      "keys that Duo refuses",
      { keys: "bad-keys" },
      [/^\[duo\] api-1\.example: Duo refuses this machine.*\(bad-keys\)/],
    ],
  ];
  for (const [name, change, problems] of rows) {
    it(`is ${name}`, () => {
      const found = connectionProblems({ ...CONNECTION, ...change });
      assert.equal(found.length, problems.length, found.join());
      for (const [at, pattern] of problems.entries()) assert.match(found[at] ?? "", pattern);
    });
  }
});
