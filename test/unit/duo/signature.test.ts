// Duo's signature against vectors that others made (test/vectors/signatures.json), and the encoding against its rule.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { Secret } from "../../../src/core/secret.ts";
import {
  authorization,
  canonicalPairs,
  canonicalParameters,
  canonicalString,
  percentEncode,
  type RequestToSign,
  rfc2822,
} from "../../../src/duo/signature.ts";
import { repositoryFile } from "../../support/repository.ts";

interface Encoding {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly canonicalParameters: string;
}
interface Signature extends Encoding {
  readonly ikey: string;
  readonly skey: string;
  readonly date: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly sha1?: string;
  readonly sha512?: string;
  readonly sha1Header?: string;
}
const vectors = JSON.parse(readFileSync(repositoryFile("test/vectors/signatures.json"), "utf8")) as {
  readonly signatures: readonly Signature[];
  readonly encodings: readonly Encoding[];
};

function request({ date, method, host, path, parameters }: Signature): RequestToSign {
  // T8 writes the method in mixed case; our type has upper case only, as HTTP wants it.
  const upper = method.toUpperCase() === "GET" ? "GET" : "POST";
  return { date, method: upper, host, path, parameters: canonicalParameters(parameters) };
}

describe("signature vectors", () => {
  it("are all there", () => assert.equal(vectors.signatures.length, 11));
  for (const vector of vectors.signatures) {
    const { name, ikey, sha1, sha512, sha1Header } = vector;
    const skey = new Secret(vector.skey);
    it(`${name}: canonical string has five lines and no newline at its end`, () => {
      const lines = canonicalString(request(vector)).split("\n");
      const { date, method, host, path } = vector;
      assert.deepEqual(lines, [date, method.toUpperCase(), host.toLowerCase(), path, vector.canonicalParameters]);
    });
    for (const [digest, hex] of [
      ["sha1", sha1],
      ["sha512", sha512],
    ] as const) {
      if (hex === undefined) continue;
      it(`${name}: ${digest}`, () => {
        const header = authorization(request(vector), ikey, skey, digest);
        assert.equal(Buffer.from(header.replace(/^Basic /, ""), "base64").toString(), `${ikey}:${hex}`);
        if (digest === "sha1" && sha1Header !== undefined) assert.equal(header, sha1Header);
        if (digest === "sha512") assert.equal(header, authorization(request(vector), ikey, skey));
      });
    }
  }
  for (const { name, parameters, canonicalParameters: wanted } of vectors.encodings) {
    it(`${name}: encoding`, () => assert.equal(canonicalParameters(parameters), wanted));
  }
});

describe("percentEncode", () => {
  it("writes each byte by the rule", () => {
    const byRule = (text: string) =>
      Array.from(Buffer.from(text), (byte) => {
        const character = String.fromCharCode(byte);
        return /[A-Za-z0-9_.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
      }).join("");
    const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme-ascii" }));
    fc.assert(fc.property(anyText, (text) => assert.equal(percentEncode(text), byRule(text))));
  });
});

describe("canonicalParameters", () => {
  it("does not depend on the order in which parameters were set, and loses none", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })), (parameters) => {
        const entries = Object.entries(parameters);
        const canonical = canonicalParameters(parameters);
        assert.equal(canonicalParameters(Object.fromEntries(entries.toReversed())), canonical);
        const pairs =
          canonical === "" ? [] : canonical.split("&").map((pair) => pair.split("=").map(decodeURIComponent));
        assert.deepEqual(new Map(pairs as [string, string][]), new Map(entries));
        const keys = canonical.split("&").map((pair) => pair.split("=")[0] ?? "");
        assert.deepEqual(keys, keys.toSorted());
      }),
    );
  });
});

describe("rfc2822", () => {
  it("is UTC with English names and two digits everywhere", () => {
    assert.equal(rfc2822(Date.UTC(2012, 7, 21, 17, 29, 18)), "Tue, 21 Aug 2012 17:29:18 -0000");
    assert.equal(rfc2822(Date.UTC(2026, 0, 1, 0, 0, 0)), "Thu, 01 Jan 2026 00:00:00 -0000");
    assert.equal(rfc2822(Date.UTC(2024, 1, 29, 23, 59, 59, 999)), "Thu, 29 Feb 2024 23:59:59 -0000");
  });

  it("names the same moment for any time", () => {
    const seconds = fc.integer({ min: 0, max: 4_102_444_800 });
    fc.assert(fc.property(seconds, (at) => assert.equal(Date.parse(rfc2822(at * 1000)), at * 1000)));
  });

  it("is the same whatever the locale and the zone of the process are", () => {
    const module = pathToFileURL(repositoryFile("dist/src/duo/signature.js")).href;
    const script = `import { rfc2822 } from ${JSON.stringify(module)}; console.log(rfc2822(1345570158000));`;
    const env = { LC_ALL: "de_DE.UTF-8", LANG: "ja_JP.UTF-8", TZ: "Pacific/Kiritimati" };
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], { env, encoding: "utf8" });
    assert.equal(out.trim(), "Tue, 21 Aug 2012 17:29:18 -0000");
  });
});

describe("canonicalPairs", () => {
  it("sorts equal keys by their values", () => {
    const pairs = [
      ["b", "1"],
      ["a", "2"],
      ["a", "10"],
      ["a", "!"],
    ] as const;
    assert.equal(canonicalPairs(pairs), "a=%21&a=10&a=2&b=1");
  });
});
