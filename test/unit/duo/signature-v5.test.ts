// Format 5 of Duo's signature against vectors that others made (test/vectors/signatures.json), and what each form makes of
// a request.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { Secret } from "../../../src/core/secret.ts";
import { authorization, canonicalPairs, canonicalParameters, encodedPairs } from "../../../src/duo/signature.ts";
import { sign } from "../../../src/duo/signature-form.ts";
import {
  authorizationV5,
  canonicalStringV5,
  duoHeaderHash,
  type RequestToSignV5,
  sha512Hex,
} from "../../../src/duo/signature-v5.ts";
import { repositoryFile } from "../../support/repository.ts";

type Header = readonly [name: string, value: string];
interface V5Request {
  readonly name: string;
  readonly date: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: string;
  readonly headers: readonly Header[];
}
interface V5Signature extends V5Request {
  readonly ikey: string;
  readonly skey: string;
  readonly sha512: string;
  readonly bodyHash?: string;
}
interface Hash {
  readonly name: string;
  readonly sha512: string;
}
const vectors = JSON.parse(readFileSync(repositoryFile("test/vectors/signatures.json"), "utf8")) as {
  readonly v5: readonly V5Signature[];
  readonly v5Canonical: readonly (V5Request & { readonly lines: readonly string[] })[];
  readonly hashes: readonly (Hash & { readonly text: string })[];
  readonly headerHashes: readonly (Hash & { readonly headers: readonly Header[] })[];
  readonly pairs: readonly { name: string; pairs: readonly Header[]; canonicalParameters: string }[];
};

function request({ date, method, host, path, parameters, body, headers }: V5Request): RequestToSignV5 {
  // Some vectors write the method in mixed case; our type has upper case only, as HTTP wants it.
  const upper = method.toUpperCase() === "GET" ? "GET" : "POST";
  return { date, method: upper, host, path, parameters: canonicalParameters(parameters), body, headers };
}

const credentials = (header: string) => Buffer.from(header.replace(/^Basic /, ""), "base64").toString();

describe("signature vectors, format 5", () => {
  it("are all there", () => assert.deepEqual([vectors.v5.length, vectors.headerHashes.length], [12, 2]));
  for (const vector of vectors.v5) {
    it(`${vector.name}: signature`, () => {
      const header = authorizationV5(request(vector), vector.ikey, new Secret(vector.skey));
      assert.equal(credentials(header), `${vector.ikey}:${vector.sha512}`);
      if (vector.bodyHash !== undefined) assert.equal(sha512Hex(vector.body), vector.bodyHash);
    });
  }
  for (const vector of vectors.v5Canonical) {
    it(`${vector.name}: canonical string`, () =>
      assert.deepEqual(canonicalStringV5(request(vector)).split("\n"), vector.lines));
  }
  for (const { name, text, sha512 } of vectors.hashes) {
    it(`${name}: hash of a body`, () => assert.equal(sha512Hex(text), sha512));
  }
  for (const { name, headers, sha512 } of vectors.headerHashes) {
    it(`${name}: hash of headers`, () => assert.equal(duoHeaderHash(headers), sha512));
  }
  for (const { name, pairs, canonicalParameters: wanted } of vectors.pairs) {
    it(`${name}: a key with two values`, () => assert.equal(canonicalPairs(pairs), wanted));
  }
});

describe("duoHeaderHash", () => {
  it("refuses what could make two requests look like one", () => {
    const twice: readonly Header[] = [
      ["X-Duo-A", "1"],
      ["x-duo-a", "2"],
    ];
    assert.throws(() => duoHeaderHash(twice), TypeError);
    assert.throws(() => duoHeaderHash([["x-duo-a", "1\0x-duo-b\x002"]]), TypeError);
  });

  it("does not depend on the order of the headers", () => {
    const headers: readonly Header[] = [
      ["x-duo-b", "2"],
      ["x-duo-a", "1"],
    ];
    assert.equal(duoHeaderHash(headers), duoHeaderHash(headers.toReversed()));
  });
});

describe("sign", () => {
  const skey = new Secret("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep");
  const place = { date: "Tue, 21 Aug 2012 17:29:18 -0000", host: "api-xxxxxxxx.duosecurity.com" };
  const parameters = { username: "a b", factor: "push" };
  const post = { ...place, method: "POST", path: "/auth/v2/auth", parameters } as const;
  const fetch = { ...post, method: "GET" } as const;

  it("v2 and v2-sha1: form body, and a header for each digest", () => {
    const body = "factor=push&username=a%20b";
    for (const [form, digest] of [
      ["v2", "sha512"],
      ["v2-sha1", "sha1"],
    ] as const) {
      assert.deepEqual(sign(form, post, "DI", skey), {
        target: "/auth/v2/auth",
        body,
        contentType: "application/x-www-form-urlencoded",
        authorization: authorization({ ...post, parameters: body }, "DI", skey, digest),
      });
    }
  });

  it("v5: JSON body, which is what is signed, and no parameters line", () => {
    const body = '{"username":"a b","factor":"push"}';
    assert.deepEqual(sign("v5", post, "DI", skey), {
      target: "/auth/v2/auth",
      body,
      contentType: "application/json",
      authorization: authorizationV5({ ...post, parameters: "", body, headers: [] }, "DI", skey),
    });
  });

  it("a GET has its parameters in the query, signed, and no body in any form", () => {
    for (const form of ["v2", "v2-sha1", "v5"] as const) {
      const { target, body, contentType } = sign(form, fetch, "DI", skey);
      assert.deepEqual([target, body, contentType], ["/auth/v2/auth?factor=push&username=a%20b", undefined, undefined]);
      assert.equal(sign(form, { ...fetch, parameters: {} }, "DI", skey).target, "/auth/v2/auth");
    }
    const toSign = { ...fetch, parameters: "factor=push&username=a%20b", body: "", headers: [] };
    assert.equal(sign("v5", fetch, "DI", skey).authorization, authorizationV5(toSign, "DI", skey));
  });
});

describe("encodedPairs", () => {
  it("keeps the order and repeated keys", () => {
    const pairs: readonly Header[] = [
      ["Server IP", "192.0.2.2"],
      ["Command", "a&b=c"],
      ["Command", ""],
    ];
    assert.equal(encodedPairs(pairs), "Server%20IP=192.0.2.2&Command=a%26b%3Dc&Command=");
  });
});
