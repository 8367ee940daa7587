// Status and bytes to a response or a classified failure: the table of every kind of answer that can come.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import { type DuoFailureCode, failureClass } from "../../../src/core/failure.ts";
import { checkResponse, openEnvelope } from "../../../src/duo/envelope.ts";
import { reply } from "../../support/fake-transport.ts";

const fail = (code: unknown, rest: object = {}) => ({ stat: "FAIL", code, message: "no", ...rest });
const HTML = "<html><body>502 Bad Gateway</body></html>";
const INVALID_UTF8 = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]);

const refusals: readonly (readonly [number, unknown, DuoFailureCode])[] = [
  [400, fail(40001), "bad-request"],
  [400, fail(40002, { message_detail: "txid" }), "bad-request"],
  [401, fail(40101), "bad-keys"],
  [401, fail(40102), "bad-keys"],
  [401, fail(40103), "bad-signature"],
  [401, fail(40104), "bad-clock"],
  [401, fail(40105), "bad-clock"],
  [401, fail(40106), "bad-keys"],
  [401, fail("40105"), "bad-keys"],
  [401, fail(""), "bad-keys"],
  [401, HTML, "bad-keys"],
  [403, fail(40301), "forbidden"],
  [403, HTML, "forbidden"],
  [404, fail(40401), "unexpected-status"],
  [405, fail(40501), "unexpected-status"],
  [429, fail(42901), "rate-limited"],
  [429, "", "rate-limited"],
  [500, fail(50001), "server-error"],
  [502, HTML, "server-error"],
  [503, "", "server-error"],
  [599, "{}", "server-error"],
  [600, "{}", "unexpected-status"],
  [301, HTML, "unexpected-status"],
  [304, "", "unexpected-status"],
  [100, "", "unexpected-status"],
  // An OK envelope under an error status is an error.
  [500, { stat: "OK", response: { result: "allow" } }, "server-error"],
  [302, { stat: "OK", response: { result: "allow" } }, "unexpected-status"],
  // FAIL inside a 200 is judged by its own code.
  [200, fail(40002), "bad-request"],
  [200, fail(40102), "bad-keys"],
  [200, fail(40103), "bad-signature"],
  [200, fail(40105), "bad-clock"],
  [200, fail(40301), "forbidden"],
  [200, fail(42901), "rate-limited"],
  [200, fail(50001), "server-error"],
  [200, fail("50001"), "unexpected-status"],
  [200, fail(undefined), "unexpected-status"],
  [200, fail(0), "unexpected-status"],
  [200, fail(-1), "unexpected-status"],
  [200, fail(1.5), "unexpected-status"],
  [200, fail(20001), "unexpected-status"],
  // A 200 that does not speak the Auth API is no outage.
  [200, HTML, "invalid-response"],
  [200, "", "invalid-response"],
  [200, "null", "invalid-response"],
  [200, "[]", "invalid-response"],
  [200, "{}", "invalid-response"],
  [200, '"OK"', "invalid-response"],
  [200, INVALID_UTF8, "invalid-response"],
  [200, { stat: "ok", response: {} }, "invalid-response"],
  [200, { stat: ["OK"], response: {} }, "invalid-response"],
  [200, { STAT: "OK", response: {} }, "invalid-response"],
  [200, '{"stat":"OK","response":{}', "invalid-response"],
  [200, '{"stat":"OK","response":{}} trailing', "invalid-response"],
  [200, '{"__proto__":{"stat":"OK","response":{}}}', "invalid-response"],
];

describe("openEnvelope", () => {
  for (const [status, body, code] of refusals) {
    const shown = typeof body === "string" ? body : JSON.stringify(body);
    it(`${status} ${shown} is ${code}`, () => {
      const opened = openEnvelope(reply(status, body), "preauth");
      assert.ok(!opened.ok);
      assert.deepEqual([opened.error.code, opened.error.stage, opened.error.httpStatus], [code, "preauth", status]);
    });
  }

  it("gives the response of an OK, whatever else stands beside it", () => {
    for (const status of [200, 201, 299]) {
      const opened = openEnvelope(reply(status, { stat: "OK", response: { a: [1] }, more: true }), "ping");
      assert.deepEqual(opened, { ok: true, value: { a: [1] } });
    }
    assert.deepEqual(openEnvelope(reply(200, '\ufeff{"stat":"OK","response":"pong"}'), "ping").ok, true);
  });

  it("keeps Duo's words and code for the log", () => {
    const opened = openEnvelope(reply(400, fail(40002, { message_detail: "txid" })), "auth_status");
    assert.deepEqual(opened, {
      ok: false,
      error: { code: "bad-request", stage: "auth_status", httpStatus: 400, duoCode: 40002, detail: "no: txid" },
    });
    const silent = openEnvelope(reply(503, HTML), "ping");
    assert.ok(!silent.ok && silent.error.detail === "HTTP 503");
  });

  it("is nonsense where it is nested so deeply that nobody could write it again", () => {
    const deep = `{"stat":"OK","response":${"[".repeat(9000)}${"]".repeat(9000)}}`;
    const opened = openEnvelope(reply(200, deep), "preauth");
    assert.ok(!opened.ok && opened.error.code === "invalid-response");
  });

  it("never throws, and is OK for nothing but a 2xx with an OK envelope", () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record({ stat: fc.constantFrom("OK", "FAIL", "ok", 1, null), code: fc.anything(), response: fc.jsonValue() })
        .map((value) =>
          Buffer.from(JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? 1 : item))),
        ),
    );
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), body, (status, bytes) => {
        const opened = openEnvelope(reply(status, bytes), "auth");
        if (opened.ok) assert.ok(status >= 200 && status <= 299 && bytes.includes('"OK"'));
        // SECURITY: what a 2xx says is an outage only when Duo itself names a 5xx or 429.
        else if (status < 300 && failureClass(opened.error.code) === "outage") assert.ok(bytes.includes("FAIL"));
      }),
    );
  });
});

describe("checkResponse", () => {
  it("names the fields that are wrong and never their values", () => {
    const schema = z.object({ passcode: z.string(), list: z.array(z.object({ id: z.string() })) });
    const checked = checkResponse(schema, { passcode: 123456, list: [{ id: 7 }] }, "auth");
    assert.deepEqual(checked, {
      ok: false,
      error: { code: "invalid-response", stage: "auth", detail: "unexpected value of passcode, list.0.id" },
    });
    const nothing = checkResponse(schema, "secret text", "auth");
    assert.ok(!nothing.ok && nothing.error.detail === "unexpected value of response");
  });
});
