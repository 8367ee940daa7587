// http_proxy: which forms are read, how the credentials are decoded, and that none of them is ever shown.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { httpProxy } from "../../../src/config/proxy-value.ts";
import { accepted, problemsOf, withDuo } from "./samples.ts";

type Row = readonly [raw: string, host: string, port: number, credentials?: string];

const READ: readonly Row[] = [
  ["http://proxy.example.org:3128", "proxy.example.org", 3128],
  ["HTTP://Proxy.Example.org:3128/", "proxy.example.org", 3128],
  ["proxy:8080", "proxy", 8080],
  ["proxy", "proxy", 80],
  ["http://192.0.2.7", "192.0.2.7", 80],
  ["http://[2001:db8::7]:3128", "2001:db8::7", 3128],
  ["http://[2001:db8::7]", "2001:db8::7", 80],
  ["http://alice:secret@proxy:3128", "proxy", 3128, "alice:secret"],
  ["alice:secret@proxy:3128", "proxy", 3128, "alice:secret"],
  ["http://alice@proxy:3128", "proxy", 3128, "alice:"],
  ["http://al%40ice:a%3Ab%40c%25d%20e@proxy:3128", "proxy", 3128, "al@ice:a:b@c%d e"],
  ["http://alice:a:b@c@proxy:3128", "proxy", 3128, "alice:a:b@c"],
  ["http://alice:caf%C3%A9@proxy:3128", "proxy", 3128, "alice:caf\u00e9"],
];

const REFUSED: readonly (readonly [raw: string, message: RegExp])[] = [
  ["https://proxy:3128", /plain HTTP/],
  ["socks5://proxy:1080", /plain HTTP/],
  ["http://", /no host/],
  ["http://proxy:3128/path", /no host/],
  ["http://proxy:0", /no host/],
  ["http://proxy:99999", /no host/],
  ["http://proxy:", /no host/],
  ["2001:db8::7", /no host/],
  ["http://alice:hunter2@", /no host/],
  ["http://:hunter2@proxy", /no user name/],
  ["http://alice:hunter2%zz@proxy", /% that encodes nothing/],
  ["http://alice:hunter2%ff@proxy", /% that encodes nothing/],
  ["http://al%3Aice:hunter2@proxy", /user name with a :/],
  ["http://alice:hunter2%0d%0aX:%20y@proxy", /control character/],
];

describe("http_proxy", () => {
  for (const [raw, host, port, credentials] of READ) {
    it(`reads ${raw}`, () => {
      const result = httpProxy.read(raw);
      assert.ok(result.ok && result.value !== undefined);
      const { value } = result;
      assert.deepEqual([value.host, value.port, value.credentials?.reveal()], [host, port, credentials]);
    });
  }

  for (const [raw, message] of REFUSED) {
    it(`refuses ${raw} without quoting it`, () => {
      const [problem, ...others] = problemsOf(withDuo(`http_proxy = ${raw}`));
      assert.match(problem?.message ?? "", message);
      assert.deepEqual(others, []);
      assert.doesNotMatch(JSON.stringify(problem), /hunter2/);
    });
  }

  it("never shows its credentials", () => {
    const { duo } = accepted(withDuo("http_proxy = http://alice:hunter2@proxy:3128"));
    assert.doesNotMatch(`${JSON.stringify(duo)}${inspect(duo, { depth: 9 })}`, /hunter2|alice/);
    assert.equal(httpProxy.show(duo.httpProxy), "");
  });
});
