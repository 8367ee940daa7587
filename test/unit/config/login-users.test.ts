// The pairs of `login_users`: which are read, and which are refused with the pair at fault.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loginUserList } from "../../../src/config/login-users.ts";

const GOOD: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  ["ops:alice", [["ops", "alice"]]],
  [
    "ops:alice  ops:bob root:alice",
    [
      ["ops", "alice"],
      ["ops", "bob"],
      ["root", "alice"],
    ],
  ],
  ["ops:alice@example.org", [["ops", "alice@example.org"]]],
  // No local name has a colon; one at Duo may.
  ["ops:EXAMPLE:alice", [["ops", "EXAMPLE:alice"]]],
  [`ops:${"d".repeat(256)}`, [["ops", "d".repeat(256)]]],
];
const BAD = ["alice", "ops=alice", ":alice", "ops:", ":", "ops:a\u202eb", "ops:a\u00a0b", `ops:${"d".repeat(257)}`];

describe("login_users", () => {
  for (const [raw, pairs] of GOOD) {
    it(`reads ${raw.slice(0, 40)}`, () => {
      const read = loginUserList.read(raw);
      assert.ok(read.ok);
      assert.deepEqual(
        read.value.map(({ local, duo }) => [local, duo]),
        pairs,
      );
      assert.equal(loginUserList.show(read.value), raw.replaceAll(/ +/g, " "));
    });
  }
  for (const bad of BAD) {
    it(`refuses ${JSON.stringify(bad.slice(0, 40))}, also between good pairs`, () => {
      for (const raw of [bad, `ops:alice ${bad} ops:bob`]) {
        const read = loginUserList.read(raw);
        assert.deepEqual([read.ok, !read.ok && read.error.code], [false, "bad-value"]);
      }
    });
  }
  it("refuses a line that should be a directory", () => {
    const pair = (at: number) => `ops:user${at}`;
    assert.ok(loginUserList.read(Array.from({ length: 1000 }, (_, at) => pair(at)).join(" ")).ok);
    assert.ok(!loginUserList.read(Array.from({ length: 1001 }, (_, at) => pair(at)).join(" ")).ok);
  });
});
