// Holds what the emulator reads: users files, pairs of a query or body, dates, and the way to an endpoint.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call } from "../../emulator/http/call.ts";
import { ok } from "../../emulator/http/outcome.ts";
import { parsePairs } from "../../emulator/http/pairs.ts";
import { encodeJson } from "../../emulator/http/payload.ts";
import { findRoute, type Route } from "../../emulator/http/route.ts";
import { parseRequestDate } from "../../emulator/signature/date.ts";
import { parseUsers } from "../../emulator/store/users.ts";
import { readUsersFile } from "../../emulator/store/users-file.ts";

test("the standard users file has the users that tests rely on", async () => {
  const users = await readUsersFile();
  const seen = Object.entries(users).map(([name, user]) => [name, user.status, user.phones?.length ?? 0]);
  assert.deepEqual(seen, [
    ["alice", "active", 1],
    ["bob", "active", 2],
    ["carol", "bypass", 1],
    ["dave", "not_enrolled", 0],
    ["erin", "disabled", 1],
    ["frank", "locked_out", 1],
    ["grace", "active", 0],
    ["root", "active", 1],
  ]);
});

const malformed: readonly unknown[] = [
  null,
  [],
  { alice: {} },
  { alice: { status: "asleep" } },
  { alice: { status: "active", typo: 1 } },
  { alice: { status: "active", phones: [{ device: "DP1", number: "", display_name: "", capabilities: [] }] } },
  { alice: { status: "active", tokens: [{ device: "DHALICE0000000000001" }] } },
  { alice: { status: "active", bypass_codes: [1] } },
];

for (const users of malformed) {
  test(`refuses users ${JSON.stringify(users)}`, () => assert.throws(() => parseUsers(users), TypeError));
}

test("pairs: escapes, + and repeated keys are read; broken escapes and bytes that are no UTF-8 are not", () => {
  assert.deepEqual(parsePairs("a=%C3%A9+b&a=&c"), [
    { key: "a", value: "\u00e9 b" },
    { key: "a", value: "" },
    { key: "c", value: "" },
  ]);
  assert.deepEqual(parsePairs(""), []);
  for (const broken of ["a=%", "a=%4", "a=%zz", "a=%ff", "%c3=1"]) assert.equal(parsePairs(broken), undefined, broken);
});

test("dates: RFC 2822 in English, with a zone; nothing else", () => {
  const time = Date.UTC(2012, 7, 21, 17, 29, 18);
  const good = [
    "Tue, 21 Aug 2012 17:29:18 -0000",
    "21 Aug 2012 17:29:18 UT",
    "Tue, 21 Aug 2012 10:29:18 -0700",
    "Tue, 21 Aug 2012 22:59:18 +0530",
  ];
  for (const date of good) assert.equal(parseRequestDate(date), time, date);
  const bad = [
    "",
    "Tue, 21 Aug 2012 17:29:18",
    "Tue, 21 August 2012 17:29:18 GMT",
    "1345570158",
    "tue, 21 aug 2012 17:29:18 GMT",
  ];
  for (const date of bad) assert.equal(parseRequestDate(date), undefined, date);
});

test("a dialect that asks for a parameter goes before the one that shares its path", () => {
  const base = { endpoint: "preauth", method: "POST", path: "/p", signed: true, encode: encodeJson } as const;
  const plain: Route = { ...base, handle: () => ok("plain") };
  const prompt: Route = { ...base, handle: () => ok("prompt"), when: (params) => params.get("text_prompt") === "1" };
  const call: Call = {
    ...{ method: "POST", path: "/p", host: "", headers: [], query: [], bodyForm: "form", bodyPairs: [] },
    ...{ body: Buffer.alloc(0), wellFormed: true },
  };
  const routes = [prompt, plain];
  assert.deepEqual(findRoute(routes, call, new Map([["text_prompt", "1"]])), { kind: "route", route: prompt });
  assert.deepEqual(findRoute(routes, call, new Map()), { kind: "route", route: plain });
  assert.equal(findRoute(routes, { ...call, method: "GET" }, new Map()).kind, "wrong-verb");
  assert.equal(findRoute(routes, { ...call, path: "/q" }, new Map()).kind, "none");
});
