// Which texts are an address that Duo may have.

import assert from "node:assert/strict";
import { isIP } from "node:net";
import { describe, it } from "node:test";
import fc from "fast-check";
import { clientAddress as addressOf } from "../../../src/policy/client-address.ts";

const clientAddress = (rhost: string | undefined) => addressOf({ rhost, rhostTrusted: true });

const rows: readonly (readonly [string | undefined, string | undefined])[] = [
  [undefined, undefined],
  ["", undefined],
  ["203.0.113.5", "203.0.113.5"],
  ["2001:db8::1", "2001:db8::1"],
  ["::1", "::1"],
  ["::ffff:203.0.113.5", "203.0.113.5"],
  ["::FFFF:203.0.113.5", "203.0.113.5"],
  ["::ffff:999.0.0.1", undefined],
  ["::ffff:cb00:7105", "203.0.113.5"],
  ["0:0:0:0:0:ffff:203.0.113.5", "203.0.113.5"],
  ["0000:0000:0000:0000:0000:FFFF:CB00:7105", "203.0.113.5"],
  ["::ffff:0:1", "0.0.0.1"],
  // Not mapped: IPv4-compatible and translated ones are IPv6 addresses of their own.
  ["::203.0.113.5", "::203.0.113.5"],
  ["::ffff:0:203.0.113.5", "::ffff:0:203.0.113.5"],
  ["64:ff9b::203.0.113.5", "64:ff9b::203.0.113.5"],
  ["fe80::1%eth0", undefined],
  ["203.0.113.5%1", undefined],
  ["host.example.com", undefined],
  ["localhost", undefined],
  ["203.0.113.5.evil.example", undefined],
  [" 203.0.113.5", undefined],
  ["203.0.113.5\n", undefined],
  ["203.0.113.5:22", undefined],
  ["[2001:db8::1]", undefined],
  // COMPAT(duo_unix): inet_aton's short and octal forms are addresses there.
  ["1", undefined],
  ["127.1", undefined],
  ["0x7f.0.0.1", undefined],
  ["010.0.0.1", undefined],
  ["203.0.113.256", undefined],
];

describe("clientAddress", () => {
  for (const [rhost, wanted] of rows) {
    it(`${JSON.stringify(rhost) ?? "no PAM_RHOST"}: ${wanted ?? "nothing"}`, () =>
      assert.equal(clientAddress(rhost), wanted));
  }

  it("is none that the user could have chosen", () => {
    assert.equal(addressOf({ rhost: "203.0.113.5", rhostTrusted: false }), undefined);
  });

  it("passes every address on and nothing else", () => {
    fc.assert(fc.property(fc.ipV4(), (ip) => assert.equal(clientAddress(ip), ip)));
    fc.assert(fc.property(fc.ipV6(), (ip) => assert.notEqual(isIP(clientAddress(ip) ?? ""), 0)));
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const address = clientAddress(text);
        assert.ok(address === undefined || isIP(address) !== 0);
      }),
    );
  });
});
