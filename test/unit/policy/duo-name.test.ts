// The name that Duo is asked for: the login name's form, and GECOS by Duo Unix's rules.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { duoName, type IdentityRules, wantsGecos } from "../../../src/policy/duo-name.ts";
import { LOGIN_NAME } from "../login/scene.ts";

type Row = readonly [
  login: string,
  gecos: string | undefined,
  rules: Partial<IdentityRules>,
  name: string,
  note?: string,
];

const SEND = { sendGecos: true };
const FIFTH = { gecosUsernamePos: 5 };
const STRIP = { usernameStripDomain: true };
const SUFFIX = { usernameSuffix: "@example.org" };

const ROWS: readonly Row[] = [
  ["alice", "Alice Example", {}, "alice"],
  ["alice", "Alice Example", SEND, "Alice Example", "gecos-name"],
  ["alice", "Alice,1,2,3,al", SEND, "Alice,1,2,3,al", "gecos-name"],
  ["alice", "alice", SEND, "alice"],
  ["alice", "", SEND, "alice", "gecos-empty"],
  ["alice", "", FIFTH, "alice", "gecos-empty"],
  ["alice", "Alice,1,2,3,al", FIFTH, "al", "gecos-name"],
  ["alice", "Alice,1,2,3,al", { ...FIFTH, ...SEND }, "al", "gecos-name"],
  ["alice", "Alice,1,2,3,", FIFTH, "alice", "gecos-piece-missing"],
  ["alice", "Alice,1", FIFTH, "alice", "gecos-piece-missing"],
  ["alice", "Alice", { gecosUsernamePos: 1 }, "Alice", "gecos-name"],
  ["alice", "a|b,c|d", { gecosUsernamePos: 2, gecosDelim: "|" }, "b,c", "gecos-name"],
  ["alice", "a.b", { gecosUsernamePos: 2, gecosDelim: "." }, "b", "gecos-name"],
  // Without a position or send_gecos the delimiter means nothing.
  ["alice", "a|b", { gecosDelim: "|" }, "alice"],
  ["alice", undefined, SEND, "alice"],
  ["CORP\\alice", undefined, STRIP, "alice"],
  ["alice@corp.example", undefined, STRIP, "alice"],
  ["CORP\\alice@corp.example", undefined, STRIP, "alice"],
  ["alice smith@corp", undefined, STRIP, "alice smith"],
  ["CORP\\", undefined, STRIP, "CORP\\"],
  ["@corp", undefined, STRIP, "@corp"],
  ["CORP\\Alice", undefined, { usernameLower: true }, "corp\\alice"],
  ["alice", undefined, SUFFIX, "alice@example.org"],
  ["alice@other.example", undefined, SUFFIX, "alice@other.example"],
  ["CORP\\Alice@x", undefined, { ...STRIP, ...SUFFIX, usernameLower: true }, "alice@example.org"],
  // A name from GECOS is Duo's own already.
  ["alice", "Al@Corp", { ...SEND, ...STRIP, ...SUFFIX, usernameLower: true }, "Al@Corp", "gecos-name"],
  ["Alice", "", { ...SEND, usernameLower: true }, "alice", "gecos-empty"],
];

describe("duoName", () => {
  for (const [login, gecos, rules, name, note] of ROWS) {
    it(`${login} (${gecos ?? "no entry"}) with ${JSON.stringify(rules)}: ${name}`, () => {
      const found = duoName(login, gecos, { ...LOGIN_NAME, ...rules });
      assert.deepEqual([found.name, found.note?.kind], [name, note]);
    });
  }

  it("leaves AD's names as they are where nothing else is said", () => {
    for (const name of ["CORP\\alice", "alice@corp.example", "alice smith", "Ålice"]) {
      assert.equal(duoName(name, undefined, LOGIN_NAME).name, name);
    }
  });
});

describe("wantsGecos", () => {
  it("is for send_gecos or a position, not for a delimiter", () => {
    const wants = (rules: Partial<IdentityRules>) => wantsGecos({ ...LOGIN_NAME, ...rules });
    assert.deepEqual([wants({}), wants({ gecosDelim: "|" }), wants(SEND), wants(FIFTH)], [false, false, true, true]);
  });
});
