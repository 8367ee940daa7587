// doctor on sshd: each setting that opens a way past Duo, or that keeps it from asking, with the finding that it must lead
// to; and the two set-ups that the README names, which must lead to none.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keyFirst, sshdFindings } from "../../../../src/cli/doctor/sshd-findings.ts";
import { parseSshdSettings } from "../../../../src/host/sshd.ts";
import { ids } from "./ids.ts";

/** As OpenSSH 10 comes, with UsePAM. */
const STOCK = {
  usepam: "yes",
  pubkeyauthentication: "yes",
  passwordauthentication: "yes",
  kbdinteractiveauthentication: "yes",
  gssapiauthentication: "no",
  hostbasedauthentication: "no",
  kerberosauthentication: "no",
  authenticationmethods: "any",
  permitrootlogin: "without-password",
  logingracetime: "120",
  maxauthtries: "6",
  forcecommand: "none",
  allowtcpforwarding: "yes",
  allowstreamlocalforwarding: "yes",
  allowagentforwarding: "yes",
  x11forwarding: "no",
  permittunnel: "no",
  disableforwarding: "no",
  permituserrc: "yes",
  permituserenvironment: "no",
};
const PASSWORD_AND_DUO = {
  ...STOCK,
  passwordauthentication: "no",
  authenticationmethods: "keyboard-interactive",
  permitrootlogin: "no",
};
const KEY_AND_DUO = { ...PASSWORD_AND_DUO, authenticationmethods: "publickey,keyboard-interactive" };
const FORCED = {
  ...STOCK,
  authenticationmethods: "publickey",
  forcecommand: "/usr/bin/login_duogate -m",
  disableforwarding: "yes",
  permituserrc: "no",
};

type Change = Readonly<Record<string, string>>;

function found(settings: Change, { asksDuo = true, loginMs = 110_000, label = "" } = {}) {
  const text = Object.entries(settings).map((pair) => pair.join(" "));
  return sshdFindings(parseSshdSettings(text.join("\n")), { asksDuo, loginMs, label });
}

describe("sshd with pam_duogate in its stack", () => {
  const table: readonly (readonly [string, Change, readonly string[]])[] = [
    ["password and Duo", PASSWORD_AND_DUO, ["ok sshd-ways"]],
    ["key and Duo", KEY_AND_DUO, ["ok sshd-ways"]],
    [
      "key or password, each with Duo",
      { ...KEY_AND_DUO, authenticationmethods: "publickey,keyboard-interactive:pam keyboard-interactive:pam" },
      ["ok sshd-ways"],
    ],
    ["as it comes: a key alone gets in", STOCK, ["danger sshd-bypass", "note sshd-password-method"]],
    ["no keys at all", { ...STOCK, pubkeyauthentication: "no", passwordauthentication: "no" }, ["ok sshd-ways"]],
    [
      "Kerberos tickets",
      { ...STOCK, pubkeyauthentication: "no", passwordauthentication: "no", gssapiauthentication: "yes" },
      ["danger sshd-bypass"],
    ],
    [
      "trusted hosts",
      { ...STOCK, pubkeyauthentication: "no", passwordauthentication: "no", hostbasedauthentication: "yes" },
      ["danger sshd-bypass"],
    ],
    [
      "Kerberos passwords",
      { ...STOCK, pubkeyauthentication: "no", passwordauthentication: "no", kerberosauthentication: "yes" },
      ["danger sshd-bypass"],
    ],
    ["no PAM", { ...PASSWORD_AND_DUO, usepam: "no" }, ["danger sshd-no-pam"]],
    [
      "one list of two without PAM",
      { ...KEY_AND_DUO, authenticationmethods: "publickey,keyboard-interactive publickey" },
      ["danger sshd-bypass"],
    ],
    [
      "a device that is not PAM",
      { ...KEY_AND_DUO, authenticationmethods: "publickey,keyboard-interactive:bsdauth" },
      ["danger sshd-locked-out"],
    ],
    [
      "the device of PAM",
      { ...KEY_AND_DUO, authenticationmethods: "publickey,keyboard-interactive:pam" },
      ["ok sshd-ways"],
    ],
    ["two keys", { ...KEY_AND_DUO, authenticationmethods: "publickey,publickey" }, ["danger sshd-bypass"]],
    ["none", { ...KEY_AND_DUO, authenticationmethods: "none" }, ["danger sshd-bypass"]],
    [
      "passwords without a menu",
      { ...PASSWORD_AND_DUO, authenticationmethods: "password", passwordauthentication: "yes" },
      ["warning sshd-cannot-ask"],
    ],
    [
      "passwords, and no menu at all",
      { ...STOCK, pubkeyauthentication: "no", kbdinteractiveauthentication: "no" },
      ["warning sshd-cannot-ask"],
    ],
    [
      "nothing that asks PAM",
      { ...STOCK, pubkeyauthentication: "no", passwordauthentication: "no", kbdinteractiveauthentication: "no" },
      ["warning sshd-cannot-ask"],
    ],
    ["a method that is off", { ...PASSWORD_AND_DUO, kbdinteractiveauthentication: "no" }, ["danger sshd-locked-out"]],
    [
      "the stack twice",
      { ...PASSWORD_AND_DUO, authenticationmethods: "password,keyboard-interactive", passwordauthentication: "yes" },
      ["warning sshd-asks-twice"],
    ],
    [
      "passwords, which are off",
      { ...PASSWORD_AND_DUO, authenticationmethods: "password" },
      ["danger sshd-locked-out", "warning sshd-cannot-ask"],
    ],
    ["keys, which are off", { ...KEY_AND_DUO, pubkeyauthentication: "no" }, ["danger sshd-locked-out"]],
    [
      "Kerberos tickets, which are off",
      { ...KEY_AND_DUO, authenticationmethods: "gssapi-with-mic,keyboard-interactive" },
      ["danger sshd-locked-out"],
    ],
    [
      "trusted hosts, which are off",
      { ...KEY_AND_DUO, authenticationmethods: "hostbased,keyboard-interactive" },
      ["danger sshd-locked-out"],
    ],
    [
      "root with a key only, where a key is not enough",
      { ...KEY_AND_DUO, permitrootlogin: "without-password" },
      ["note sshd-root"],
    ],
    ["too little time", { ...PASSWORD_AND_DUO, logingracetime: "60" }, ["warning sshd-grace"]],
    ["just too little time", { ...PASSWORD_AND_DUO, logingracetime: "114" }, ["warning sshd-grace"]],
    ["just enough time", { ...PASSWORD_AND_DUO, logingracetime: "115" }, ["ok sshd-ways"]],
    ["no limit", { ...PASSWORD_AND_DUO, logingracetime: "0" }, ["note sshd-grace"]],
    ["two tries", { ...PASSWORD_AND_DUO, maxauthtries: "2" }, ["note sshd-tries"]],
    [
      "penalties",
      { ...PASSWORD_AND_DUO, persourcepenalties: "crash:90 authfail:5 noauth:1 grace-exceeded:20 max:600 min:15" },
      ["note sshd-penalties"],
    ],
    ["no penalties", { ...PASSWORD_AND_DUO, persourcepenalties: "no" }, ["ok sshd-ways"]],
    [
      "the old name of keyboard-interactive",
      { usepam: "yes", authenticationmethods: "keyboard-interactive", challengeresponseauthentication: "yes" },
      ["ok sshd-ways"],
    ],
  ];
  for (const [name, settings, expected] of table) {
    it(name, () => assert.deepEqual(ids(found(settings)), [...expected].sort()));
  }

  it("says nothing untrue of keyboard-interactive where a list has the password alone", () => {
    const lists = "publickey,password publickey,keyboard-interactive";
    const [one, ...more] = found({ ...KEY_AND_DUO, passwordauthentication: "yes", authenticationmethods: lists });
    assert.deepEqual([one?.id, more], ["sshd-cannot-ask", []]);
    assert.match(one?.seen ?? "", /^AuthenticationMethods has publickey,password: Duo's menu cannot be shown that way/);
  });

  it("says for whom a Match block is", () => {
    const [one] = found({ ...KEY_AND_DUO, authenticationmethods: "publickey" }, { label: "Match User root" });
    assert.match(one?.seen ?? "", /^Match User root: AuthenticationMethods has publickey/);
  });

  it("measures the time by the login's own limit", () => {
    assert.deepEqual(ids(found({ ...PASSWORD_AND_DUO, logingracetime: "60" }, { loginMs: 50_000 })), ["ok sshd-ways"]);
    const [one] = found({ ...PASSWORD_AND_DUO, logingracetime: "60" });
    assert.match(one?.remedy ?? "", /LoginGraceTime 120/);
  });

  it("knows where a key comes first", () => {
    const first = (methods: string) => keyFirst(parseSshdSettings(`authenticationmethods ${methods}`));
    assert.deepEqual(
      ["any", "publickey,keyboard-interactive", "publickey,password keyboard-interactive", "publickey:x,password"].map(
        first,
      ),
      [false, true, false, true],
    );
    // sshd keeps the order: who has no key meets the PAM stack first.
    assert.deepEqual(
      ["keyboard-interactive,publickey", "password:x,publickey,keyboard-interactive", "publickey"].map(first),
      [false, false, true],
    );
  });
});

describe("sshd with login_duogate as its command", () => {
  const table: readonly (readonly [string, Change, readonly string[]])[] = [
    ["as the manual page says", FORCED, ["ok sshd-forced"]],
    ["with forwarding", { ...FORCED, disableforwarding: "no" }, ["danger sshd-forwarding"]],
    [
      "with each kind of forwarding off",
      {
        ...FORCED,
        disableforwarding: "no",
        allowtcpforwarding: "no",
        allowstreamlocalforwarding: "no",
        allowagentforwarding: "no",
      },
      ["ok sshd-forced"],
    ],
    [
      "with a tunnel",
      {
        ...FORCED,
        disableforwarding: "no",
        allowtcpforwarding: "no",
        allowstreamlocalforwarding: "no",
        allowagentforwarding: "no",
        permittunnel: "yes",
      },
      ["danger sshd-forwarding"],
    ],
    ["with the user's own file", { ...FORCED, permituserrc: "yes" }, ["warning sshd-user-rc"]],
    ["with the user's own environment", { ...FORCED, permituserenvironment: "yes" }, ["warning sshd-user-environment"]],
    ["with too little time", { ...FORCED, logingracetime: "30" }, ["ok sshd-forced", "warning sshd-grace"]],
  ];
  for (const [name, settings, expected] of table) {
    it(name, () => assert.deepEqual(ids(found(settings, { asksDuo: false })), [...expected].sort()));
  }
});

it("sshd without either is a note", () => {
  assert.deepEqual(ids(found(STOCK, { asksDuo: false })), ["note sshd-not-asked"]);
  assert.deepEqual(ids(found({ ...STOCK, forcecommand: "/usr/bin/not_login_duogate" }, { asksDuo: false })), [
    "note sshd-not-asked",
  ]);
});
