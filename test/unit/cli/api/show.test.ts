// What `duogate api` prints: JSON that no terminal takes for a command, and a logo in words.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { describeImage, jsonText } from "../../../../src/cli/api/show.ts";

describe("jsonText", () => {
  it("is indented by two", () => {
    assert.equal(jsonText({ stat: "OK", response: "pong" }), '{\n  "stat": "OK",\n  "response": "pong"\n}');
  });

  it("escapes what JSON leaves alone", () => {
    assert.equal(jsonText("\x9b2J \u202e \u{e0041} \ud800 ü 中"), '"\\u009b2J \\u202e \\udb40\\udc41 \\ud800 ü 中"');
  });

  it("keeps every value, and has no control character but the line feed", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        const text = jsonText(value);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
        assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});

describe("describeImage", () => {
  const png = Buffer.from("89504e470d0a1a0a0000000d4948445200000078000000280802000000", "hex");

  it("reads the size of a PNG", () => {
    assert.equal(describeImage("image/png; charset=binary", png), `image/png, 120 x 40 pixels, ${png.length} bytes`);
  });

  it("says no pixels of anything else", () => {
    assert.equal(describeImage("image/jpeg", Buffer.from("ffd8", "hex")), "image/jpeg, 2 bytes");
    assert.equal(describeImage("image/png", png.subarray(0, 23)), "image/png, 23 bytes");
    assert.equal(describeImage("image/\x1b[2J", Buffer.alloc(1)), "an image of an odd type, 1 bytes");
  });
});
