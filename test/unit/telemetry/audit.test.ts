// The audit trail: the words, level and field names of each event, which other programs rely on.
// Longer than 200 lines because it is one table of events.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { DuoFailure } from "../../../src/core/failure.ts";
import {
  aborted,
  allowApproved,
  allowBypass,
  allowFailmodeSafe,
  allowOutsideGroups,
  deny,
  type Verdict,
} from "../../../src/core/verdict.ts";
import { type Audit, createAudit, type Decision } from "../../../src/telemetry/audit.ts";
import { capture } from "./capture.ts";

const DECISION: Decision = {
  verdict: allowApproved(),
  transaction: "t-1",
  user: "alice",
  service: "sshd",
  rhost: "192.0.2.7",
  callerUid: 0,
  peerPid: 4711,
  factor: "push",
  duoTxid: "aaaa-bbbb",
  duoStatus: "allow",
  attempts: 1,
  pushes: 1,
  durationMs: 1234.5,
};
const FAILURE: DuoFailure = {
  code: "bad-keys",
  stage: "preauth",
  httpStatus: 401,
  duoCode: 40_101,
  detail: "Missing request credentials",
};
const SUBJECT = { transaction: "t-1", user: "alice", service: "sudo" };

function linesOf(use: (audit: Audit) => void): readonly Record<string, unknown>[] {
  // At the highest level, because the audit trail does not depend on it.
  const { logger, parsed } = capture("error");
  use(createAudit(logger));
  return parsed().map(({ time: _time, ...line }) => line);
}

describe("a decision", () => {
  it("says so when the address is only the user's own word", () => {
    const [claimed, trusted, none] = linesOf((audit) => {
      audit.decision({ ...DECISION, rhostTrusted: false });
      audit.decision({ ...DECISION, rhostTrusted: true });
      audit.decision({ ...DECISION, rhostTrusted: false, rhost: undefined });
    });
    assert.equal(claimed?.["rhost_trusted"], false);
    assert.ok(![trusted, none].some((line) => "rhost_trusted" in (line ?? {})));
  });

  it("is one line with fixed names", () => {
    assert.deepEqual(
      linesOf((audit) => audit.decision(DECISION)),
      [
        {
          level: "info",
          event: "decision",
          user: "alice",
          service: "sshd",
          rhost: "192.0.2.7",
          factor: "push",
          verdict: "allow",
          reason: "duo-approved",
          transaction: "t-1",
          duo_txid: "aaaa-bbbb",
          duo_status: "allow",
          attempts: 1,
          pushes: 1,
          duration_ms: 1235,
          caller_uid: 0,
          peer_pid: 4711,
          msg: "Successful Duo login",
        },
      ],
    );
  });

  const words: readonly (readonly [verdict: Verdict, level: string, message: string])[] = [
    [allowApproved(), "info", "Successful Duo login"],
    [allowBypass(), "warn", "Skipped Duo login"],
    [allowOutsideGroups(), "info", "User alice bypassed Duo 2FA due to user's UNIX group"],
    [allowFailmodeSafe(), "warn", "Failsafe Duo login"],
    [{ kind: "unavailable", reason: "failmode-secure" }, "warn", "Failsecure Duo login"],
    [{ kind: "unavailable", reason: "outage-after-factor" }, "error", "Error in Duo login"],
    [{ kind: "max-tries", reason: "prompts-used-up" }, "warn", "Failed Duo login"],
    [{ kind: "misconfigured", reason: "duo-keys" }, "error", "Error in Duo login"],
    [deny("duo-denied"), "warn", "Aborted Duo login"],
    [deny("not-enrolled"), "warn", "Aborted Duo login"],
    [deny("defect"), "error", "Error in Duo login"],
    [aborted("user-cancelled"), "warn", "Aborted Duo login"],
  ];
  for (const [verdict, level, message] of words) {
    it(`${verdict.reason} is ${level}: ${message}`, () => {
      const [line] = linesOf((audit) => audit.decision({ ...DECISION, verdict }));
      assert.deepEqual(
        [line?.["level"], line?.["msg"], line?.["verdict"], line?.["reason"]],
        [level, message, verdict.kind, verdict.reason],
      );
    });
  }

  it("leaves out what is not known, and anything that is not in its list", () => {
    const { rhost: _rhost, factor: _factor, duoTxid: _duoTxid, ...rest } = DECISION;
    const more = { ...rest, passcode: "123456", note: "s3cret", rhost: undefined };
    const [line] = linesOf((audit) => audit.decision(more));
    assert.ok(!/123456|s3cret/.test(JSON.stringify(line)));
    assert.ok(!["rhost", "factor", "duo_txid", "note", "passcode"].some((name) => name in (line ?? {})));
  });

  it("is one harmless line for any user, host and service", () => {
    const text = fc.string({ unit: "binary", maxLength: 60 });
    fc.assert(
      fc.property(text, text, text, (user, rhost, service) => {
        const { logger, raw, parsed } = capture();
        createAudit(logger).decision({ ...DECISION, verdict: allowOutsideGroups(), user, rhost, service });
        assert.equal(raw.length, 1);
        assert.match(raw[0] ?? "", /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*\n$/u);
        const line = parsed()[0];
        assert.deepEqual([line?.["user"], line?.["rhost"], line?.["service"]], [user, rhost, service]);
        assert.doesNotMatch(String(line?.["msg"]), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});

describe("other events", () => {
  const failure = {
    failure: "bad-keys",
    stage: "preauth",
    http_status: 401,
    duo_code: 40_101,
    detail: "Missing request credentials",
  };
  const events: readonly (readonly [use: (audit: Audit) => void, level: string, fields: object])[] = [
    [
      (a) => a.started({ version: "0.1.0", configFile: "/c" }),
      "info",
      { event: "started", version: "0.1.0", config_file: "/c" },
    ],
    [
      (a) => a.stopping({ cause: "SIGTERM", inFlight: 2 }),
      "info",
      { event: "stopping", cause: "SIGTERM", in_flight: 2 },
    ],
    [
      (a) => a.reloaded({ configFile: "/c", keysChanged: true }),
      "info",
      { event: "reloaded", config_file: "/c", keys_changed: true },
    ],
    [
      (a) => a.reloadRefused({ configFile: "/c", problems: "p" }),
      "error",
      { event: "reload-refused", config_file: "/c", problems: "p" },
    ],
    [(a) => a.duoMisconfigured(FAILURE), "error", { event: "duo-misconfigured", ...failure }],
    [
      (a) => a.failmodeUsed(SUBJECT, "safe", FAILURE),
      "warn",
      { event: "failmode-used", ...SUBJECT, failmode: "safe", ...failure },
    ],
    [
      (a) => a.lateAllowDropped({ ...SUBJECT, ...DECISION }),
      "warn",
      { event: "late-allow-dropped", ...SUBJECT, service: "sshd" },
    ],
    [
      (a) => a.peerRefused({ socket: "pam", uid: 7, pid: 8, reason: "r" }),
      "warn",
      { event: "peer-refused", socket: "pam", peer_uid: 7, peer_pid: 8, reason: "r" },
    ],
    [
      (a) => a.protocolViolation({ socket: "login", uid: 7, failure: "oversized" }),
      "warn",
      { event: "protocol-violation", socket: "login", peer_uid: 7, failure: "oversized" },
    ],
    [(a) => a.outageBegin(FAILURE), "error", { event: "outage-begin", ...failure }],
    [
      (a) => a.outageEnd({ durationMs: 5, affectedLogins: 3 }),
      "info",
      { event: "outage-end", duration_ms: 5, affected_logins: 3 },
    ],
  ];
  for (const [use, level, fields] of events) {
    it(JSON.stringify(fields), () => {
      const [line, ...more] = linesOf(use);
      const { msg, ...rest } = line ?? {};
      assert.deepEqual(rest, { level, ...fields });
      assert.equal(typeof msg, "string");
      assert.deepEqual(more, []);
    });
  }

  it("a defect has its stack and transaction, and a thrown value that is no error is not printed", () => {
    const [line] = linesOf((audit) => audit.defect(new TypeError("oops"), "t-9"));
    const error = line?.["error"] as Record<string, unknown>;
    assert.deepEqual(
      [line?.["event"], line?.["transaction"], error["type"], error["message"]],
      ["defect", "t-9", "TypeError", "oops"],
    );
    assert.match(String(error["stack"]), /audit\.test/);
    assert.ok(!JSON.stringify(linesOf((audit) => audit.defect("s3cret"))).includes("s3cret"));
  });
});
