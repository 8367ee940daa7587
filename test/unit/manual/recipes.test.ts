// The PAM recipes of docs/OPERATIONS.md, put among the files of their distribution and read as libpam reads them. For each:
// with both factors one gets in; without the second factor nobody does, whatever all modules return; with a wrong
// password the second factor is not even asked for.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { dispatch } from "../../../src/host/pam/dispatch.ts";
import type { PamEntry, PamModuleEntry } from "../../../src/host/pam/entry.ts";
import type { PamReturn } from "../../../src/host/pam/returns.ts";
import { readPamService } from "../../../src/host/pam/service.ts";
import { folderSource } from "../../../src/host/pam/source.ts";
import { judgeStack } from "../../../src/host/pam/verdicts.ts";
import { guideRecipes, type Recipe, rescued } from "../../support/guide-recipes.ts";
import { DISTRIBUTIONS, type PamFiles } from "../../support/pam-distributions.ts";
import { ANY, FAILURES, type Returns, ways } from "../../support/pam-proof.ts";
import { sourceText } from "./page.ts";

const OURS = "pam_duogate.so";
const FIRST_FACTORS: ReadonlySet<string> = new Set(["pam_unix.so", "pam_sss.so", "pam_systemd_home.so"]);
/** Whose success lets somebody through by the recipe's own intention: root in su, the group of break-glass. */
const WAIVERS: ReadonlySet<string> = new Set(["pam_rootok.so", "pam_succeed_if.so"]);

const GUIDE = guideRecipes();

/** The examples of conf/pam.d, which are for Debian. */
const EXAMPLES = ["sshd", "su", "sudo"].map((service): Recipe => {
  const lines = sourceText(`conf/pam.d/${service}`).split("\n");
  return { title: `conf/pam.d/${service}`, distribution: "Debian", service, lines, withPassword: true };
});

/** The auth stack of a service that has these lines, among the distribution's files. */
function stackOf(service: string, lines: readonly string[], files: PamFiles): readonly PamEntry[] {
  const folder = mkdtempSync(join(tmpdir(), "duogate-recipe-"));
  try {
    const all = { other: ["auth required pam_deny.so"], ...files, [service]: lines };
    for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), `${text.join("\n")}\n`);
    const read = readPamService(service, folderSource([folder]));
    assert.deepEqual(
      read.problems.filter(({ place }) => !place.file.endsWith("/other")),
      [],
    );
    return read.stacks.auth.entries;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Modules whose answer is fixed; the others may say anything, and those named in `given` say that. */
function returning(given: Readonly<Record<string, readonly PamReturn[]>>): Returns {
  return ({ module }: PamModuleEntry) => {
    if (module === "pam_deny.so") return ["auth_err"];
    if (module === "pam_permit.so") return ["success"];
    return given[module] ?? ANY;
  };
}

const failing = (modules: Iterable<string>) => Object.fromEntries([...modules].map((module) => [module, FAILURES]));

/** What pam_duogate(8) says that it returns, by the names of control values. */
const ours = [...sourceText("docs/man/pam_duogate.8").matchAll(/^\.It Dv PAM_(\w+)$/gm)]
  .map((match) => (match[1] ?? "").toLowerCase() as PamReturn)
  .filter((code) => code !== "success" && code !== "incomplete");

const loginWithBoth = (entries: readonly PamEntry[], second: PamReturn) =>
  dispatch(entries, ({ module }) => {
    if (module === "pam_deny.so" || WAIVERS.has(module)) return "auth_err";
    return module === OURS ? second : "success";
  });

/** Ways that end in success though the second factor said no, or was not asked. */
function waysPast(entries: readonly PamEntry[]): readonly string[] {
  const without = ways(entries, returning({ [OURS]: ours, ...failing(WAIVERS) }), OURS);
  return without.filter(({ code }) => code === "success").map(({ called }) => called.join(", "));
}

/** Ways on which the second factor is asked for though every first factor has failed. */
function waysToARing(entries: readonly PamEntry[]): readonly string[] {
  const wrong = ways(entries, returning(failing(FIRST_FACTORS)), OURS);
  return wrong.filter(({ marked }) => marked).map(({ called }) => called.join(", "));
}

describe("the recipes", () => {
  it("are for every distribution that the guide speaks of, and for sshd, sudo and su", () => {
    for (const distribution of Object.keys(DISTRIBUTIONS)) {
      const services = new Set(GUIDE.filter((one) => one.distribution === distribution).map(({ service }) => service));
      for (const service of ["sshd", "sudo", "su"]) assert.ok(services.has(service), `${distribution}: ${service}`);
    }
    assert.deepEqual(
      GUIDE.filter(({ distribution }) => !(distribution in DISTRIBUTIONS)),
      [],
    );
    assert.ok(GUIDE.some(({ lines }) => lines.some((line) => rescued(line).includes("pam_permit.so"))));
  });
});

for (const { title, distribution, service, lines, withPassword } of [...GUIDE, ...EXAMPLES]) {
  for (const [index, files] of (DISTRIBUTIONS[distribution] ?? []).entries()) {
    describe(`${title}, files ${index + 1}`, () => {
      const entries = stackOf(service, lines, files);

      it("both factors let in, and the second is asked for", () => {
        const { code, called } = loginWithBoth(entries, "success");
        assert.equal(code, "success");
        assert.ok(called.some(({ entry }) => entry.kind === "module" && entry.module === OURS));
      });

      it("without the second factor nobody gets in, whatever the modules return", () => {
        assert.ok(ours.length >= 6);
        assert.deepEqual(waysPast(entries), []);
      });

      it("duogate's own judgement of the stack finds nothing to say", () => {
        const judged = judgeStack(entries, ({ module }) => module === OURS);
        assert.ok(judged.kind === "judged" && judged.asked && judged.wayIn !== undefined);
        assert.deepEqual([...judged.overruled.keys()], []);
        assert.deepEqual(
          judged.passed.filter(({ passedBy }) => !WAIVERS.has(passedBy.module)),
          [],
        );
        assert.equal(judged.afterFailure ?? judged.beforeFactor, undefined);
      });

      if (withPassword) {
        it("a wrong password does not ring a phone, whatever the others return", () => {
          assert.deepEqual(waysToARing(entries), []);
        });

        it("with pam_permit.so in the line's place the password alone decides, as in Break-glass", () => {
          const without = stackOf(service, lines.map(rescued), files);
          assert.equal(loginWithBoth(without, "success").code, "success");
          const wrong = ways(without, returning(failing([...FIRST_FACTORS, ...WAIVERS])), OURS);
          assert.deepEqual(
            wrong.filter(({ code }) => code === "success"),
            [],
          );
        });
      }
    });
  }
}

describe("what the guide warns of is so", () => {
  const LINE = `auth required ${OURS}`;

  it("by include, Fedora's system-auth ends the stack before the line", () => {
    for (const files of DISTRIBUTIONS["Fedora"] ?? []) {
      assert.notDeepEqual(waysPast(stackOf("sudo", ["auth include system-auth", LINE], files)), []);
    }
  });

  it("by substack, a wrong password leads to the line", () => {
    for (const files of DISTRIBUTIONS["Fedora"] ?? []) {
      const entries = stackOf("sudo", ["auth substack system-auth", LINE], files);
      assert.deepEqual(waysPast(entries), []);
      assert.notDeepEqual(waysToARing(entries), []);
    }
  });

  it("SUSE's common-auth leads there as well", () => {
    const [plain = {}, sssd = {}] = DISTRIBUTIONS["SUSE"] ?? [];
    assert.notDeepEqual(waysToARing(stackOf("sshd", ["auth include common-auth", LINE], plain)), []);
    assert.notDeepEqual(waysPast(stackOf("sshd", ["auth include common-auth", LINE], sssd)), []);
  });

  it("a line that is sufficient, optional or ignored is not heard", () => {
    for (const control of ["sufficient", "optional", "[success=ok default=ignore]"]) {
      const lines = ["@include common-auth", `auth ${control} ${OURS}`];
      assert.notDeepEqual(waysPast(stackOf("sshd", lines, DISTRIBUTIONS["Debian"]?.[0] ?? {})), [], control);
    }
  });

  it("a jump beyond the end of the stack is refused", () => {
    const lines = ["auth [success=1 default=ignore] pam_succeed_if.so", LINE];
    const { code } = dispatch(stackOf("sshd", lines, {}), () => "success");
    assert.notEqual(code, "success");
  });
});
