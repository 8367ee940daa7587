// Each outcome of a login in Duo Unix's words (section 5.3 of its behaviour), and how a line goes to syslog.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { DuoFailureCode, DuoStage } from "../../../src/core/failure.ts";
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
  return duoUnixLines({ ...DECISION, ...change }, "api-1.example.org").map(({ level, text }) => `${level} ${text}`);
}

const OF = "for 'al@example.org' from 192.0.2.7";

describe("the line of a decision", () => {
  const rows: readonly (readonly [Verdict, Partial<Decision>, string | undefined])[] = [
    [allowApproved(), { duoStatus: "allow" }, `info Successful Duo login ${OF}`],
    [allowBypass(), { duoStatus: "Bypass user" }, `warn Skipped Duo login ${OF}: Bypass user`],
    [allowOutsideGroups(), {}, "info User al@example.org bypassed Duo 2FA due to user's UNIX group"],
    [
      allowFailmodeSafe(),
      { failure: OUTAGE },
      `warn Failsafe Duo login ${OF}: Couldn't connect to api-1.example.org: connection refused`,
    ],
    [
      { kind: "unavailable", reason: "failmode-secure" },
      { failure: OUTAGE },
      `warn Failsecure Duo login ${OF}: Couldn't connect to api-1.example.org: connection refused`,
    ],
    [deny("not-enrolled"), {}, `warn Aborted Duo login ${OF}: User enrollment required`],
    [aborted("user-cancelled"), {}, `warn Aborted Duo login ${OF}: Error gathering user response`],
    [deny("locked-out"), { duoStatus: "locked_out" }, "warn Failed Duo login for 'alice' from 192.0.2.7"],
    [deny("duo-denied"), { duoStatus: "Denied" }, `warn Aborted Duo login ${OF}: Denied`],
    [deny("fraud-reported"), { duoStatus: "fraud" }, "warn Failed Duo login for 'alice' from 192.0.2.7"],
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

  const failed = (httpStatus: number | undefined, stage: DuoStage, code: DuoFailureCode, more = {}) => ({
    failure: { code, stage, httpStatus, detail: "some detail", ...more },
  });
  const keys: Verdict = { kind: "misconfigured", reason: "duo-keys" };
  const http: readonly (readonly [string, Verdict, Partial<Decision>, string])[] = [
    ["400", deny("duo-refused"), failed(400, "preauth", "bad-request"), "warn Aborted OF: HTTP 400"],
    ["403", keys, failed(403, "preauth", "forbidden"), "warn Aborted OF: HTTP 403"],
    ["403 on auth", keys, failed(403, "auth", "forbidden"), "warn Aborted OF: HTTP 403"],
    ["404", deny("duo-nonsense"), failed(404, "preauth", "unexpected-status"), "warn Aborted OF: HTTP 404"],
    ["401", keys, failed(401, "preauth", "bad-keys"), "warn Failsecure OF: Invalid ikey or skey"],
    ["401 on auth", keys, failed(401, "auth", "bad-keys"), "error Error in OF: Invalid ikey or skey"],
    ["500", allowFailmodeSafe(), failed(500, "preauth", "server-error"), "warn Failsafe OF: HTTP 500"],
    [
      "500 on auth",
      { kind: "unavailable", reason: "outage-after-factor" },
      failed(500, "auth", "server-error"),
      "error Error in OF: HTTP 500",
    ],
    [
      "a FAIL in a 200",
      deny("duo-refused"),
      failed(200, "preauth", "bad-request", { duoCode: 40002 }),
      "warn Aborted OF: 40002: some detail",
    ],
  ];
  for (const [name, verdict, change, wanted] of http) {
    it(`HTTP ${name}: ${wanted}`, () =>
      assert.deepEqual(lines({ ...change, verdict }), [wanted.replace("OF", `Duo login ${OF}`)]));
  }

  it("names the Duo user for login_duo's refusals", () => {
    const failedNote: LoginNote = { kind: "attempt-failed", status: undefined };
    assert.deepEqual(
      lines({ service: "login_duogate", verdict: deny("fraud-reported"), notes: [failedNote] }),
      [1, 2].map(() => `warn Failed Duo login ${OF}`),
    );
  });

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
    [{ kind: "attempt-failed", status: "deny" }, ["warn Failed Duo login for 'alice' from 192.0.2.7"]],
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
    const name = "x' from 198.51.100.1: '";
    const [line] = lines({ verdict: deny("duo-denied"), duoUser: name, duoStatus: "' from 8.8.8.8" });
    assert.equal(line, "warn Aborted Duo login for 'x? from 198.51.100.1: ?' from 192.0.2.7: ? from 8.8.8.8");
  });

  it("makes one bounded line, whatever is in it", () => {
    const text = fc.string({ unit: "binary", maxLength: 700 });
    fc.assert(
      fc.property(text, text, text, (duoUser, rhost, duoStatus) => {
        const [line = "", ...more] = lines({
          verdict: deny("duo-denied"),
          duoUser,
          rhost,
          duoStatus,
          address: undefined,
        });
        assert.deepEqual(more, []);
        assert.match(line, /^warn Aborted Duo login for '[^']*'( from [^']*)?(: [^']*)?$/);
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
      host: () => "api-1.example.org",
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
