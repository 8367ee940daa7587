// What `duogate enable` and `disable` make of PAM files, on text alone: where the line goes, which stacks are refused and why, and
// that taking it out gives the file back byte for byte.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { draftDisable, draftEnable } from "../../../../src/cli/enable/draft.ts";
import type { Draft } from "../../../../src/cli/enable/drafted.ts";
import { findPairs, MARK, pairFor, withoutPairs, withPair } from "../../../../src/cli/enable/pair.ts";
import { changeText } from "../../../../src/cli/enable/show.ts";
import type { Result } from "../../../../src/core/result.ts";
import { moduleName } from "../../../../src/host/pam/modules.ts";
import type { PamSource } from "../../../../src/host/pam/source.ts";

const COMMON_AUTH = [
  "auth\t[success=1 default=ignore]\tpam_unix.so nullok",
  "auth\trequisite\t\t\tpam_deny.so",
  "auth\trequired\t\t\tpam_permit.so",
];
const SYSTEM_AUTH = ["auth required pam_env.so", "auth sufficient pam_unix.so nullok", "auth required pam_deny.so"];
const LINE = "auth    required    pam_duogate.so";
const PATH = "/etc/pam.d/sshd";

interface Stack {
  readonly lines: readonly string[];
  readonly commonAuth?: readonly string[];
  readonly missing?: string;
  readonly runtimeDir?: string;
  readonly service?: string;
  readonly firstFactors?: readonly string[];
  readonly parts?: Readonly<Record<string, string>>;
}

function questionOf({
  lines,
  commonAuth = COMMON_AUTH,
  missing,
  runtimeDir = "/run/duogate",
  service = "sshd",
  firstFactors = [],
  parts = {},
}: Stack) {
  const text = `${lines.join("\n")}\n`;
  const texts: Readonly<Record<string, string>> = {
    [service]: text,
    "common-auth": `${commonAuth.join("\n")}\n`,
    "system-auth": `${SYSTEM_AUTH.join("\n")}\n`,
    other: "auth required pam_deny.so\n",
    ...parts,
  };
  const source: PamSource = {
    open: (name) => {
      const found = texts[name];
      return found === undefined ? { kind: "none" } : { kind: "file", path: `/etc/pam.d/${name}`, text: found };
    },
    services: () => Object.keys(texts),
  };
  const file = { path: `/etc/pam.d/${service}`, linkedFrom: undefined, copyOf: undefined, text };
  const isMissing = (entry: Parameters<typeof moduleName>[0]) => moduleName(entry) === missing;
  return { service, file, source, runtimeDir, missing: isMissing, firstFactors: new Set(firstFactors) };
}

const drafted = (stack: Stack) => draftEnable(questionOf(stack));

/** The lines around the new one. */
function around(result: Result<Draft, readonly string[]>): readonly [string | undefined, string, string | undefined] {
  assert.ok(result.ok, JSON.stringify(result));
  const lines = result.value.after.split("\n");
  const at = lines.findIndex((line) => line.startsWith("auth    required    pam_duogate.so"));
  assert.ok(lines[at - 1]?.startsWith(`${MARK} `), "the comment is right above");
  return [lines[at - 2], lines[at] ?? "", lines[at + 1]];
}

describe("duogate enable puts the line", () => {
  it("behind @include common-auth", () => {
    const result = drafted({ lines: ["# sshd", "@include common-auth", "account required pam_nologin.so"] });
    assert.deepEqual(around(result), ["@include common-auth", LINE, "account required pam_nologin.so"]);
  });

  it("behind the password and before what else login does", () => {
    const lines = [
      "auth optional pam_faildelay.so delay=3000000",
      "auth requisite pam_nologin.so",
      "@include common-auth",
      "auth optional pam_group.so",
    ];
    assert.deepEqual(around(drafted({ lines })), ["@include common-auth", LINE, "auth optional pam_group.so"]);
  });

  it("below pam_rootok of su, and says that root is not asked", () => {
    const result = drafted({ lines: ["auth sufficient pam_rootok.so", "@include common-auth"], service: "su" });
    assert.deepEqual(around(result).slice(0, 2), ["@include common-auth", LINE]);
    assert.deepEqual(result.ok && result.value.notes, ["root is not asked, as before: /etc/pam.d/su:1"]);
  });

  it("behind the last of several factors, and behind a continued line whole", () => {
    const lines = [
      "auth requisite pam_unix.so",
      "auth requisite \\",
      "  pam_google_authenticator.so",
      "account required x.so",
    ];
    assert.deepEqual(around(drafted({ lines })), ["  pam_google_authenticator.so", LINE, "account required x.so"]);
  });

  it("with the socket where runtime_dir is another one", () => {
    const result = drafted({ lines: ["@include common-auth"], runtimeDir: "/run/other" });
    assert.equal(around(result)[1], `${LINE} socket=/run/other/pam.sock`);
    assert.equal(pairFor("sshd", "/run/a b").ok, false);
  });

  it("behind a module that the administrator vouches for", () => {
    const lines = ["auth requisite pam_brandnew.so", "account required x.so"];
    const result = drafted({ lines, firstFactors: ["pam_brandnew"] });
    assert.deepEqual(around(result), ["auth requisite pam_brandnew.so", LINE, "account required x.so"]);
  });

  it("with the remark that Duo Unix asks too", () => {
    const result = drafted({ lines: ["@include common-auth", "auth required pam_duo.so"] });
    assert.match(String(result.ok && result.value.notes), /sshd:2: Duo Unix asks as well/);
  });
});

const REFUSED: readonly (readonly [name: string, stack: Stack, why: RegExp])[] = [
  [
    "a sufficient password above it",
    { lines: ["auth sufficient pam_unix.so", "auth required pam_deny.so"] },
    /sshd:1 lets users in past the module/,
  ],
  [
    "an include whose sufficient ends the whole stack",
    { lines: ["auth include system-auth"] },
    /system-auth:2 lets users in past the module/,
  ],
  [
    "a jump that goes past it",
    {
      lines: ["@include common-auth", "auth required pam_permit.so"],
      commonAuth: ["auth required pam_permit.so", "auth [success=1 default=ignore] pam_unix.so"],
    },
    /lets users in past the module|could be overruled|Duo alone/,
  ],
  [
    "a password that does not count",
    { lines: ["auth optional pam_unix.so"] },
    /Duo alone would let a user in whose password is wrong/,
  ],
  [
    "no first factor at all",
    { lines: ["account required pam_unix.so"] },
    /asks for a password or another first factor/,
  ],
  ["rules alone", { lines: ["auth required pam_nologin.so"] }, /asks for a password or another first factor/],
  [
    "modules that prove nothing",
    {
      lines: ["auth requisite pam_sepermit.so", "auth required pam_exec.so /bin/true", "auth required pam_fscrypt.so"],
    },
    /asks for a password or another first factor/,
  ],
  [
    "a module that nobody knows",
    { lines: ["auth requisite pam_brandnew.so"] },
    /sshd:1: nothing is known of pam_brandnew; .* --first-factor pam_brandnew/,
  ],
  [
    "a factor that may be stepped around by a module that nobody knows",
    { lines: ["auth [success=1 default=ignore] pam_unix.so", "auth requisite pam_brandnew.so"] },
    /sshd:2: nothing is known of pam_brandnew/,
  ],
  [
    "Fedora's substack, which a wrong password does not end",
    { lines: ["auth substack system-auth", "auth include postlogin"], parts: { postlogin: "" } },
    /a wrong password would not end the stack/,
  ],
  [
    "a required password, which a wrong one does not end",
    { lines: ["auth required pam_unix.so"] },
    /a wrong password would not end the stack/,
  ],
  ["nobody gets in", { lines: ["@include common-auth", "auth required pam_deny.so"] }, /nobody would get in/],
  ["the module not installed", { lines: ["@include common-auth"], missing: "pam_duogate" }, /not installed/],
  ["a file with a fault", { lines: ["@include common-auth", "auth nonsense pam_unix.so"] }, /not in order already/],
  ["a file of many services", { lines: COMMON_AUTH, service: "common-auth" }, /belongs to many services/],
  ["a line by hand", { lines: ["@include common-auth", "auth required pam_duogate.so"] }, /sshd:2: .*somebody wrote/],
  [
    "pam-auth-update's profile",
    { lines: ["@include common-auth"], commonAuth: [...COMMON_AUTH, "auth required pam_duogate.so"] },
    /common-auth:4: pam-auth-update's profile asks Duo .* --remove duogate/,
  ],
];
describe("duogate enable writes nothing and says why for", () => {
  for (const [name, stack, why] of REFUSED) {
    it(name, () => {
      const result = drafted(stack);
      assert.ok(!result.ok, JSON.stringify(result));
      assert.match(result.error.join("\n"), why);
    });
  }

  it("tells what to write by hand", () => {
    const result = drafted({ lines: ["auth nonsense pam_unix.so", "auth required pam_deny.so"] });
    assert.equal(result.ok ? "" : result.error.at(-1), `    ${LINE}`);
  });

  it("tells the lines that hold where no single one does: Fedora's stock file", () => {
    const result = drafted({
      lines: ["auth substack system-auth", "auth include postlogin"],
      parts: { postlogin: "" },
    });
    assert.deepEqual(result.ok ? [] : result.error.slice(-4), [
      "    auth required pam_env.so",
      "    auth [success=1 default=ignore] pam_unix.so nullok",
      "    auth requisite pam_deny.so",
      `    ${LINE}`,
    ]);
    assert.match(result.ok ? "" : result.error.join("\n"), /What holds, by libpam's rules, instead of the auth lines/);
  });

  it("what it wrote itself", () => {
    const once = drafted({ lines: ["@include common-auth"] });
    assert.ok(once.ok);
    const twice = drafted({ lines: once.value.after.trimEnd().split("\n") });
    assert.match(twice.ok ? "" : twice.error.join("\n"), /already enabled; duogate disable sshd/);
  });
});

describe("duogate disable", () => {
  it("gives the file back byte for byte", () => {
    const lines = ["# \u00e9 in an odd encoding \xff", "@include common-auth", "", "account required pam_unix.so"];
    const enabled = drafted({ lines });
    assert.ok(enabled.ok);
    const result = draftDisable(questionOf({ lines: enabled.value.after.slice(0, -1).split("\n") }));
    assert.ok(result.ok, JSON.stringify(result));
    assert.equal(result.value.after, `${lines.join("\n")}\n`);
  });

  it("names lines by hand and leaves them", () => {
    const result = draftDisable(questionOf({ lines: ["@include common-auth", "auth required pam_duogate.so debug"] }));
    assert.match(
      result.ok ? "" : result.error.join("\n"),
      /sshd:2: auth required pam_duogate.so debug\nNot written by/,
    );
    const none = draftDisable(questionOf({ lines: ["@include common-auth"] }));
    assert.match(none.ok ? "" : none.error.join("\n"), /nothing to take out/);
  });

  it("refuses a pair that somebody changed", () => {
    const result = draftDisable(
      questionOf({ lines: ["@include common-auth", `${MARK} sshd"; x`, "auth optional pam_duogate.so"] }),
    );
    assert.match(result.ok ? "" : result.error.join("\n"), /sshd:2: the line below is not the one/);
  });

  it("leaves the last factor in", () => {
    const result = draftDisable(questionOf({ lines: ["auth required pam_permit.so", `${MARK} sshd"; x`, LINE] }));
    assert.match(result.ok ? "" : result.error.join("\n"), /would ask for no factor at all/);
  });
});

describe("the pair", () => {
  it("goes in and out without a trace, anywhere in any text without one", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(50), (text, after) => {
        const pair = pairFor("sshd", "/run/duogate");
        assert.ok(pair.ok);
        const lines = text.split("\n").length;
        const written = withPair(text, pair.value, after % (lines + 1));
        assert.deepEqual([findPairs(written).length, withoutPairs(written)], [1, text]);
      }),
    );
  });

  it("begins as packaging/prerm expects it", () => {
    const pair = pairFor("sshd", "/run/duogate");
    assert.ok(pair.ok && pair.value[0].startsWith('# duogate: enabled by "duogate enable sshd"; '));
    assert.equal(pair.ok && pair.value[1], LINE);
  });
});

describe("the change as it is shown", () => {
  it("has three lines around it, and nothing that a terminal would obey", () => {
    const before = ["a", "b", "c", "d", "e\x1b[2J", "f", "g"].join("\n");
    const shown = changeText(PATH, before, withPair(before, ["new 1", "new 2"], 5));
    assert.deepEqual(shown.split("\n").slice(2), [" c", " d", " e?[2J", "+new 1", "+new 2", " f", " g"]);
  });
});
