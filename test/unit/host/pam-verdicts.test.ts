// What a stack is worth with pam_duogate in it: a table of constructs that people write, each with everything that is to be
// found out about it, and the law that looking at every way finds what any single way comes to.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { dispatch } from "../../../src/host/pam/dispatch.ts";
import type { PamModuleEntry } from "../../../src/host/pam/entry.ts";
import { explore } from "../../../src/host/pam/explore.ts";
import { answersOf, moduleName } from "../../../src/host/pam/modules.ts";
import { readPamService } from "../../../src/host/pam/service.ts";
import type { PamSource } from "../../../src/host/pam/source.ts";
import { judgeStack, REFUSALS } from "../../../src/host/pam/verdicts.ts";
import { AUTHSELECT_SSSD } from "../../support/pam-distributions.ts";

const DEBIAN = [
  "auth [success=1 default=ignore] pam_unix.so nullok",
  "auth requisite pam_deny.so",
  "auth required pam_permit.so",
  "auth optional pam_cap.so",
];
const DUO = "auth required pam_duogate.so";

function source(...lines: readonly string[]): PamSource {
  const texts: Readonly<Record<string, readonly string[]>> = {
    test: lines,
    "common-auth": DEBIAN,
    "system-auth": AUTHSELECT_SSSD,
  };
  return {
    open: (name) => {
      const found = texts[name];
      return found === undefined
        ? { kind: "none" }
        : { kind: "file", path: name, text: found.map((line) => `${line}\n`).join("") };
    },
    services: () => Object.keys(texts),
  };
}

const isDuogate = (entry: PamModuleEntry) => moduleName(entry) === "pam_duogate";

/** Everything that is wrong or odd, in words; nothing for a stack that is as it should be. */
function found(lines: readonly string[], missing?: string): readonly string[] {
  const { entries } = readPamService("test", source(...lines)).stacks.auth;
  const verdict = judgeStack(entries, isDuogate, (entry) => moduleName(entry) === missing);
  if (verdict.kind !== "judged") return [verdict.kind];
  const { asked, overruled, passed, alone, afterFailure, beforeFactor, wayIn } = verdict;
  return [
    ...(asked ? [] : ["never asked"]),
    ...(overruled.size === REFUSALS.length ? ["overruled"] : [...overruled.keys()].map((code) => `overruled: ${code}`)),
    ...passed.map(({ passedBy }) => `passed by ${moduleName(passedBy)}`),
    ...(alone === undefined ? [] : ["alone"]),
    ...(afterFailure === undefined ? [] : ["after a failure"]),
    ...(beforeFactor === undefined ? [] : ["before the factor"]),
    ...(wayIn === undefined ? ["nobody gets in"] : []),
  ];
}

const stacks: readonly (readonly [name: string, lines: readonly string[], expected: readonly string[]])[] = [
  ["the README's line on Debian", ["@include common-auth", DUO], []],
  ["the same with requisite", ["@include common-auth", "auth requisite pam_duogate.so"], []],
  [
    "behind a substack on Fedora, which a wrong password does not end",
    ["auth substack system-auth", DUO],
    ["after a failure"],
  ],
  ["without a line", ["@include common-auth"], ["none"]],
  ["commented out", ["@include common-auth", `#${DUO}`], ["none"]],
  ["alone, for a key and Duo", [DUO], ["alone"]],
  [
    "behind an include on Fedora, whose sufficient ends everything",
    ["auth include system-auth", DUO],
    ["passed by pam_unix", "passed by pam_sss", "after a failure", "nobody gets in"],
  ],
  ["sufficient below the password", ["@include common-auth", "auth sufficient pam_duogate.so"], ["overruled"]],
  [
    "sufficient above the password",
    ["auth sufficient pam_duogate.so", "@include common-auth"],
    ["overruled", "alone", "before the factor"],
  ],
  ["optional", ["@include common-auth", "auth optional pam_duogate.so"], ["overruled"]],
  [
    "default=ignore",
    [
      "@include common-auth",
      "auth [success=1 default=ignore] pam_duogate.so",
      "auth required pam_env.so",
      "auth required pam_env.so",
    ],
    ["overruled"],
  ],
  [
    "Ctrl-C three times",
    ["@include common-auth", "auth [success=ok auth_err=die maxtries=die default=ignore] pam_duogate.so"],
    [
      "overruled: abort",
      "overruled: authinfo_unavail",
      "overruled: service_err",
      "overruled: system_err",
      "overruled: module_unknown",
    ],
  ],
  [
    "an outage lets in",
    ["@include common-auth", "auth [success=ok authinfo_unavail=ignore default=die] pam_duogate.so"],
    ["overruled: authinfo_unavail"],
  ],
  [
    "a missing module lets in",
    ["@include common-auth", "auth [success=ok module_unknown=ignore default=die] pam_duogate.so"],
    ["overruled: module_unknown"],
  ],
  ["a misspelt control", ["@include common-auth", "auth requierd pam_duogate.so"], ["nobody gets in"]],
  ["a dash changes nothing", ["@include common-auth", "-auth required pam_duogate.so"], []],
  [
    "sufficient password above",
    ["auth sufficient pam_unix.so", DUO],
    ["passed by pam_unix", "alone", "after a failure"],
  ],
  [
    "required password above, so that a wrong one rings the phone",
    ["auth required pam_unix.so", DUO],
    ["after a failure"],
  ],
  ["above the password", [DUO, "@include common-auth"], ["before the factor"]],
  ["root's su", ["auth sufficient pam_rootok.so", "@include common-auth", DUO], ["passed by pam_rootok"]],
  [
    "a group goes past",
    ["@include common-auth", "auth [success=1 default=ignore] pam_succeed_if.so user ingroup robots", DUO],
    ["passed by pam_succeed_if"],
  ],
  [
    "a group goes past, by sufficient",
    ["@include common-auth", "auth sufficient pam_succeed_if.so user ingroup robots", DUO],
    ["passed by pam_succeed_if"],
  ],
  [
    "a jump one too far",
    ["auth [success=2 default=ignore] pam_unix.so", "auth requisite pam_deny.so", DUO, "auth required pam_permit.so"],
    ["passed by pam_unix", "never asked", "nobody gets in"],
  ],
  [
    "a jump beyond the end fails",
    ["auth [success=2 default=ignore] pam_unix.so", "auth requisite pam_deny.so", DUO],
    ["never asked", "nobody gets in"],
  ],
  [
    "permit at the end after sufficient",
    ["auth requisite pam_unix.so", "auth sufficient pam_duogate.so", "auth required pam_permit.so"],
    ["overruled"],
  ],
  [
    "deny at the end after sufficient",
    ["auth requisite pam_unix.so", "auth sufficient pam_duogate.so", "auth required pam_deny.so"],
    [],
  ],
  ["permit above", ["auth sufficient pam_permit.so", DUO], ["passed by pam_permit", "never asked", "nobody gets in"]],
  ["deny above", ["auth requisite pam_deny.so", DUO], ["never asked", "nobody gets in"]],
  ["an unreadable line above", ["auht required pam_unix.so", DUO], ["nobody gets in"]],
  [
    "in a substack whose sufficient ends the substack",
    ["auth substack sub-auth", "auth required pam_permit.so"],
    ["none"],
  ],
  [
    "reset forgets a refusal",
    ["@include common-auth", DUO, "auth [default=reset] pam_env.so", "auth required pam_permit.so"],
    ["overruled"],
  ],
  ["nullok of pam_unix is about empty passwords", ["auth required pam_unix.so nullok", DUO], ["after a failure"]],
  [
    "nullok of another factor steps aside",
    ["auth requisite pam_google_authenticator.so nullok", DUO],
    ["alone", "after a failure"],
  ],
  ["two lines, the second of them optional", ["@include common-auth", DUO, "auth optional pam_duogate.so"], []],
  [
    "two lines, each with a way past: the first way counts",
    [
      "auth requisite pam_u2f.so",
      "auth [success=1 default=ignore] pam_unix.so",
      DUO,
      "auth sufficient pam_rootok.so",
      DUO,
    ],
    ["passed by pam_unix"],
  ],
  ["two lines, one of them optional", ["@include common-auth", "auth optional pam_duogate.so", DUO], []],
  [
    "another factor instead",
    ["auth requisite pam_unix.so", "auth sufficient pam_google_authenticator.so nullok", DUO],
    ["passed by pam_google_authenticator"],
  ],
  [
    "Duo or another factor",
    ["auth requisite pam_unix.so", "auth sufficient pam_duogate.so", "auth required pam_google_authenticator.so"],
    ["overruled"],
  ],
];

describe("a stack with pam_duogate in it", () => {
  for (const [name, lines, expected] of stacks) {
    it(name, () => assert.deepEqual([...found(lines)].sort(), [...expected].sort()));
  }

  it("meets Duo alone where a factor leaves some users or times to other lines", () => {
    const leaving = [
      "pam_radius_auth.so localifdown",
      "pam_krb5.so ignore_unknown_principals",
      "pam_krb5.so ignore_unknown_upn",
      "pam_lsass.so unknown_ok",
      "pam_ldap.so ignore_authinfo_unavail",
      "pam_vas3.so create_homedir",
      "pam_authd_exec.so /usr/libexec/authd-pam",
    ];
    for (const module of leaving) {
      assert.deepEqual(found([`auth requisite ${module}`, DUO]), ["alone", "after a failure"], module);
    }
  });

  it("is judged by what is installed: a missing pam_unix lets nobody in", () => {
    assert.deepEqual(found(["@include common-auth", DUO], "pam_unix"), ["never asked", "nobody gets in"]);
  });

  it("shows a way for what it finds", () => {
    const { entries } = readPamService("test", source("@include common-auth", "auth optional pam_duogate.so")).stacks
      .auth;
    const verdict = judgeStack(entries, isDuogate);
    assert.ok(verdict.kind === "judged");
    const way = verdict.overruled.get("abort");
    assert.deepEqual(
      way?.called.map(({ entry, returned }) => `${moduleName(entry)}=${returned}`),
      ["pam_unix=success", "pam_permit=success", "pam_cap=success", "pam_duogate=abort"],
    );
  });
});

const control = fc.oneof(
  fc.constantFrom("required", "requisite", "sufficient", "optional"),
  fc
    .tuple(
      fc.constantFrom("success", "auth_err", "ignore"),
      fc.constantFrom("ok", "done", "1", "2", "reset"),
      fc.constantFrom("bad", "die", "ignore", "1"),
    )
    .map(([code, action, rest]) => `[${code}=${action} default=${rest}]`),
);
const module = fc.constantFrom("pam_unix.so", "pam_duogate.so", "pam_permit.so", "pam_rootok.so", "pam_env.so");
const line = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(control, module).map((words) => `auth ${words.join(" ")}`) },
  { weight: 1, arbitrary: fc.constant("auth substack common-auth") },
);

describe("looking at every way", () => {
  it("comes to an end for any text at all", () => {
    const words = fc.constantFrom(
      "auth",
      "-auth",
      "@include",
      "include",
      "substack",
      "test",
      "common-auth",
      "required",
      "[success=1",
      "default=ignore]",
      "[]",
      "[",
      "\\",
      "#",
      "\r",
      "pam_duogate.so",
      "pam_unix.so",
      "=",
      "",
    );
    const text = fc.oneof(
      fc.array(
        fc.array(words, { maxLength: 6 }).map((line) => line.join(" ")),
        { maxLength: 12 },
      ),
      fc.array(fc.string({ unit: "binary", maxLength: 40 }), { maxLength: 6 }),
    );
    const property = fc.property(text, (lines) => {
      const service = readPamService("test", source(...lines));
      for (const { entries } of Object.values(service.stacks)) judgeStack(entries, isDuogate);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("gives up on a stack with too many ways, and says so", () => {
    const lines = Array.from(
      { length: 60 },
      (_, i) => `auth [success=${(i % 7) + 1} auth_err=ok user_unknown=bad default=ignore] pam_unix.so`,
    );
    const { entries } = readPamService("test", source(...lines, DUO)).stacks.auth;
    const before = performance.now();
    assert.ok(["judged", "too-complex"].includes(judgeStack(entries, isDuogate).kind));
    assert.ok(performance.now() - before < 10_000);
  });

  it("finds the end that any answers lead to, and no other", () => {
    const property = fc.property(
      fc.array(line, { maxLength: 7 }),
      fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
      (lines, dice) => {
        const { entries } = readPamService("test", source(...lines)).stacks.auth;
        const says = ["success", ...REFUSALS] as const;
        const ways = explore(entries, { watched: isDuogate, says }) ?? [];
        let rolled = 0;
        const outcome = dispatch(entries, (entry) => {
          const answers = isDuogate(entry) ? says : answersOf(entry);
          return answers[(dice[rolled++ % dice.length] ?? 0) % answers.length];
        });
        assert.ok(
          ways.some(({ code }) => code === outcome.code),
          `${lines.join("\n")}\n${outcome.code}`,
        );
        for (const { code, called } of ways) {
          const given = [...called];
          assert.equal(dispatch(entries, () => given.shift()?.returned).code, code);
          assert.equal(given.length, 0);
        }
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});
