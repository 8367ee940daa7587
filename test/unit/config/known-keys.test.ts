// What the admin is told about keys that the table does not have.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { brief, problemsOf, REQUIRED, withDuo, withGateway } from "./samples.ts";

const REMEDIES: readonly (readonly [line: string, remedy: RegExp])[] = [
  ["fail_mode = safe", /did you mean failmode/],
  ["prompt = 1", /did you mean prompts/],
  ["Autopush = yes", /did you mean autopush/],
  ["connect-timeout = 5", /did you mean connect_timeout/],
  ["conect_timeout = 5", /did you mean connect_timeout/],
  ["max_logins = 5", /move the line to \[gateway\]/],
  ["colour = red", /lists every option/],
  ["noverify = yes", /use cafile/],
  ["verified_push = yes", /remove the line/],
  ["https_timeout = 5", /connect_timeout, request_timeout/],
];

const DUO_UNIX_KEYS = (
  "verified_push fallback_local_ip https_timeout send_gecos gecos_delim " +
  "gecos_username_pos motd gecos_parsed dev_fips_mode noverify"
).split(" ");

describe("unknown keys", () => {
  for (const [line, remedy] of REMEDIES) {
    it(`${line}: ${remedy.source}`, () => {
      const [problem, ...others] = problemsOf(withDuo(line));
      assert.match(problem?.remedy ?? "", remedy);
      assert.deepEqual(others, []);
    });
  }

  it("have words of their own for each key of Duo Unix that we do not have", () => {
    const messages = DUO_UNIX_KEYS.map((key) => {
      const [problem] = problemsOf(withDuo(`${key} = 1`));
      assert.equal(problem?.code, "unsupported-key", key);
      return problem?.message;
    });
    assert.ok(messages.every((message) => message !== undefined && !message.includes("has no option")));
  });

  it("count as the key that was meant, so that it is not missing as well", () => {
    const text = REQUIRED.replace("ikey", "integration_key").replace("skey", "secret_key").replace("host", "api_host");
    assert.deepEqual(brief(problemsOf(text)), [
      "2 unknown-key integration_key",
      "3 unknown-key secret_key",
      "4 unknown-key api_host",
    ]);
    assert.deepEqual(
      problemsOf(text).map((one) => one.remedy),
      ["did you mean ikey?", "did you mean skey?", "did you mean host?"],
    );
  });

  it("suggest a section that is close", () => {
    const [problem] = problemsOf(withGateway("").replace("[gateway]", "[gatway]"));
    assert.equal(problem?.remedy, "did you mean [gateway]?");
  });

  it("cost little when they are many and long", () => {
    const text = `[duo]\n${Array.from({ length: 2000 }, (_, index) => `${"k".repeat(400)}${index} = 1`).join("\n")}`;
    assert.ok(problemsOf(text).length >= 2000);
  });
});
