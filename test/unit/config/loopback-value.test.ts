// metrics_listen: which addresses are of this machine alone, and that no other is taken.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loopbackPlace } from "../../../src/config/loopback-value.ts";

describe("metrics_listen", () => {
  for (const [raw, host, port] of [
    ["127.0.0.1:9640", "127.0.0.1", 9640],
    ["127.3.2.1:1", "127.3.2.1", 1],
    ["[::1]:65535", "::1", 65_535],
  ] as const) {
    it(`${raw} is taken, and written back the same`, () => {
      const read = loopbackPlace.read(raw);
      assert.ok(read.ok);
      assert.deepEqual(read.value, { host, port });
      assert.equal(loopbackPlace.show(read.value), raw);
    });
  }

  const refused: readonly (readonly [raw: string, message: RegExp])[] = [
    ["0.0.0.0:9640", /not an address of the loopback interface/],
    ["192.0.2.7:9640", /loopback/],
    ["128.0.0.1:9640", /loopback/],
    ["127.0.0.1.example.org:9640", /loopback/],
    ["127.1:9640", /loopback/],
    ["0177.0.0.1:9640", /loopback/],
    ["127.0.0.256:9640", /loopback/],
    ["localhost:9640", /loopback/],
    [":9640", /loopback/],
    ["[::]:9640", /loopback/],
    ["[::ffff:127.0.0.1]:9640", /loopback/],
    ["[::1%eth0]:9640", /loopback/],
    ["::1:9640", /not an address with a port/],
    ["127.0.0.1", /port/],
    ["127.0.0.1:", /port/],
    ["127.0.0.1:0", /port/],
    ["127.0.0.1:65536", /port/],
    ["127.0.0.1:09640", /port/],
    ["9640", /port/],
    ["http://127.0.0.1:9640", /port/],
  ];
  for (const [raw, message] of refused) {
    it(`${raw} is refused, with what to write`, () => {
      const read = loopbackPlace.read(raw);
      assert.ok(!read.ok);
      assert.equal(read.error.code, "bad-value");
      assert.match(read.error.message, message);
      assert.match(read.error.remedy, /write 127\.0\.0\.1:9640 or \[::1\]:9640/);
    });
  }
});
