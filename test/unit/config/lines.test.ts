// The strict check of lines: each form that `ini` would take in silence is a problem, and what passes is exact.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { accepted, brief, problemsOf, REQUIRED, SKEY, withDuo, withGateway, withRequired } from "./samples.ts";

const REFUSED: readonly (readonly [what: string, text: string, problems: readonly string[]])[] = [
  ["a byte order mark", `\uFEFF${REQUIRED}`, ["1 byte-order-mark"]],
  ["NUL", withDuo("prompts = 1\0"), ["6 control-character prompts"]],
  ["an escape character, in a comment too", withDuo("# \u001b[2J"), ["6 control-character"]],
  ["a C1 control", withDuo("groups = a\u0085b"), ["6 control-character groups"]],
  ["a lone CR", withDuo("prompts = 1\rautopush = yes"), ["6 control-character prompts"]],
  ["a zero-width space", withDuo("groups = wh\u200beel"), ["6 invisible-character groups"]],
  ["a no-break space", withDuo("groups =\u00a0wheel"), ["6 invisible-character groups"]],
  ["a bidi override", withDuo("groups = \u202eleehw"), ["6 invisible-character groups"]],
  ["a line separator", withDuo("groups = a\u2028b"), ["6 invisible-character groups"]],
  ["garbage", withDuo("garbage"), ["6 not-key-value"]],
  ["a line without a key", withDuo("= yes"), ["6 not-key-value"]],
  ["a colon for =", withDuo("autopush: yes"), ["6 not-key-value"]],
  ["an unclosed section", withDuo("[gateway"), ["6 bad-section"]],
  ["text after a section", withDuo("[gateway] ; limits\nmax_logins = 1"), ["6 bad-section"]],
  ["an unknown section", withDuo("[Gateway]\nx = y"), ["6 unknown-section"]],
  ["a nested section", withDuo("[gateway.tls]\nx = y"), ["6 unknown-section"]],
  ["an unclean section name", withDuo("[ gateway ]\nmax_logins = 1"), ["6 unknown-section"]],
  ["__proto__ as a section", withDuo("[__proto__]\nx = y"), ["6 unknown-section"]],
  ["constructor as a section", withDuo("[constructor]"), ["6 unknown-section"]],
  ["a section twice", withDuo("[duo]\nprompts = 2"), ["6 duplicate-section"]],
  ["keys above any section", REQUIRED.replace("[duo]\n", ""), ["1 outside-section"]],
  ["an unknown key", withDuo("colour = red"), ["6 unknown-key colour"]],
  ["a key in other case", withDuo("AutoPush = yes"), ["6 unknown-key AutoPush"]],
  ["a list key", withDuo("groups[] = a"), ["6 unknown-key"]],
  ["__proto__ as a key", withDuo("__proto__ = a"), ["6 unknown-key"]],
  ["a key of the other section", withGateway("prompts = 1"), ["7 unknown-key prompts"]],
  ["a key twice", withDuo("prompts = 1\nprompts = 1"), ["7 duplicate-key prompts"]],
  ["a key and its alias", withDuo("groups = a\ngroup = b"), ["7 duplicate-key group"]],
  ["an empty value", withDuo("groups ="), ["6 empty-value groups"]],
  ["a comment behind a value", withDuo("prompts = 1 ; once"), ["6 inline-comment prompts"]],
  ["a # comment behind a value", withDuo("prompts = 1\t# once"), ["6 inline-comment prompts"]],
  ["a value that begins with ;", withRequired("skey", ";abc"), ["3 inline-comment skey"]],
  ["double quotes", withRequired("failmode", '"safe"'), ["5 quoted-value failmode"]],
  ["single quotes", withRequired("failmode", "'safe'"), ["5 quoted-value failmode"]],
  ["a value on the next line", withDuo("groups = a\n  b"), ["7 not-key-value"]],
];

describe("lines that are refused", () => {
  for (const [what, text, expected] of REFUSED) {
    it(what, () => assert.deepEqual(brief(problemsOf(text)), expected));
  }

  it("names both lines of a duplicate", () => {
    const [problem] = problemsOf(withDuo("prompts = 1\n\nprompts = 2"));
    assert.match(problem?.message ?? "", /lines 6 and 8/);
  });

  it("says to join groups and group", () => {
    const [problem] = problemsOf(withDuo("group = a\ngroups = b"));
    assert.match(`${problem?.message} ${problem?.remedy}`, /groups is another name for group, which line 6 sets join/);
  });
});

describe("lines that are accepted", () => {
  it("comments, blank lines, tabs, CR LF ends and no end at all", () => {
    const text = `; one\r\n  # two = three [four]\r\n\t\r\n${REQUIRED.replaceAll("\n", "\r\n")}\tprompts\t=\t2`;
    assert.equal(accepted(text).duo.prompts, 2);
    assert.equal(accepted(text).duo.skey.reveal(), SKEY);
  });

  it("comments in any language", () => {
    assert.equal(accepted(withDuo("# für die Büros \u200f")).duo.prompts, 3);
  });

  it("values byte for byte, where ini would cut, unquote, nest or convert", () => {
    for (const secret of [
      "ab;cd",
      "ab#cd",
      "a\\;b",
      "a\\b\\\\",
      'a"b"',
      "'a",
      "[x]",
      "a=b=",
      "true",
      "null",
      "{}",
      "]",
    ]) {
      assert.equal(accepted(withRequired("skey", secret)).duo.skey.reveal(), secret);
    }
  });
});
