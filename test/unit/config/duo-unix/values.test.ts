// The proxy's value, which carries credentials: Duo Unix takes them as they stand, duogate percent-encoded.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readProxy } from "../../../../src/config/duo-unix/values.ts";

describe("readProxy", () => {
  const rows: readonly (readonly [string, string | undefined, RegExp?])[] = [
    ["http://proxy:8080", "http://proxy:8080"],
    ["proxy", "proxy"],
    ["http://bob:pw@proxy:8080/", "http://bob:pw@proxy:8080/"],
    ["http://bob:p%40w@proxy", "http://bob:p%2540w@proxy", /percent-encoded/],
    ["bob:p:w@proxy", "http://bob:p%3Aw@proxy", /percent-encoded/],
    ["", undefined, /never reaches Duo/],
    ["https://proxy", undefined, /refuses every login/],
    ["socks5://proxy", undefined, /refuses every login/],
  ];
  for (const [value, written, said] of rows) {
    it(`${JSON.stringify(value)}: ${written ?? "left out"}`, () => {
      const read = readProxy(value);
      assert.equal(read.value, written);
      if (said === undefined) assert.equal(read.says, undefined);
      else assert.match(read.says ?? "", said);
    });
  }
});
