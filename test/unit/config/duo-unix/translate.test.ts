// What each setting of Duo Unix becomes, and what its owner is told.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DuoUnixProgram, translate } from "../../../../src/config/duo-unix/translate.ts";

const SECURE = "failmode = secure\n";

function value(line: string, key: string, program: DuoUnixProgram = "pam_duo"): string | undefined {
  return translate(SECURE + line, program).values.get(key);
}

function told(text: string, program: DuoUnixProgram = "pam_duo"): readonly string[] {
  return translate(text, program).findings.map((one) => `${one.line ?? "-"} ${one.key ?? "-"} ${one.text}`);
}

/** line in the file, key and value in duogate.conf, and what is said of it. */
const ROWS: readonly (readonly [line: string, key: string, written: string | undefined, said?: RegExp])[] = [
  ["ikey = DIX", "ikey", "DIX"],
  ["host = api-x.duosecurity.com:8443", "host", "api-x.duosecurity.com:8443"],
  ["host = API-X.duosecurity.com", "host", "api-x.duosecurity.com", /signs the capitals/],
  ["autopush = yes", "autopush", "yes"],
  ["autopush = 1", "autopush", "yes"],
  ["autopush = no", "autopush", "no"],
  ["autopush = off", "autopush", "no"],
  ["autopush = Yes", "autopush", "yes", /off until now/],
  ["pushinfo = TRUE", "pushinfo", "yes", /off until now/],
  ["send_gecos = y", "send_gecos", "no", /read it as no/],
  ["fallback_local_ip =", "fallback_local_ip", "no", /read it as no/],
  ["verified_push = yes", "verified_push", "yes"],
  ["verified_push = no", "verified_push", undefined, /cannot be switched off/],
  ["prompts = 1", "prompts", "1"],
  ["prompts = 2\nprompts = 3", "prompts", "2", /makes 2 of "3"/],
  ["prompts = 9", "prompts", "3", /makes 3 of "9"/],
  ["prompts = none", "prompts", "1", /makes 1 of "none"/],
  ["prompts = 2x", "prompts", "2", /makes 2 of "2x"/],
  ["https_timeout = 30", "request_timeout", "30s"],
  ["https_timeout = 5s", "request_timeout", "5s", /makes 5/],
  ["https_timeout = 0", "request_timeout", undefined, /no limit at all/],
  ["https_timeout = 600", "request_timeout", "60s", /more than is taken/],
  ["gecos_username_pos = 5", "gecos_username_pos", "5"],
  ["gecos_username_pos = 0", "gecos_username_pos", undefined, /stopped reading here/],
  ["gecos_delim = |", "gecos_delim", "|"],
  ["gecos_delim = ;", "gecos_delim", "semicolon", /as a word/],
  ["gecos_delim = :", "gecos_delim", undefined, /stopped reading here/],
  ["cafile = /etc/duo/ca.pem", "cafile", "/etc/duo/ca.pem"],
  ["cafile = ca.pem", "cafile", undefined, /begins with \//],
  ["cafile =", "cafile", undefined, /always checked/],
  ["noverify = yes", "noverify", undefined, /always checked/],
  ["noverify = no", "noverify", undefined],
  ["noverify = Yes", "noverify", undefined],
  ["gecos_parsed = yes", "gecos_parsed", undefined, /no effect/],
  ["dev_fips_mode = yes", "dev_fips_mode", undefined, /no effect/],
  ["accept_env_factor = yes", "accept_env_factor", undefined, /never uses it/],
  ["motd = yes", "motd", undefined, /does not know "motd"/],
  ["integration_key = x", "integration_key", undefined, /does not know "integration_key"/],
  ["groups = a b\\ c,!d", "groups", "a b\\ c,!d"],
  ["group = a\ngroups = b\n  c d", "groups", "a b c d"],
  ["groups = a\n  b ; staff", "groups", "a b", /took the comment/],
  ["groups = *.!root", "groups", undefined, /everyone has to pass: did you mean "\*,!root"\?/],
  ["groups = admins staff!root", "groups", undefined, /let in whoever no other list matched/],
  ["groups = admins\ngroups = a|b", "groups", undefined, /2 groups|which no group's name has/],
  ["autopush = yes\nautopush = no", "autopush", "no", /second time/],
];

describe("translate", () => {
  for (const [line, key, written, said] of ROWS) {
    it(`${JSON.stringify(line)}: ${written ?? "left out"}`, () => {
      assert.equal(value(line, key), written);
      const words = told(SECURE + line);
      if (said === undefined) assert.deepEqual(words, []);
      else assert.match(words.join("\n"), said);
    });
  }

  it("keeps for login_duo what only that knows", () => {
    assert.match(told(`${SECURE}motd = yes`, "login_duo").join(""), /login_duogate -m/);
    assert.deepEqual(told(`${SECURE}motd = no`, "login_duo"), []);
    assert.equal(value("accept_env_factor = yes", "accept_env_factor", "login_duo"), "yes");
    assert.doesNotMatch(told(`${SECURE}accept_env_factor = yes`, "login_duo").join(""), /never uses/);
  });
});

/** Every key that one of the programs knows, with a value that needs no word. */
const EVERY_KEY: Readonly<Record<string, string>> = {
  ikey: "DIX",
  skey: "abc",
  host: "api-x.duosecurity.com",
  failmode: "secure",
  groups: "users,!wheel",
  group: "a\\ #b",
  pushinfo: "yes",
  http_proxy: "http://proxy:3128",
  autopush: "yes",
  verified_push: "yes",
  prompts: "2",
  accept_env_factor: "yes",
  fallback_local_ip: "yes",
  https_timeout: "30",
  send_gecos: "yes",
  gecos_delim: ",",
  gecos_username_pos: "2",
  cafile: "/etc/duo/ca.pem",
  noverify: "no",
  motd: "no",
};

describe("a comment behind a value", () => {
  const valuesOf = (text: string) => [...translate(text, "login_duo").values];
  for (const [key, plain] of Object.entries(EVERY_KEY)) {
    const clean = `failmode = secure\n${key} = ${plain}\n`;
    it(`with # is no part of ${key}, and the owner is told what Duo Unix makes of it`, () => {
      for (const comment of [" # as the guide says", "\t#x", "  # a = b ; c"]) {
        const text = clean.trimEnd() + comment;
        assert.deepEqual(valuesOf(text), valuesOf(clean), text);
        const words = told(text, "login_duo").filter((line) => line.startsWith("2 "));
        assert.equal(words.length, 1, words.join("\n"));
        assert.match(words[0] ?? "", /knows no comment.*: to it the # and what follows is part of the value/);
      }
    });

    it(`with ; is none to Duo Unix either, for ${key}`, () => {
      const text = `${clean.trimEnd()} ; as the guide says`;
      assert.deepEqual([valuesOf(text), told(text, "login_duo")], [valuesOf(clean), told(clean, "login_duo")]);
    });

    it(`on an indented line of its own sets no ${key}`, () => {
      const text = `${clean}   # as the guide says\n`;
      assert.deepEqual(valuesOf(text), valuesOf(clean));
      assert.match(
        told(text, "login_duo").join("\n"),
        /^3 .*begins with a blank, so that Duo Unix adds it to the line above/m,
      );
    });

    it(`in the place of a value is none for ${key}`, () => {
      const text = `${key} = # as the guide says\n`;
      const [first = ""] = told(text, "login_duo");
      assert.match(first, /^1 .*to it the # and what follows is part of the value/);
      assert.ok(!valuesOf(text).some(([, written]) => written.includes("#")));
    });
  }

  it("says in which state the file was read from there on", () => {
    assert.equal(translate("failmode = safe # x", "pam_duo").values.get("failmode"), "safe");
    assert.match(told("failmode = safe # x")[0] ?? "", /the # .*stopped reading here.*let everyone in/);
    assert.equal(translate("failmode = secure # x", "pam_duo").values.get("failmode"), "secure");
    assert.match(told("failmode = secure # x")[0] ?? "", /the # .*stopped reading here.*let everyone in/);
    assert.match(told(`${SECURE}autopush = yes # x`).join("\n"), /which it read as no/);
    assert.match(told(`${SECURE}host = api-1b2c3d4e.duosecurity.com   # API hostname`).join("\n"), /cannot be reached/);
  });

  it("is never shown, because a key can stand in it", () => {
    const key = "k".repeat(40);
    assert.ok(!told(`skey = ${key} # ${key}\nfailmode = safe # ${key}`).join("\n").includes("kkk"));
  });
});

describe("failmode", () => {
  it("is written down where it was the default, and explained where it is safe", () => {
    const { values } = translate("ikey = x", "pam_duo");
    assert.equal(values.get("failmode"), "safe");
    assert.match(told("ikey = x").join("\n"), /default, written down[\s\S]*outage alone/);
    assert.deepEqual(told(SECURE), []);
  });

  for (const [text, written] of [
    ["failmode = Secure", "secure"],
    ["failmode = SAFE", "safe"],
    ["failmode = closed", "secure"],
  ] as const) {
    it(`${text} let everyone in, and becomes ${written}`, () => {
      assert.equal(translate(text, "pam_duo").values.get("failmode"), written);
      assert.match(told(text)[0] ?? "", /^1 - .*stopped reading here.*let everyone in/);
    });
  }

  it("counts where Duo Unix stopped only if it stood above", () => {
    assert.match(told("failmode = secure\nnonsense")[0] ?? "", /refused every login/);
    assert.match(told("nonsense\nfailmode = secure")[0] ?? "", /let everyone in/);
  });
});

describe("a file that Duo Unix does not read to its end", () => {
  it("is read to its end, and the stop is told once", () => {
    const text = "[duo\nFailmode = secure\nautopush = yes\nnonsense\nfailmode = secure";
    const words = told(text);
    assert.equal(words.filter((one) => one.includes("stopped reading")).length, 1);
    assert.equal(words.length, 3);
    assert.equal(translate(text, "pam_duo").values.get("autopush"), "yes");
  });

  it("counts an indented setting for itself", () => {
    const { values } = translate("[duo]\n ikey = a\n skey = b ; c\n failmode = secure\n groups = d", "pam_duo");
    assert.deepEqual(
      [...values],
      [
        ["ikey", "a"],
        ["skey", "b"],
        ["failmode", "secure"],
        ["groups", "d"],
      ],
    );
    assert.match(told("[duo]\n ikey = a\n skey = b").join("\n"), /takes all of it for ikey/);
  });

  it("tells of a line that is too long", () => {
    assert.match(told(`${SECURE}groups = ${"g ".repeat(120)}`)[0] ?? "", /^2 - .*longer than 199 bytes/);
  });
});

describe("the proxy", () => {
  it("is kept with its credentials, and not quoted when it is left out", () => {
    assert.equal(value("http_proxy = bob:p:w@proxy:3128", "http_proxy"), "http://bob:p%3Aw@proxy:3128");
    assert.ok(!told(`${SECURE}http_proxy = socks://bob:hunter2@proxy`).join("").includes("hunter2"));
  });
});

describe("secrets", () => {
  it("are in no finding, wherever they were pasted", () => {
    const secret = "yWHSMhWucAcp7qvuH3HWTaSaKABs8Gaddiv1NIRo";
    const keys = "ikey skey host failmode autopush prompts https_timeout gecos_delim gecos_username_pos cafile groups";
    const lines = keys.split(" ").map((key) => `${key} = ${secret}\n  skey = ${secret}\n  ${secret}`);
    for (const text of [...lines, secret, `${secret} = x`, `skey ${secret}`, `[${secret}`]) {
      assert.ok(!told(text).join("\n").includes(secret), text);
    }
  });
});
