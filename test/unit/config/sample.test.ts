// The sample and the manual page say what the option table says, and the sample is a file that the parser understands.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ALL_OPTIONS } from "../../../src/config/options.ts";
import { renderReference, renderSample } from "../../../src/config/sample.ts";
import { obsolete } from "../../../src/config/value-types.ts";
import { accepted, brief, problemsOf, REQUIRED } from "./samples.ts";

const root = join(import.meta.dirname, "../../../..");
const HINT = "run: node dist/test/support/generate-docs.js";

describe("the generated files", () => {
  it("conf/duogate.conf is what the table gives", () => {
    assert.equal(readFileSync(join(root, "conf/duogate.conf"), "utf8"), renderSample(), HINT);
  });

  it("docs/CONFIG.md is what the table gives", () => {
    assert.equal(readFileSync(join(root, "docs/CONFIG.md"), "utf8"), renderReference(), HINT);
  });

  it("have every option and fit a terminal", () => {
    for (const { key } of ALL_OPTIONS) {
      assert.match(renderSample(), new RegExp(`^#?${key} = .`, "m"));
      assert.match(renderReference(), new RegExp(`^### ${key}$`, "m"));
    }
    assert.ok(`${renderSample()}${renderReference()}`.split("\n").every((line) => line.length <= 120));
  });
});

describe("the sample", () => {
  it("is refused as it is, for exactly what the admin has to fill in", () => {
    assert.deepEqual(
      problemsOf(renderSample()).map(({ code, key }) => `${code} ${key}`),
      ["missing-key failmode", "placeholder ikey", "placeholder skey", "placeholder host"],
    );
  });

  it("is accepted with every line of it in use, examples included", () => {
    const [table = ""] = renderSample().split("#[service:sudo]");
    const [head = "", tail = ""] = table.split("[gateway]");
    const used = (text: string) => text.replace(/^#([a-z_]+ = )/gm, "$1").replace(/^(ikey|skey|host) = .*\n/gm, "");
    const keys = REQUIRED.split("\n").slice(1, 4).join("\n");
    const config = accepted(`${used(head)}${keys}\n[gateway]${used(tail)}`);
    assert.equal(config.duo.cafile, "/etc/duogate/ca.pem");
    assert.deepEqual(config.duo.groups, ["users,!wheel"]);
    assert.deepEqual([...config.services], []);
  });

  it("has a service section that is accepted as it stands", () => {
    const [, tail = ""] = renderSample().split("#[service:sudo]");
    const config = accepted(`${REQUIRED}[service:sudo]${tail.replace(/^#/gm, "")}`);
    const sudo = config.services.get("sudo");
    assert.deepEqual([sudo?.autopush, sudo?.groups, config.duo.autopush], [true, ["admins"], false]);
  });

  it("shows the defaults: with its option lines in use, what has a default does not change", () => {
    const shown = ALL_OPTIONS.filter((one) => !one.required && one.without === undefined && one.type !== obsolete);
    for (const option of shown) {
      const line = new RegExp(`^#(${option.key} = .*)$`, "m").exec(renderSample())?.[1];
      const text = option.section === "duo" ? `${REQUIRED}${line}\n` : `${REQUIRED}[gateway]\n${line}\n`;
      assert.deepEqual(JSON.stringify(accepted(text)), JSON.stringify(accepted(REQUIRED)), option.key);
      assert.deepEqual(brief(problemsOf(text)), []);
    }
  });
});
