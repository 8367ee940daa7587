// What a whole file means: defaults, every option, required lines, all problems at once, frozen result.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { ALL_OPTIONS } from "../../../src/config/options.ts";
import { parseConfig } from "../../../src/config/parse.ts";
import { formatProblems } from "../../../src/config/problem.ts";
import { obsolete } from "../../../src/config/value-types.ts";
import { accepted, brief, IKEY, problemsOf, REQUIRED, SKEY, withDuo, withGateway } from "./samples.ts";

describe("parseConfig", () => {
  it("gives every default when only the required lines are there", () => {
    const { duo, gateway, warnings } = accepted(REQUIRED);
    const { skey, ...rest } = duo;
    assert.equal(skey.reveal(), SKEY);
    assert.deepEqual(rest, {
      ikey: IKEY,
      host: "api-1b2c3d4e.duosecurity.com",
      port: 443,
      failmode: "secure",
      api: "v2",
      cafile: undefined,
      caCertificates: [],
      httpProxy: undefined,
      autopush: false,
      prompts: 3,
      pushinfo: false,
      acceptEnvFactor: false,
      groups: [],
      identity: {
        subject: "default",
        sendGecos: false,
        gecosDelim: ",",
        gecosUsernamePos: undefined,
        usernameStripDomain: false,
        usernameLower: false,
        usernameSuffix: undefined,
      },
      fallbackLocalIp: false,
      connectTimeoutMs: 5000,
      requestTimeoutMs: 10_000,
      bodyTimeoutMs: 5000,
      pollTimeoutMs: 75_000,
    });
    assert.deepEqual(gateway, {
      runtimeDir: "/run/duogate",
      maxLogins: 1024,
      maxLoginsPerUid: 4,
      loginUsers: [],
      trustLoginAddress: false,
      answerTimeoutMs: 90_000,
      loginTimeoutMs: 110_000,
      shutdownTimeoutMs: 30_000,
      lookupTimeoutMs: 5000,
      keepWarmMs: 300_000,
      logLevel: "info",
      logFormat: "json",
      metricsListen: undefined,
      hostname: undefined,
    });
    assert.deepEqual(warnings, []);
  });

  it("reads every option", () => {
    const text = `${REQUIRED.replace("secure", "safe")}autopush = Yes\nprompts=1\npushinfo =on\naccept_env_factor = yes\ngroup = a b\\ c,!d
cafile = /etc/duogate/ca.pem\napi = v2\nconnect_timeout = 500ms\nrequest_timeout = 7\nbody_timeout = 8s\npoll_timeout = 2m
[gateway]\nruntime_dir = /run/other\nmax_logins = 7\nmax_logins_per_uid = 2\nlogin_users = ops:alice\ntrust_login_address = yes\nanswer_timeout = 30\nlogin_timeout = 60
shutdown_timeout = 9\nlookup_timeout = 1500ms\nkeep_warm = 0\nlog_level = debug\nlog_format = duo_unix\nmetrics_listen = [::1]:9640\nhostname = bastion.example.org\n`;
    const { duo, gateway } = accepted(text);
    assert.deepEqual(
      [duo.failmode, duo.autopush, duo.prompts, duo.pushinfo, duo.acceptEnvFactor, duo.groups, duo.cafile, duo.api],
      ["safe", true, 1, true, true, ["a", "b c,!d"], "/etc/duogate/ca.pem", "v2"],
    );
    assert.deepEqual(
      [duo.connectTimeoutMs, duo.requestTimeoutMs, duo.bodyTimeoutMs, duo.pollTimeoutMs],
      [500, 7000, 8000, 120_000],
    );
    assert.deepEqual(gateway, {
      runtimeDir: "/run/other",
      maxLogins: 7,
      maxLoginsPerUid: 2,
      loginUsers: [{ local: "ops", duo: "alice" }],
      trustLoginAddress: true,
      answerTimeoutMs: 30_000,
      loginTimeoutMs: 60_000,
      shutdownTimeoutMs: 9000,
      lookupTimeoutMs: 1500,
      keepWarmMs: 0,
      logLevel: "debug",
      logFormat: "duo_unix",
      metricsListen: { host: "::1", port: 9640 },
      hostname: "bastion.example.org",
    });
  });

  it("reads every row of the option table: a bad value of each is a problem", () => {
    for (const { section, key, type } of ALL_OPTIONS) {
      if (type === obsolete) continue;
      // No option accepts this one: not a number, word, path, name or single key.
      const bad = key === "groups" ? Array.from({ length: 256 }, () => "g").join(" ") : "no such / value";
      const text =
        section === "duo"
          ? `${REQUIRED.replace(new RegExp(`^${key} = .*\n`, "m"), "")}${key} = ${bad}\n`
          : withGateway(`${key} = ${bad}`);
      assert.deepEqual(
        problemsOf(text).map((one) => [one.code, one.key]),
        [["bad-value", key]],
        key,
      );
    }
  });

  it("reads the options of Duo Unix about names and addresses", () => {
    const text = `${REQUIRED}subject = target\nsend_gecos = yes\ngecos_delim = |\ngecos_username_pos = 5
username_strip_domain = yes\nusername_lower = on\nusername_suffix = @example.org\nfallback_local_ip = yes
verified_push = yes\nhttps_timeout = 8\n`;
    const { duo, warnings } = accepted(text);
    assert.deepEqual(duo.identity, {
      subject: "target",
      sendGecos: true,
      gecosDelim: "|",
      gecosUsernamePos: 5,
      usernameStripDomain: true,
      usernameLower: true,
      usernameSuffix: "@example.org",
    });
    assert.deepEqual([duo.fallbackLocalIp, duo.requestTimeoutMs, warnings], [true, 8000, []]);
  });

  it("takes what Duo Unix gave up with a warning, whatever its value, and no switch for verified push", () => {
    const text = withDuo("gecos_parsed = x y\ndev_fips_mode = 1");
    assert.deepEqual(brief(accepted(text).warnings), ["6 unusual-value gecos_parsed", "7 unusual-value dev_fips_mode"]);
    assert.deepEqual(brief(problemsOf(withDuo("verified_push = no"))), ["6 bad-value verified_push"]);
    assert.deepEqual(brief(problemsOf(withDuo("https_timeout = 0"))), ["6 bad-value request_timeout"]);
    assert.deepEqual(brief(problemsOf(withDuo("https_timeout = 5\nrequest_timeout = 5"))), [
      "7 duplicate-key request_timeout",
    ]);
  });

  it("warns of a [duo] that asks for the caller, who is root for sshd", () => {
    assert.deepEqual(brief(accepted(withDuo("subject = caller")).warnings), ["6 unusual-value subject"]);
    assert.deepEqual(accepted(withDuo("[service:su]\nsubject = caller")).warnings, []);
  });

  it("freezes what it returns", () => {
    const config = accepted(withDuo("groups = a b"));
    for (const part of [config, config.duo, config.gateway, config.duo.groups, config.warnings]) {
      assert.ok(Object.isFrozen(part));
    }
  });

  it("reports each missing required key at its section, and failmode with what both choices mean", () => {
    const problems = problemsOf("# nothing\n[duo]\n");
    assert.deepEqual(brief(problems), [
      "2 missing-key host",
      "2 missing-key ikey",
      "2 missing-key skey",
      "2 missing-key failmode",
    ]);
    assert.match(problems.at(-1)?.remedy ?? "", /failmode = secure .*failmode = safe /);
  });

  it("places missing keys on line 1 when there is no section", () => {
    assert.deepEqual(new Set(problemsOf("").map((one) => one.line)), new Set([1]));
  });

  it("reports every problem of the file at once, by line", () => {
    const text = `ikey = x\n[duo\n[duo]\nIkey = ${IKEY}\nskey = "${SKEY}"\nprompts = 4\nprompts = 3\nnonsense\n[gatway]\nx = y\n`;
    assert.deepEqual(brief(problemsOf(text)), [
      "1 outside-section",
      "2 bad-section",
      "3 missing-key host",
      "3 missing-key failmode",
      "4 unknown-key Ikey",
      "5 quoted-value skey",
      "6 bad-value prompts",
      "7 duplicate-key prompts",
      "8 not-key-value",
      "9 unknown-section",
    ]);
  });

  it("never shows a secret, however it is wrong", () => {
    const marked = "S3CRETS3CRETS3CRETS3CRET";
    const files = [
      REQUIRED.replace(SKEY, `${marked} `.repeat(6)),
      REQUIRED.replace(SKEY, `"${marked}"`),
      REQUIRED.replace(SKEY, `${marked} ; old key`),
      REQUIRED.replace(SKEY, `${marked}é`),
      REQUIRED.replace(SKEY, `${marked}\u200b`),
      REQUIRED.replace("skey = ", `skey ${marked}\nskey = `),
      REQUIRED.replace(`skey = ${SKEY}`, `${marked}==`),
      REQUIRED.replace("skey", marked),
      withDuo(`skey = ${marked}`),
      REQUIRED.replace(/host = .*/, `host = ${marked}/${marked}`),
      REQUIRED.replace(IKEY, `${marked}+`),
      `[${marked}]\n${REQUIRED}`,
    ];
    for (const text of files) {
      const problems = problemsOf(text);
      assert.notDeepEqual(problems, [], text);
      assert.ok(!formatProblems(problems).includes("S3CRET"), formatProblems(problems));
    }
    const letters = "AllLettersAsSomeSecretKeyMightBe";
    assert.ok(!formatProblems(problemsOf(withDuo(`${letters} = x`))).includes(letters));
    const parsed = parseConfig(REQUIRED, "test.conf");
    assert.ok(!`${inspect(parsed, { depth: 9 })}${JSON.stringify(parsed)}`.includes(SKEY));
  });

  it("warns of keys that are not of Duo's form and of groups that nobody is in", () => {
    const text = `${REQUIRED.replace(IKEY, "test-ikey").replace(SKEY, "short")}groups = !wheel !adm,!sudo\n`;
    assert.deepEqual(brief(accepted(text).warnings), [
      "2 unusual-value ikey",
      "3 unusual-value skey",
      "6 unusual-value groups",
    ]);
  });
});

describe("formatProblems", () => {
  it("names file, line, key, what is wrong and what to write", () => {
    assert.equal(
      formatProblems(problemsOf(withDuo("autopush = maybe"))),
      'test.conf:6: autopush: "maybe" is neither yes nor no; write yes or no',
    );
  });
});
