// Exit codes of `duogate api`: 0 only for a plain yes. And what a failure says to a person.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { EndpointName } from "../../../../src/cli/api/endpoints.ts";
import { describeFailure, exitCodeOf } from "../../../../src/cli/api/verdict.ts";
import { EXIT, EXIT_HELP } from "../../../../src/cli/exit-codes.ts";
import type { DuoFailure } from "../../../../src/core/failure.ts";

const DECIDING = ["preauth", "auth", "auth-status"] as const;

describe("exitCodeOf", () => {
  const cases: readonly (readonly [EndpointName, unknown, number])[] = [
    ["ping", { time: 1 }, EXIT.ok],
    ["ping", "pong", EXIT.ok],
    ["check", "valid", EXIT.ok],
    ["enroll", { user_id: "DU1" }, EXIT.ok],
    ["preauth", { result: "allow" }, EXIT.ok],
    ["preauth", { result: "auth" }, EXIT.undecided],
    ["preauth", { result: "deny" }, EXIT.denied],
    ["preauth", { result: "enroll" }, EXIT.denied],
    ["auth", { result: "allow" }, EXIT.ok],
    ["auth", { result: "deny", status: "sent" }, EXIT.denied],
    ["auth", { txid: "t9" }, EXIT.undecided],
    ["auth-status", { result: "waiting" }, EXIT.undecided],
    ["auth-status", { status: "Pushed…" }, EXIT.undecided],
    ["auth-status", { result: "approved" }, EXIT.denied],
    ["auth-status", { result: null }, EXIT.denied],
    ["auth-status", { result: ["allow"] }, EXIT.denied],
    ["enroll-status", "success", EXIT.ok],
    ["enroll-status", "waiting", EXIT.undecided],
    ["enroll-status", "invalid", EXIT.denied],
    ["enroll-status", { success: true }, EXIT.denied],
  ];
  for (const [name, response, code] of cases) {
    it(`${name} ${JSON.stringify(response)}: ${code}`, () => assert.equal(exitCodeOf(name, response), code));
  }

  it("is 0 for nothing but allow, whatever answers", () => {
    fc.assert(
      fc.property(fc.constantFrom(...DECIDING), fc.jsonValue(), (name, response) => {
        assert.notEqual(exitCodeOf(name, response), EXIT.ok);
        assert.notEqual(exitCodeOf(name, { result: response }), EXIT.ok);
      }),
    );
  });

  it("is in the help", () => {
    const documented = [...EXIT_HELP.matchAll(/^ {2}(\d) /gm)].map((match) => Number(match[1]));
    assert.deepEqual(documented, Object.values(EXIT).sort());
  });
});

describe("describeFailure", () => {
  const failure = (more: Partial<DuoFailure>): DuoFailure => ({
    code: "bad-request",
    stage: "ping",
    detail: "why",
    ...more,
  });
  const cases: readonly (readonly [Partial<DuoFailure>, RegExp, number])[] = [
    [
      { duoCode: 40002, detail: "Invalid request parameters: txid" },
      /^Duo refused the request: 40002 Invalid .*: txid$/,
      4,
    ],
    [{ code: "bad-keys", duoCode: 40102 }, /^Duo refused the request: 40102 why\ncompare ikey/, 4],
    [{ code: "bad-signature", duoCode: 40103 }, /compare skey and host/, 4],
    [{ code: "forbidden", duoCode: 40301 }, /another kind of application/, 4],
    [{ code: "bad-clock", duoCode: 40105 }, /set this machine's clock/, 4],
    [{ code: "unexpected-status", httpStatus: 404, duoCode: 40401 }, /^Duo refused the request: 40401/, 4],
    [
      { code: "unexpected-status", httpStatus: 302, detail: "HTTP 302" },
      /^what answered is not Duo's Auth API: HTTP 302/,
      5,
    ],
    [{ code: "invalid-response" }, /is not Duo's Auth API/, 5],
    [
      { code: "connect-failed", detail: "ECONNREFUSED" },
      /^Duo could not be reached \(connect-failed\): ECONNREFUSED$/,
      5,
    ],
    [{ code: "rate-limited", duoCode: 42901 }, /^Duo refused the request: 42901 why\nwait before/, 4],
    [{ code: "server-error", duoCode: 50001 }, /^Duo is in trouble: 50001 why$/, 5],
    [{ duoCode: 40002, detail: "a\x1b[2J\nb\u202e" }, /^Duo refused the request: 40002 a\?\[2J b\?$/, 4],
  ];
  for (const [more, words, code] of cases) {
    it(`${more.code ?? "bad-request"} ${more.duoCode ?? ""}`, () => {
      const described = describeFailure(failure(more));
      assert.match(described.lines.join("\n"), words);
      assert.equal(described.code, code);
    });
  }
});
