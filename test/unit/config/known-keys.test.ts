// What the admin is told about keys that the table does not have.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findOption } from "../../../src/config/options.ts";
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
  ["verified_pusch = yes", /did you mean verified_push/],
  ["username_sufix = @a", /did you mean username_suffix/],
];

const REFUSED = ["noverify", "motd"];
const DUO_UNIX_KEYS = (
  "host ikey skey groups group failmode pushinfo autopush verified_push prompts fallback_local_ip https_timeout " +
  "send_gecos gecos_delim gecos_username_pos cafile http_proxy accept_env_factor gecos_parsed dev_fips_mode"
).split(" ");

describe("unknown keys", () => {
  for (const [line, remedy] of REMEDIES) {
    it(`${line}: ${remedy.source}`, () => {
      const [problem, ...others] = problemsOf(withDuo(line));
      assert.match(problem?.remedy ?? "", remedy);
      assert.deepEqual(others, []);
    });
  }

  it("are the only keys of Duo Unix that we do not have, each with words of its own", () => {
    for (const key of DUO_UNIX_KEYS) assert.notEqual(findOption("duo", key), undefined, key);
    for (const key of REFUSED) {
      const [problem] = problemsOf(withDuo(`${key} = 1`));
      assert.equal(problem?.code, "unsupported-key", key);
      assert.ok(!problem.message.includes("has no option"));
    }
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
