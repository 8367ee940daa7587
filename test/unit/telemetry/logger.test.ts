// Log lines: their fixed fields, levels, masked secrets, bounds, and that no value can break a line or throw.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Secret } from "../../../src/core/secret.ts";
import { capture } from "./capture.ts";

const LOGGER_MODULE = join(import.meta.dirname, "../../../src/telemetry/logger.js");
const LINE_MAX = 48 * 1024;

describe("a line", () => {
  it("has level, time, msg and the fields, in this order", () => {
    const { logger, raw } = capture();
    logger.warn("hello", { user: "alice", uid: 7, ok: true });
    assert.deepEqual(raw, [
      '{"level":"warn","time":"2026-11-21T20:31:23.007Z","user":"alice","uid":7,"ok":true,"msg":"hello"}\n',
    ]);
  });

  it("is written from the configured level on, and always when it must be", () => {
    const { logger, parsed } = capture("warn");
    for (const level of ["debug", "info", "warn", "error"] as const) logger[level](level);
    logger.always("info", "audit");
    assert.deepEqual(
      parsed().map((line) => line["msg"]),
      ["warn", "error", "audit"],
    );
  });

  it("carries the fields of with(), and newer ones win", () => {
    const { logger, parsed } = capture();
    logger.with({ transaction: "t1", user: "a" }).with({ user: "b" }).info("x");
    assert.deepEqual(parsed()[0], {
      level: "info",
      time: "2026-11-21T20:31:23.007Z",
      transaction: "t1",
      user: "b",
      msg: "x",
    });
  });

  it("keeps its fixed fields, whatever fields are given", () => {
    const { logger, raw, parsed } = capture();
    logger.info("mine", { level: "error", time: "never", msg: "other", __proto__: { polluted: 1 } });
    assert.deepEqual(parsed()[0], { level: "info", time: "2026-11-21T20:31:23.007Z", msg: "mine" });
    assert.equal(raw[0]?.split('"msg"').length, 2);
  });

  it("takes a message as it is, without format codes", () => {
    const { logger, parsed } = capture();
    logger.info("100%s %d %o %%", { a: 1 });
    assert.equal(parsed()[0]?.["msg"], "100%s %d %o %%");
  });
});

describe("secrets", () => {
  const names =
    "skey SKEY passcode code verification_code trusted_device_token authorization Proxy-Authorization answer text body".split(
      " ",
    );
  for (const name of names) {
    it(`${name} is masked at every depth`, () => {
      const { logger, raw } = capture();
      logger.with({ [name]: "s3cret" }).info("x", { a: { [name]: "s3cret", b: [{ [name]: { deep: "s3cret" } }] } });
      assert.ok(!raw[0]?.includes("s3cret"), raw[0]);
      assert.ok(raw[0]?.includes('"[secret]"'));
    });
  }

  it("in a holder or in bytes are not shown", () => {
    const { logger, raw } = capture();
    logger.info("x", {
      a: new Secret("s3cret"),
      b: [new Secret("s3cret")],
      c: Buffer.from("s3cret"),
      d: new Map([["k", "s3cret"]]),
    });
    assert.ok(!/s3cret|115,51/.test(raw[0] ?? ""), raw[0]);
    assert.match(raw[0] ?? "", /"a":"\[secret\]","b":\["\[secret\]"\],"c":"\[6 bytes\]","d":"\[1 items\]"/);
  });

  it("do not come along as properties of an error, but its cause and code do", () => {
    const { logger, parsed, raw } = capture();
    const error = Object.assign(new Error("outer", { cause: new Error("inner") }), {
      code: "ECONNRESET",
      skey: "s3cret",
      request: "s3cret",
    });
    logger.error("x", { error });
    const shown = parsed()[0]?.["error"] as Record<string, unknown>;
    assert.deepEqual(Object.keys(shown), ["type", "message", "errno", "stack", "cause"]);
    assert.equal(shown["errno"], "ECONNRESET");
    assert.ok(!raw[0]?.includes("s3cret"));
  });
});

describe("no value can throw", () => {
  const cyclic: Record<string, unknown> = { name: "loop" };
  cyclic["self"] = cyclic;
  const throwing = {
    get user(): string {
      throw new Error("getter");
    },
  };
  const values: Readonly<Record<string, unknown>> = {
    bigint: 2n ** 70n,
    symbol: Symbol("s"),
    function: () => undefined,
    undefined: undefined,
    nan: Number.NaN,
    cyclic,
    throwing,
    json: { toJSON: () => cyclic },
    proxy: new Proxy({}, { ownKeys: () => assert.fail("trap") }),
    date: new Date(Number.NaN),
    huge: "x".repeat(5_000_000),
    wide: Array.from({ length: 100_000 }, (_, index) => index),
    deep: Array.from({ length: 32 }, () =>
      Array.from({ length: 32 }, () => Array.from({ length: 32 }, () => [1, 2, 3])),
    ),
    nullProto: Object.create(null),
    surrogate: "\ud800",
  };
  for (const [name, value] of Object.entries(values)) {
    it(name, () => {
      const { logger, raw, parsed } = capture();
      logger.info("x", { value });
      assert.equal(parsed()[0]?.["msg"], "x");
      assert.ok(Buffer.byteLength(raw[0] ?? "") < LINE_MAX);
    });
  }

  it("fields that throw themselves are given up, the line is not", () => {
    const { logger, parsed } = capture();
    logger.info("x", throwing);
    assert.deepEqual([parsed()[0]?.["unserialisable"], parsed()[0]?.["msg"]], [true, "x"]);
  });

  it("the worst text stays below journald's line limit", () => {
    const { logger, raw, parsed } = capture();
    const worst = "\u0000".repeat(4096);
    logger.info(
      worst,
      Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`${worst}${index}`, { worst, stack: worst }])),
    );
    assert.equal(parsed().length, 1);
    assert.ok(Buffer.byteLength(raw[0] ?? "") < LINE_MAX, String(raw[0]?.length));
  });
});

describe("whatever strings go in", () => {
  it("exactly one line of JSON comes out, with no raw control or format character, and nothing is lost", () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom("\n", "\r", "\u007f", "\u009b", "\u2028", "\u202e", "\ud800", "\udfff", "\u{e0001}", '"', "\\"),
        fc.constant("a"),
      ),
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        fc.oneof(text, fc.string({ unit: "binary" })),
        fc.oneof(text, fc.string({ unit: "binary" })),
        (message, user) => {
          const { logger, raw, parsed } = capture();
          logger.info(message, { user });
          assert.equal(raw.length, 1);
          assert.match(raw[0] ?? "", /^(?!\n)[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]*\n$/u);
          assert.deepEqual([parsed()[0]?.["msg"], parsed()[0]?.["user"]], [message, user]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("standard output", () => {
  function run(script: string): { status: number | null; signal: string | null; stdout: string } {
    const code = `import { createLogger } from ${JSON.stringify(LOGGER_MODULE)};\nconst logger = createLogger({ level: "info" });\n${script}`;
    return spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8", timeout: 30_000 });
  }

  it("has the line before the next statement runs", () => {
    const { signal, stdout } = run('logger.info("last words"); process.kill(process.pid, "SIGKILL");');
    assert.equal(signal, "SIGKILL");
    assert.match(stdout, /^\{.*"msg":"last words"\}\n$/);
  });

  it("may go away without taking the daemon along", () => {
    const { status } = run(`
      import { closeSync, openSync } from "node:fs";
      closeSync(1); openSync("/dev/full", "w");
      logger.info("nobody reads this"); logger.info("nor this");
      setImmediate(() => process.exit(7));`);
    assert.equal(status, 7);
  });
});
