// Holds the emulator's judgement over signatures: every form accepted, every near miss refused with its code.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import type { Call } from "../../emulator/http/call.ts";
import { parsePairs } from "../../emulator/http/pairs.ts";
import { canonicalString } from "../../emulator/signature/canonical.ts";
import { type Integration, verify } from "../../emulator/signature/verify.ts";

const ikey = "DIWJ8X6AEYOR5OMC6TQ1";
const skey = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
const admin = { ikey: "DIADMINADMINADMINADM", skey: "x".repeat(40), kind: "admin" } as const;
const integrations: readonly Integration[] = [{ ikey, skey, kind: "auth" }, admin];
const date = "Tue, 21 Aug 2012 17:29:18 -0000";
const now = Date.UTC(2012, 7, 21, 17, 29, 18);
const host = "api-xxxxxxxx.duosecurity.com";
const formText = "hostname=wks01&username=first%20last";
const jsonText = '{"hostname":"wks01","username":"first last"}';

type Headers = readonly (readonly [string, string])[];

function basic(user: string, signature: string): string {
  return `Basic ${Buffer.from(`${user}:${signature}`).toString("base64")}`;
}

function makeCall(bodyForm: Call["bodyForm"], body: string, headers: Headers): Call {
  return {
    method: bodyForm === "none" ? "GET" : "POST",
    path: "/auth/v2/auth",
    host,
    headers,
    query: bodyForm === "none" ? (parsePairs(formText) ?? []) : [],
    bodyForm,
    body: Buffer.from(body),
    bodyPairs: bodyForm === "form" ? (parsePairs(body) ?? []) : [],
    wellFormed: true,
  };
}

interface Recipe {
  readonly version?: 2 | 4 | 5;
  readonly digest?: "sha1" | "sha512";
  readonly bodyForm?: Call["bodyForm"];
  readonly key?: string;
  readonly user?: string;
  readonly dateHeader?: string;
  readonly date?: string;
  readonly extra?: Headers;
  /** Headers that are sent but not signed. */
  readonly added?: Headers;
  /** Spoils what is signed, as a wrong client would. */
  readonly spoil?: (canonical: string) => string;
  readonly spoilSignature?: (hex: string) => string;
  /** Changes the body after signing. */
  readonly tamper?: (body: string) => string;
}

function judge(recipe: Recipe, nowMs = now) {
  const { version = 2, digest = "sha512", bodyForm = "form", dateHeader = "date" } = recipe;
  const bodies: Readonly<Record<string, string>> = { form: formText, json: jsonText };
  const body = bodies[bodyForm] ?? "";
  const headers: Headers = [[dateHeader, recipe.date ?? date], ...(recipe.extra ?? [])];
  const call = makeCall(bodyForm, body, headers);
  const params = bodyForm === "json" ? [] : (parsePairs(formText) ?? []);
  const signable = { ...call, date: recipe.date ?? date, params };
  const canonical = (recipe.spoil ?? String)(canonicalString(version, signable));
  const hex = createHmac(digest, recipe.key ?? skey)
    .update(canonical)
    .digest("hex");
  const authorization = basic(recipe.user ?? ikey, (recipe.spoilSignature ?? String)(hex));
  const sent = makeCall(bodyForm, (recipe.tamper ?? String)(body), [
    ...headers,
    ...(recipe.added ?? []),
    ["authorization", authorization],
  ]);
  return verify(sent, integrations, nowMs);
}

const accepted: readonly (readonly [string, Recipe, string])[] = [
  ["a form signed with SHA-1", { digest: "sha1" }, "v2-sha1"],
  ["a form signed with SHA-512", {}, "v2-sha512"],
  ["a query signed with SHA-1", { digest: "sha1", bodyForm: "none" }, "v2-sha1"],
  ["a query signed with SHA-512", { bodyForm: "none" }, "v2-sha512"],
  ["JSON in version 4", { version: 4, bodyForm: "json" }, "v4"],
  ["JSON in version 5", { version: 5, bodyForm: "json" }, "v5"],
  ["a query in version 4", { version: 4, bodyForm: "none" }, "v4"],
  ["a query in version 5", { version: 5, bodyForm: "none" }, "v5"],
  [
    "version 5 with headers",
    {
      version: 5,
      bodyForm: "json",
      extra: [
        ["x-duo-b", "2"],
        ["x-duo-a", "1"],
      ],
    },
    "v5",
  ],
  ["version 5 with X-Duo-Date", { version: 5, bodyForm: "json", dateHeader: "x-duo-date" }, "v5"],
  ["version 2 with X-Duo-Date", { dateHeader: "x-duo-date" }, "v2-sha512"],
  [
    "X-Duo-Date over a Date that a proxy wrote",
    { dateHeader: "x-duo-date", extra: [["date", "rubbish"]] },
    "v2-sha512",
  ],
  ["zone +0000", { date: "Tue, 21 Aug 2012 17:29:18 +0000" }, "v2-sha512"],
  ["zone GMT", { date: "Tue, 21 Aug 2012 17:29:18 GMT" }, "v2-sha512"],
  ["a zone that is not UTC", { date: "Tue, 21 Aug 2012 19:29:18 +0200" }, "v2-sha512"],
];

for (const [name, recipe, form] of accepted) {
  test(`accepts ${name}`, () => assert.deepEqual(judge(recipe), { kind: "genuine", form }));
}

const refusedRows: readonly (readonly [string, Recipe, number])[] = [
  ["a trailing newline", { spoil: (canonical) => `${canonical}\n` }, 40103],
  ["an upper-case digest", { spoilSignature: (hex) => hex.toUpperCase() }, 40103],
  ["an upper-case SHA-1 digest", { digest: "sha1", spoilSignature: (hex) => hex.toUpperCase() }, 40103],
  ["a digest in base64", { spoilSignature: (hex) => Buffer.from(hex, "hex").toString("base64") }, 40103],
  ["a digest that is cut", { spoilSignature: (hex) => hex.slice(0, -2) }, 40103],
  ["no digest", { spoilSignature: () => "" }, 40103],
  ["+ for a space", { spoil: (canonical) => canonical.replace("%20", "+") }, 40103],
  [
    "unsorted parameters",
    { spoil: (canonical) => canonical.replace(/hostname=wks01&(.*)$/, "$1&hostname=wks01") },
    40103,
  ],
  ["another key", { key: `${skey.slice(0, -1)}q` }, 40103],
  ["the host with its port", { spoil: (canonical) => canonical.replace(host, `${host}:443`) }, 40103],
  ["the host in upper case", { spoil: (canonical) => canonical.replace(host, host.toUpperCase()) }, 40103],
  ["a form changed by one byte", { tamper: (body) => body.replace("wks01", "wks02") }, 40103],
  ["JSON changed by one byte, v4", { version: 4, bodyForm: "json", tamper: (body) => body.replace("1", "2") }, 40103],
  ["JSON changed by one byte, v5", { version: 5, bodyForm: "json", tamper: (body) => body.replace("1", "2") }, 40103],
  ["JSON whose bytes are unsigned", { version: 2, bodyForm: "json" }, 40103],
  ["JSON signed with SHA-1", { version: 4, bodyForm: "json", digest: "sha1" }, 40103],
  ["a header added after signing", { version: 5, bodyForm: "json", added: [["x-duo-a", "1"]] }, 40103],
  [
    "a repeated X-Duo header",
    {
      version: 5,
      bodyForm: "json",
      extra: [
        ["x-duo-a", "1"],
        ["x-duo-a", "1"],
      ],
    },
    40103,
  ],
  ["an unknown integration", { user: "DIXXXXXXXXXXXXXXXXXX" }, 40102],
  ["an integration of the Admin API", { user: admin.ikey, key: admin.skey }, 40301],
  ["a missing date", { dateHeader: "x-other" }, 40104],
  ["a month in another language", { date: "Di, 21 Aout 2012 17:29:18 +0000" }, 40105],
  ["an ISO date", { date: "2012-08-21T17:29:18Z" }, 40105],
  ["a body without a content type", { bodyForm: "missing" }, 40106],
  ["a body of another type", { bodyForm: "other" }, 40106],
];

for (const [name, recipe, code] of refusedRows) {
  test(`refuses ${name} with ${code}`, () => assert.deepEqual(judge(recipe), { kind: "refused", code }));
}

test("refuses missing or unreadable credentials with 40101", () => {
  for (const headers of [[], [["authorization", "Bearer abc"]], [["authorization", "Basic aGk="]]] as const) {
    const call = makeCall("none", "", [["date", date], ...headers]);
    assert.deepEqual(verify(call, integrations, now), { kind: "refused", code: 40101 });
  }
});

test("the clock may be 300 seconds off, either way, and not one more", () => {
  for (const seconds of [-300, 0, 300]) {
    assert.equal(judge({}, now + seconds * 1000).kind, "genuine", `${seconds}`);
  }
  for (const seconds of [-301, 301]) {
    assert.deepEqual(judge({}, now + seconds * 1000), { kind: "refused", code: 40105 }, `${seconds}`);
  }
});
