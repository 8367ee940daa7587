// doctor on PAM: each dangerous construct that people write, with the finding that it must lead to and its place; and the
// harmless ones, which must lead to none.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { wayText } from "../../../../src/cli/doctor/judgement.ts";
import { isDuogate } from "../../../../src/cli/doctor/module-arguments.ts";
import { pamFindings, type ServiceFacts } from "../../../../src/cli/doctor/pam-findings.ts";
import type { Config } from "../../../../src/config/config.ts";
import { parseConfig } from "../../../../src/config/parse.ts";
import { readPamService } from "../../../../src/host/pam/service.ts";
import type { PamSource } from "../../../../src/host/pam/source.ts";
import { judgeStack } from "../../../../src/host/pam/verdicts.ts";
import { ids } from "./ids.ts";

const PARTS: Readonly<Record<string, string>> = {
  "common-auth":
    "auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\nauth required pam_permit.so\n",
  other: "auth required pam_deny.so\n",
};
const DUO = "auth required pam_duogate.so";

function factsOf(files: Readonly<Record<string, string>>): ReadonlyMap<string, ServiceFacts> {
  const texts = { ...PARTS, ...files };
  const source: PamSource = {
    open: (name) => {
      const text = texts[name];
      return text === undefined ? { kind: "none" } : { kind: "file", path: `/etc/pam.d/${name}`, text: `${text}\n` };
    },
    services: () => Object.keys(texts),
  };
  return new Map(
    source.services().map((name) => {
      const service = readPamService(name, source);
      return [
        name,
        { service, judged: judgeStack(service.stacks.auth.entries, isDuogate), missing: new Map(), loose: [] },
      ];
    }),
  );
}

function config(...lines: readonly string[]): Config {
  const head = [
    "[duo]",
    "ikey = DIABCDEFGHIJKLMNOPQR",
    `skey = ${"s".repeat(40)}`,
    "host = api-12345678.duosecurity.com",
  ];
  const parsed = parseConfig([...head, ...lines, ""].join("\n"), "/etc/duogate/duogate.conf");
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}
const SECURE = config("failmode = secure");

/** What is found about /etc/pam.d/sudo with these lines. */
function sudo(lines: readonly string[], settings: Config | "no config" = SECURE) {
  const services = factsOf({ sudo: lines.join("\n") });
  return pamFindings({ services, consoleMs: 60_000 }, settings === "no config" ? undefined : settings, false);
}

describe("a PAM stack", () => {
  const table: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["as the README writes it", ["@include common-auth", DUO], ["ok pam-asks"]],
    ["without the module", ["@include common-auth"], ["note pam-not-asked"]],
    ["with sufficient", ["@include common-auth", "auth sufficient pam_duogate.so"], ["danger pam-overruled"]],
    ["with optional", ["@include common-auth", "auth optional pam_duogate.so"], ["danger pam-overruled"]],
    [
      "with default=ignore",
      ["@include common-auth", "auth [success=ok default=ignore] pam_duogate.so"],
      ["danger pam-overruled"],
    ],
    [
      "with an outage that lets in",
      ["@include common-auth", "auth [success=ok authinfo_unavail=ignore default=die] pam_duogate.so"],
      ["warning pam-open-on-trouble"],
    ],
    [
      "with a missing module that lets in",
      ["@include common-auth", "auth [success=ok module_unknown=ignore default=die] pam_duogate.so"],
      ["note pam-open-without-module", "ok pam-asks"],
    ],
    ["behind a sufficient password", ["auth sufficient pam_unix.so", DUO], ["danger pam-alone", "danger pam-bypass"]],
    [
      "with sufficient before the password",
      ["auth sufficient pam_duogate.so", "@include common-auth"],
      ["danger pam-alone", "danger pam-overruled", "danger pam-rings-first"],
    ],
    ["behind a required password", ["auth required pam_unix.so", DUO], ["danger pam-rings-after-failure"]],
    ["before the password", [DUO, "@include common-auth"], ["danger pam-rings-first"]],
    ["alone", [DUO], ["danger pam-alone"]],
    [
      "behind modules that prove nothing",
      ["auth requisite pam_sepermit.so", "auth required pam_env.so", DUO],
      ["danger pam-alone"],
    ],
    ...["pam_exec", "pam_lastlog2", "pam_fscrypt", "pam_loginuid", "pam_limits", "pam_namespace", "pam_ssh_add"]
      .concat(["pam_script", "pam_geoip", "pam_rhosts", "pam_permit", "pam_duo", "pam_timestamp", "pam_oslogin_login"])
      .map((name) => [`behind ${name}`, [`auth requisite ${name}.so`, DUO], ["danger pam-alone"]] as const),
    ["behind a module that nobody knows", ["auth requisite pam_brandnew.so", DUO], ["warning pam-unknown-module"]],
    [
      "with one that nobody knows besides the password",
      ["@include common-auth", "auth optional pam_brandnew.so", DUO],
      ["ok pam-asks"],
    ],
    [
      "behind a password or a module that nobody knows",
      ["auth [success=1 default=ignore] pam_unix.so", "auth requisite pam_brandnew.so", DUO],
      ["warning pam-unknown-module"],
    ],
    [
      "behind a rule that ends the stack",
      ["@include common-auth", "auth sufficient pam_succeed_if.so user ingroup robots", DUO],
      ["warning pam-rule-passes"],
    ],
    [
      "behind pam_rootok",
      ["auth sufficient pam_rootok.so", "@include common-auth", DUO],
      ["note pam-root-passes", "ok pam-asks"],
    ],
    ["never reached", ["auth requisite pam_deny.so", DUO], ["danger pam-locked-out", "danger pam-never-asked"]],
    [
      "jumped over",
      ["auth [success=2 default=ignore] pam_unix.so", "auth requisite pam_deny.so", DUO, "auth required pam_permit.so"],
      ["danger pam-bypass", "danger pam-never-asked"],
    ],
    [
      "with a misspelt control",
      ["@include common-auth", "auth requried pam_duogate.so"],
      ["danger pam-locked-out", "danger pam-unknown-control"],
    ],
    [
      "with a line that libpam cannot read",
      ["auht required pam_env.so", "@include common-auth", DUO],
      ["danger pam-locked-out", "danger pam-unknown-kind"],
    ],
    [
      "with a missing include",
      ["auth include nowhere", "@include common-auth", DUO],
      ["danger pam-locked-out", "danger pam-missing-include"],
    ],
    ["with a missing @include", [DUO, "@include nowhere"], ["danger pam-missing-include", "danger pam-unusable"]],
    [
      "with a carriage return",
      ["@include common-auth", `${DUO} debug`, "account required pam_unix.so\r"],
      ["warning pam-carriage-return"],
    ],
    ["twice", ["@include common-auth", DUO, DUO], ["warning pam-twice"]],
    [
      "twice, but once in each login",
      [
        "@include common-auth",
        "auth [success=2 default=ignore] pam_rootok.so",
        DUO,
        "auth [default=1] pam_permit.so",
        DUO,
        "auth required pam_permit.so",
      ],
      ["ok pam-asks"],
    ],
    ["with a dash", ["@include common-auth", `-${DUO}`], ["note pam-silent", "ok pam-asks"]],
    [
      "with an account line",
      ["@include common-auth", DUO, "account required pam_duogate.so"],
      ["note pam-account-line", "ok pam-asks"],
    ],
    [
      "with a session line alone",
      ["@include common-auth", "session optional pam_duogate.so"],
      ["note pam-not-asked", "note pam-session-line"],
    ],
    [
      "with a password line",
      ["@include common-auth", DUO, "password required pam_duogate.so"],
      ["ok pam-asks", "warning pam-password-line"],
    ],
    [
      "with an argument of pam_duo's",
      ["@include common-auth", `${DUO} conf=/etc/duo/pam_duo.conf`],
      ["danger pam-argument", "ok pam-asks"],
    ],
    [
      "with a misspelt argument",
      ["@include common-auth", `${DUO} fail_mode=safe`],
      ["danger pam-argument", "ok pam-asks"],
    ],
    [
      "with an argument twice",
      ["@include common-auth", `${DUO} timeout=120 timeout=121`],
      ["danger pam-argument", "ok pam-asks"],
    ],
    ["with a time out of range", ["@include common-auth", `${DUO} timeout=2`], ["danger pam-argument", "ok pam-asks"]],
    [
      "with a relative socket",
      ["@include common-auth", `${DUO} socket=run/pam.sock`],
      ["danger pam-argument", "ok pam-asks"],
    ],
    [
      "with another socket",
      ["@include common-auth", `${DUO} socket=/run/duo/pam.sock`],
      ["ok pam-asks", "warning pam-socket"],
    ],
    [
      "with the users' socket",
      ["@include common-auth", `${DUO} socket=/run/duogate/login.sock`],
      ["danger pam-login-socket", "ok pam-asks"],
    ],
    [
      "with less time than a login has",
      ["@include common-auth", `${DUO} timeout=60`],
      ["ok pam-asks", "warning pam-timeout"],
    ],
    [
      "with a failmode that the configuration does not have",
      ["@include common-auth", `${DUO} failmode=safe`],
      ["ok pam-asks", "warning pam-failmode"],
    ],
    ["with an owner", ["@include common-auth", `${DUO} owner=1000`], ["ok pam-asks", "warning pam-owner"]],
    [
      "with every argument as it should be",
      ["@include common-auth", `${DUO} socket=/run/duogate/pam.sock failmode=secure timeout=115 owner=0 debug`],
      ["ok pam-asks"],
    ],
  ];
  for (const [name, lines, expected] of table) {
    it(name, () => assert.deepEqual(ids(sudo(lines)), [...expected].sort()));
  }

  it("names the file and the line, and a way that shows it", () => {
    const [found] = sudo(["@include common-auth", "auth optional pam_duogate.so timeout=120"]);
    assert.equal(found?.place, "/etc/pam.d/sudo:2");
    assert.match(found?.seen ?? "", /pam_unix succeeds, pam_permit succeeds, pam_duogate gives auth_err/);
    assert.equal(found?.remedy, "write: auth required pam_duogate.so timeout=120");
  });

  it("names the line that lets in", () => {
    const found = sudo(["auth sufficient pam_unix.so", DUO]).find(({ id }) => id === "pam-bypass");
    assert.equal(found?.place, "/etc/pam.d/sudo:1");
  });

  it("has a remedy for what passes, and for a line with arguments that the module refuses", () => {
    const remedy = (lines: readonly string[], wanted: string) => sudo(lines).find(({ id }) => id === wanted)?.remedy;
    assert.equal(remedy(["auth sufficient pam_unix.so", DUO], "pam-bypass"), "write: auth requisite pam_unix.so");
    const jump = [
      "auth [success=2 default=ignore] pam_unix.so",
      "auth requisite pam_deny.so",
      DUO,
      "auth required pam_permit.so",
    ];
    const shorter = "write: auth [success=1 default=ignore] pam_unix.so";
    assert.equal(remedy(jump, "pam-bypass"), shorter);
    assert.equal(remedy(jump, "pam-never-asked"), shorter.replace("write", "write at /etc/pam.d/sudo:1"));
    assert.equal(remedy([DUO, "@include common-auth"], "pam-rings-first"), `move it behind line 2: ${DUO}`);
    const wrong = ["@include common-auth", "auth optional pam_duogate.so conf=/x timeout=120"];
    assert.equal(remedy(wrong, "pam-overruled"), "write: auth required pam_duogate.so timeout=120");
  });

  it("has none that would lock others out: the line of a part is another service's too", () => {
    const files = {
      "common-auth": "auth sufficient pam_unix.so\nauth requisite pam_deny.so",
      sudo: `@include common-auth\n${DUO}`,
      login: "@include common-auth",
    };
    const found = pamFindings({ services: factsOf(files), consoleMs: 0 }, SECURE, false);
    const { remedy, lines } = found.find(({ id }) => id === "pam-bypass") ?? {};
    // Over pam_deny there is nothing left in login: requisite would hold in both, and is not there for sufficient alone.
    assert.equal(remedy, "write instead of the auth lines of /etc/pam.d/sudo:");
    assert.deepEqual(lines, ["auth [success=1 default=ignore] pam_unix.so", "auth requisite pam_deny.so", DUO]);
  });

  it("has none where nothing holds", () => {
    const found = sudo([
      "auth required pam_env.so",
      "auth [default=reset] pam_unix.so",
      "auth optional pam_duogate.so",
    ]);
    assert.match(found[0]?.remedy ?? "", /^no safe one-line change; docs\/OPERATIONS\.md/);
  });

  it("says less without a valid configuration", () => {
    assert.deepEqual(ids(sudo(["@include common-auth", `${DUO} timeout=60 conf=x`], "no config")), [
      "danger pam-argument",
      "ok pam-asks",
    ]);
  });

  it("is measured by its own section", () => {
    const own = config("failmode = secure", "[service:sudo]", "failmode = safe");
    assert.deepEqual(ids(sudo(["@include common-auth", `${DUO} failmode=safe`], own)), ["ok pam-asks"]);
    assert.deepEqual(ids(sudo(["@include common-auth", DUO], own)), ["note pam-failmode", "ok pam-asks"]);
  });

  it("asks no password where sshd wants a key first", () => {
    const services = factsOf({ sshd: DUO });
    const of = (keyFirst: boolean) =>
      ids(pamFindings({ services, consoleMs: 60_000 }, SECURE, keyFirst).filter(({ area }) => area === "pam sshd"));
    assert.deepEqual(of(true), ["note pam-key-and-duo", "ok pam-asks"]);
    assert.deepEqual(of(false), ["danger pam-alone"]);
  });

  it("is not there for the module whose file is not", () => {
    const services = new Map(factsOf({ sudo: `@include common-auth\n${DUO}` }));
    const sudoFacts = services.get("sudo");
    assert.ok(sudoFacts !== undefined);
    const line = sudoFacts.service.stacks.auth.entries.find((entry) => entry.kind === "module" && isDuogate(entry));
    assert.ok(line?.kind === "module");
    services.set("sudo", { ...sudoFacts, missing: new Map([[line, "/lib/security/pam_duogate.so"]]) });
    assert.deepEqual(ids(pamFindings({ services, consoleMs: 60_000 }, SECURE, false)), ["danger pam-module-missing"]);
  });
});

describe("around a stack", () => {
  const asks = `@include common-auth\n${DUO}`;

  it("nobody but root may change its files", () => {
    const services = new Map(factsOf({ sudo: asks }));
    const one = services.get("sudo");
    assert.ok(one !== undefined);
    for (const loose of [
      { path: "/etc/pam.d/sudo", uid: 0, mode: 0o664 },
      { path: "/etc/pam.d", uid: 1000, mode: 0o755 },
    ]) {
      services.set("sudo", { ...one, loose: [loose] });
      assert.deepEqual(ids(pamFindings({ services, consoleMs: 0 }, SECURE, false)), [
        "danger pam-file-loose",
        "ok pam-asks",
      ]);
    }
  });

  it("login(1) must wait as long as a login may take", () => {
    const services = factsOf({ login: asks });
    const of = (consoleMs: number) => ids(pamFindings({ services, consoleMs }, SECURE, false));
    assert.deepEqual(of(60_000), ["ok pam-asks", "warning login-timeout"]);
    assert.deepEqual(of(110_000), ["ok pam-asks", "warning login-timeout"]);
    assert.deepEqual([of(120_000), of(0)], [["ok pam-asks"], ["ok pam-asks"]]);
  });

  it("pkexec is another way to root", () => {
    const services = factsOf({ sudo: asks, "polkit-1": "@include common-auth" });
    assert.deepEqual(ids(pamFindings({ services, consoleMs: 0 }, SECURE, false)), [
      "note pam-not-asked",
      "ok pam-asks",
    ]);
  });
});

describe("the services of a machine", () => {
  const found = (files: Readonly<Record<string, string>>, settings = SECURE) => {
    const all = pamFindings({ services: factsOf(files), consoleMs: 0 }, settings, false);
    return all.map(({ area, level, id }) => `${area}: ${level} ${id}`);
  };
  const asks = `@include common-auth\n${DUO}`;

  it("have other doors to the same room", () => {
    assert.deepEqual(found({ sudo: asks, "sudo-i": "@include common-auth" }), [
      "pam sudo: ok pam-asks",
      "pam sudo-i: danger pam-other-door",
    ]);
    assert.deepEqual(found({ su: asks, "su-l": "@include common-auth" }), [
      "pam su: ok pam-asks",
      "pam su-l: danger pam-other-door",
    ]);
    assert.deepEqual(found({ su: asks, "su-l": "auth include su" }), ["pam: ok pam-asks"]);
  });

  it("are told of once, with their names, when the line is in a part that they share", () => {
    const shared = {
      "common-auth": `auth requisite pam_unix.so\n${DUO}`,
      login: "@include common-auth",
      "polkit-1": "@include common-auth",
    };
    assert.deepEqual(found(shared), ["pam: ok pam-asks"]);
    const [one] = pamFindings({ services: factsOf(shared), consoleMs: 0 }, SECURE, false);
    assert.match(one?.seen ?? "", / \(login, polkit-1\)$/);
  });

  it("have sections in the configuration only if they ask", () => {
    const sections = config(
      "failmode = secure",
      "[service:sshd]",
      "autopush = yes",
      "[service:shsd]",
      "autopush = yes",
      "[service:login_duogate]",
      "autopush = yes",
    );
    assert.deepEqual(found({ sshd: asks }, sections), [
      "pam sshd: ok pam-asks",
      "pam shsd: warning pam-section-unused",
    ]);
    assert.deepEqual(found({ sshd: "@include common-auth" }, sections), [
      "pam sshd: note pam-not-asked",
      "pam sshd: warning pam-section-unused",
      "pam shsd: warning pam-section-unused",
    ]);
  });
});

it("a way is told in words", () => {
  const { judged } = factsOf({ sudo: "auth optional pam_duogate.so\nauth required pam_permit.so" }).get("sudo") ?? {
    judged: undefined,
  };
  assert.ok(judged?.kind === "judged");
  const way = judged.overruled.get("maxtries");
  assert.ok(way !== undefined);
  assert.equal(wayText(way), "pam_duogate gives maxtries, pam_permit succeeds");
});
