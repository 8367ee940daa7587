// Each outcome of a login in Duo Unix's words (section 5.3 of its behaviour), and how a line goes to syslog.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { LoginNote } from "../../../src/core/note.ts";
import {
  aborted,
  allowApproved,
  allowBypass,
  allowFailmodeSafe,
  allowOutsideGroups,
  deny,
  type Verdict,
} from "../../../src/core/verdict.ts";
import { createAudit, type Decision } from "../../../src/telemetry/audit.ts";
import { duoUnixLines } from "../../../src/telemetry/duo-unix-lines.ts";
import { withDuoUnixLines } from "../../../src/telemetry/syslog.ts";
import { capture, FIXED_CLOCK } from "./capture.ts";

const DECISION: Decision = {
  verdict: allowApproved(),
  transaction: "t-1",
  user: "alice",
  duoUser: "al@example.org",
  service: "sshd",
  rhost: "192.0.2.7",
  address: "192.0.2.7",
  callerUid: 0,
  peerPid: 4711,
  attempts: 1,
  pushes: 1,
  durationMs: 5,
};
const OUTAGE = { code: "connect-failed", stage: "connect", detail: "connection refused" } as const;

function lines(change: Partial<Decision>): readonly string[] {
  return duoUnixLines({ ...DECISION, ...change }).map(({ level, text }) => `${level} ${text}`);
}

const OF = "for 'al@example.org' from 192.0.2.7";

describe("the line of a decision", () => {
  const rows: readonly (readonly [Verdict, Partial<Decision>, string | undefined])[] = [
    [allowApproved(), { duoStatus: "allow" }, `info Successful Duo login ${OF}`],
    [allowBypass(), { duoStatus: "Bypass user" }, `warn Skipped Duo login ${OF}: Bypass user`],
    [allowOutsideGroups(), {}, "info User al@example.org bypassed Duo 2FA due to user's UNIX group"],
    [allowFailmodeSafe(), { failure: OUTAGE }, `warn Failsafe Duo login ${OF}: connection refused`],
    [
      { kind: "unavailable", reason: "failmode-secure" },
      { failure: OUTAGE },
      `warn Failsecure Duo login ${OF}: connection refused`,
    ],
    [deny("not-enrolled"), {}, `warn Aborted Duo login ${OF}: User enrollment required`],
    [aborted("user-cancelled"), {}, `warn Aborted Duo login ${OF}: Error gathering user response`],
    [deny("locked-out"), { duoStatus: "locked_out" }, `warn Aborted Duo login ${OF}: locked_out`],
    [deny("duo-denied"), { duoStatus: "Denied" }, "warn Failed Duo login for 'alice' from 192.0.2.7: Denied"],
    [deny("fraud-reported"), { duoStatus: "fraud" }, "warn Failed Duo login for 'alice' from 192.0.2.7: fraud"],
    [{ kind: "misconfigured", reason: "duo-keys" }, {}, `error Error in Duo login ${OF}: duo-keys`],
    [{ kind: "max-tries", reason: "prompts-used-up" }, {}, undefined],
    [{ kind: "max-tries", reason: "factor-failed" }, {}, undefined],
    [
      { kind: "max-tries", reason: "cancelled-after-refusal" },
      {},
      `warn Aborted Duo login ${OF}: Error gathering user response`,
    ],
  ];
  for (const [verdict, change, wanted] of rows) {
    it(`${verdict.reason}: ${wanted ?? "none of its own"}`, () =>
      assert.deepEqual(lines({ ...change, verdict }), wanted === undefined ? [] : [wanted]));
  }

  it("leaves out the parts that are not known", () => {
    const local = { rhost: undefined, address: undefined, duoUser: undefined };
    assert.deepEqual(lines(local), ["info Successful Duo login for 'alice'"]);
    assert.deepEqual(lines({ ...local, rhost: "" }), ["info Successful Duo login for 'alice'"]);
    assert.deepEqual(lines({ ...local, rhost: "a.example" }), ["info Successful Duo login for 'alice' from a.example"]);
    const chosen = { ...local, rhost: "198.51.100.1", rhostTrusted: false };
    assert.deepEqual(lines(chosen), ["info Successful Duo login for 'alice'"]);
    assert.deepEqual(lines({ ...local, rhost: "a.example", address: "192.0.2.2" }), [
      "info Successful Duo login for 'alice' from 192.0.2.2",
    ]);
  });
});

describe("the lines before it", () => {
  const rows: readonly (readonly [LoginNote, readonly string[]])[] = [
    [
      { kind: "gecos-name", duoUser: "al@example.org" },
      ["info Presenting GECOS-derived Duo username for 'alice': al@example.org"],
    ],
    [{ kind: "gecos-empty" }, ["warn Empty GECOS field for 'alice'"]],
    [{ kind: "gecos-piece-missing" }, ["debug Could not parse GECOS field for 'alice'"]],
    [{ kind: "groups-unknown", detail: "timeout" }, ["error Couldn't get groups for 'alice': timeout"]],
    [
      { kind: "address-replaced", rhost: "a.example" },
      ["warn fallback_local_ip is replacing the remote client address from a.example"],
    ],
    [{ kind: "address-left-out", rhost: "a.example" }, []],
    [{ kind: "attempt-failed", status: "deny" }, ["warn Failed Duo login for 'alice' from 192.0.2.7: deny"]],
    [{ kind: "attempt-failed", status: undefined }, ["warn Failed Duo login for 'alice' from 192.0.2.7"]],
  ];
  for (const [note, wanted] of rows) {
    it(note.kind, () => assert.deepEqual(lines({ notes: [note] }).slice(0, -1), wanted));
  }

  it("are one for each failed attempt, as Duo Unix has them", () => {
    const failed: LoginNote = { kind: "attempt-failed", status: "deny" };
    const verdict: Verdict = { kind: "max-tries", reason: "prompts-used-up" };
    assert.equal(lines({ verdict, notes: [failed, failed, failed] }).length, 3);
  });
});

describe("a hostile name", () => {
  it("cannot end early and bring another address", () => {
    const [line] = lines({ verdict: deny("duo-denied"), user: "x' from 198.51.100.1: '", duoStatus: "' from 8.8.8.8" });
    assert.equal(line, "warn Failed Duo login for 'x? from 198.51.100.1: ?' from 192.0.2.7: ? from 8.8.8.8");
  });

  it("makes one bounded line, whatever is in it", () => {
    const text = fc.string({ unit: "binary", maxLength: 700 });
    fc.assert(
      fc.property(text, text, text, (user, rhost, duoStatus) => {
        const [line = "", ...more] = lines({ verdict: deny("duo-denied"), user, rhost, duoStatus, address: undefined });
        assert.deepEqual(more, []);
        assert.match(line, /^warn Failed Duo login for '[^']*'( from [^']*)?(: [^']*)?$/);
        assert.ok(Buffer.byteLength(line) <= 511 + "warn ".length);
        assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});

describe("log_format = duo_unix", () => {
  function audited(wanted: boolean, results: readonly boolean[] = []) {
    const { logger, parsed } = capture();
    const sent: string[] = [];
    const changes: boolean[] = [];
    const left = [...results];
    const audit = withDuoUnixLines(createAudit(logger), {
      clock: FIXED_CLOCK,
      wanted: () => wanted,
      send: (line) => sent.push(line) > 0 && (left.shift() ?? true),
      onChange: (arriving) => changes.push(arriving),
    });
    return { audit, sent, changes, parsed };
  }

  it("writes the lines as the service, with facility authpriv and the local time, besides the JSON", () => {
    const { audit, sent, parsed } = audited(true);
    audit.decision({ ...DECISION, notes: [{ kind: "gecos-empty" }] });
    const local = new Date(FIXED_CLOCK.wallMs());
    const time = `Nov 21 ${local.toTimeString().slice(0, 8)}`;
    assert.deepEqual(sent, [
      `<84>${time} sshd[4711]: Empty GECOS field for 'alice'`,
      `<86>${time} sshd[4711]: Successful Duo login ${OF}`,
    ]);
    assert.deepEqual(
      parsed().map(({ event }) => event),
      ["gecos-empty", "decision"],
    );
  });

  it("writes none where it is not wanted, and never under a name that is no program's", () => {
    const quiet = audited(false);
    quiet.audit.decision(DECISION);
    assert.deepEqual([quiet.sent, quiet.parsed().length], [[], 1]);
    const odd = audited(true);
    odd.audit.decision({ ...DECISION, service: "a]: b\n[", peerPid: undefined });
    assert.match(odd.sent[0] ?? "", / a___b__: Successful/);
  });

  it("tells once that lines are lost, and once that they arrive again", () => {
    const { audit, changes } = audited(true, [true, false, false, true, true]);
    for (let logins = 0; logins < 5; logins += 1) audit.decision(DECISION);
    assert.deepEqual(changes, [false, true]);
  });
});
