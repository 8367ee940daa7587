// [service:NAME]: what it inherits, what it overrides, which names it may have, and that it never completes [duo].

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ALL_OPTIONS } from "../../../src/config/options.ts";
import { formatProblems } from "../../../src/config/problem.ts";
import { obsolete } from "../../../src/config/value-types.ts";
import { accepted, brief, problemsOf, REQUIRED, SKEY, withDuo } from "./samples.ts";

const OTHER_IKEY = "DIAAAAAAAAAAAAAAAAA1";
const OTHER_SKEY = SKEY.toLowerCase();

/** A value of each key that is not its default; what is not here is in SERVICE by hand. */
const CHANGED: Readonly<Record<string, string>> = {
  failmode: "safe",
  groups: "a b",
  autopush: "yes",
  prompts: "1",
  pushinfo: "yes",
  accept_env_factor: "yes",
  subject: "caller",
  send_gecos: "yes",
  gecos_delim: "|",
  gecos_username_pos: "2",
  username_strip_domain: "yes",
  username_lower: "yes",
  username_suffix: "@a.example",
  fallback_local_ip: "yes",
  cafile: "/etc/other.pem",
  http_proxy: "http://proxy.example.org:3128",
  connect_timeout: "1s",
  request_timeout: "2s",
  body_timeout: "3s",
  poll_timeout: "7s",
};

describe("[service:NAME]", () => {
  it("has [duo]'s settings but for its own lines, and changes nothing in [duo]", () => {
    const { duo, services } = accepted(`${REQUIRED}groups = a\n[service:sudo]\nautopush = yes\n[service:sshd]\n`);
    assert.deepEqual(services.get("sudo"), { ...duo, autopush: true });
    assert.deepEqual(services.get("sshd"), duo);
    assert.equal(duo.autopush, false);
    assert.deepEqual([...services.keys()], ["sudo", "sshd"]);
  });

  for (const [key, value] of Object.entries(CHANGED)) {
    it(`overrides ${key}`, () => {
      const { duo, services } = accepted(`${REQUIRED}[service:sudo]\n${key} = ${value}\n`);
      assert.notDeepEqual(services.get("sudo"), duo);
      assert.deepEqual(services.get("sudo"), accepted(withDuo(`${key} = ${value}`).replace(sameKey(key), "")).duo);
    });
  }

  it("overrides every option of [duo]: none was forgotten above", () => {
    const keys = ALL_OPTIONS.filter(({ section, type }) => section === "duo" && type !== obsolete);
    const alone = keys.map(({ key }) => key).filter((key) => !(key in CHANGED));
    assert.deepEqual(alone, ["ikey", "skey", "host", "verified_push", "api"]);
  });

  it("can be another application of another account", () => {
    const section = `ikey = ${OTHER_IKEY}\nskey = ${OTHER_SKEY}\nhost = api-2.duosecurity.com:8443\n`;
    const { duo, services } = accepted(`[service:sudo]\n${section}${REQUIRED}`);
    const sudo = services.get("sudo");
    assert.deepEqual([sudo?.ikey, sudo?.host, sudo?.port], [OTHER_IKEY, "api-2.duosecurity.com", 8443]);
    assert.equal(sudo?.skey.reveal(), OTHER_SKEY);
    assert.equal(duo.skey.reveal(), SKEY);
  });

  it("has ikey and skey together or not at all", () => {
    assert.deepEqual(brief(problemsOf(withDuo(`[service:sudo]\nikey = ${OTHER_IKEY}`))), ["7 keys-apart ikey"]);
    const problems = problemsOf(withDuo(`[service:sudo]\nskey = ${OTHER_SKEY}`));
    assert.deepEqual(brief(problems), ["7 keys-apart skey"]);
    assert.ok(!formatProblems(problems).includes(OTHER_SKEY));
  });

  it("does not complete [duo]: what is missing there is missing", () => {
    const text = `${REQUIRED.replace(/^failmode.*\n/m, "")}[service:sudo]\nfailmode = safe\n`;
    assert.deepEqual(brief(problemsOf(text)), ["1 missing-key failmode"]);
  });

  it("is checked as [duo] is: bad values, unknown keys, keys of [gateway], doubles", () => {
    const lines = "prompts = 9\nfoo = 1\nmax_logins = 3\nprompts = 1\nnoverify = yes\ngroup = a\ngroups = b";
    assert.deepEqual(brief(problemsOf(`${REQUIRED}[service:sudo]\n${lines}\n`)), [
      "7 bad-value prompts",
      "8 unknown-key foo",
      "9 unknown-key max_logins",
      "10 duplicate-key prompts",
      "11 unsupported-key noverify",
      "13 duplicate-key groups",
    ]);
    const [problem] = problemsOf(`${REQUIRED}[service:sudo]\nmax_logins = 3\n`);
    assert.match(`${problem?.message} ${problem?.remedy}`, /in \[service:sudo\].*to \[gateway\]/);
  });

  it("reports a fault of [duo] once, however many services inherit it", () => {
    assert.deepEqual(brief(problemsOf(withDuo("prompts = 9\n[service:sudo]\n[service:sshd]"))), [
      "6 bad-value prompts",
    ]);
    const odd = accepted(withDuo("groups = !a\n[service:sudo]\n[service:su]\ngroups = !b"));
    assert.deepEqual(brief(odd.warnings), ["6 unusual-value groups", "9 unusual-value groups"]);
  });

  for (const name of ["sudo", "su-l", "sshd", "login_duogate", "gdm-password", "polkit-1", "a.b", "x@y", "__proto__"]) {
    it(`may be called ${name}`, () => {
      assert.ok(accepted(withDuo(`[service:${name}]\nprompts = 1`)).services.has(name));
    });
  }
  for (const name of ["", " ", "Sudo", "a b", "-a", "a/b", "..", "é", "a".repeat(65), " sudo", "a:b", "*"]) {
    it(`may not be called ${JSON.stringify(name)}, and its lines are not reported on top`, () => {
      assert.deepEqual(brief(problemsOf(withDuo(`[service:${name}]\nnonsense = 1`))), ["6 bad-section"]);
    });
  }

  it("says how to write a name with capitals, which PAM never uses", () => {
    assert.match(problemsOf(withDuo("[service:SSHD]"))[0]?.remedy ?? "", /\[service:sshd\]/);
  });

  it("cannot begin twice", () => {
    assert.deepEqual(brief(problemsOf(withDuo("[service:a]\n[service:b]\n[service:a]"))), ["8 duplicate-section"]);
  });
});

/** The required line that the text sets a second time. */
function sameKey(key: string): RegExp {
  return new RegExp(`^${key} = secure\n`, "m");
}
