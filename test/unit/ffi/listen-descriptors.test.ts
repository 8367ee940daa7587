// The table of what systemd may pass and what comes of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { listenDescriptors } from "../../../src/ffi/listen-descriptors.ts";

const PID = 4711;

test("descriptors and their names", () => {
  const cases: readonly (readonly [Record<string, string>, readonly (readonly [number, string])[]])[] = [
    [{}, []],
    [{ LISTEN_FDS: "2" }, []],
    [{ LISTEN_PID: "4711" }, []],
    [{ LISTEN_PID: "4712", LISTEN_FDS: "2" }, []],
    [{ LISTEN_PID: "4711", LISTEN_FDS: "0" }, []],
    [{ LISTEN_PID: "4711", LISTEN_FDS: "0", LISTEN_FDNAMES: "" }, []],
    [{ LISTEN_PID: "4711", LISTEN_FDS: "1" }, [[3, "unknown"]]],
    [{ LISTEN_PID: "4711", LISTEN_FDS: "1", LISTEN_FDNAMES: "pam" }, [[3, "pam"]]],
    [
      { LISTEN_PID: "4711", LISTEN_FDS: "3", LISTEN_FDNAMES: "pam:login:control" },
      [
        [3, "pam"],
        [4, "login"],
        [5, "control"],
      ],
    ],
  ];
  for (const [env, expected] of cases) {
    const value = expected.map(([fd, name]) => ({ fd, name }));
    assert.deepEqual(listenDescriptors(env, PID), { ok: true, value }, JSON.stringify(env));
  }
});

test("variables that make no sense are refused by name", () => {
  const cases: readonly (readonly [Record<string, string>, string])[] = [
    [{ LISTEN_PID: "", LISTEN_FDS: "1" }, "LISTEN_PID"],
    [{ LISTEN_PID: "0", LISTEN_FDS: "1" }, "LISTEN_PID"],
    [{ LISTEN_PID: "4711x", LISTEN_FDS: "1" }, "LISTEN_PID"],
    [{ LISTEN_PID: "4711", LISTEN_FDS: "" }, "LISTEN_FDS"],
    [{ LISTEN_PID: "4711", LISTEN_FDS: "-1" }, "LISTEN_FDS"],
    [{ LISTEN_PID: "4711", LISTEN_FDS: "1e1" }, "LISTEN_FDS"],
    [{ LISTEN_PID: "4711", LISTEN_FDS: "65" }, "LISTEN_FDS"],
    [{ LISTEN_PID: "4711", LISTEN_FDS: "2", LISTEN_FDNAMES: "pam" }, "LISTEN_FDNAMES"],
    [{ LISTEN_PID: "4711", LISTEN_FDS: "1", LISTEN_FDNAMES: "pam:login" }, "LISTEN_FDNAMES"],
  ];
  for (const [env, variable] of cases) {
    const expected = { ok: false, error: { code: "bad-variable", variable } };
    assert.deepEqual(listenDescriptors(env, PID), expected, JSON.stringify(env));
  }
});
