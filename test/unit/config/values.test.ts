// The readers of single values, each with what it accepts and what it refuses.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupList, hostAndPort, integrationKey, secretKey } from "../../../src/config/duo-values.ts";
import {
  absolutePath,
  duration,
  matching,
  obsolete,
  onlyYes,
  punctuation,
  type ValueType,
  wholeNumber,
  yesNo,
} from "../../../src/config/value-types.ts";

/** The value, or the code of the complaint behind a mark that no value has. */
function read<T>(type: ValueType<T>, raw: string): T | string {
  const result = type.read(raw);
  return result.ok ? result.value : `!${result.error.code}`;
}

const BAD = "!bad-value";

describe("yes and no", () => {
  for (const word of ["yes", "YES", "Yes", "true", "True", "on", "ON", "1"]) {
    it(word, () => assert.equal(read(yesNo, word), true));
  }
  for (const word of ["no", "NO", "false", "False", "off", "Off", "0"]) {
    it(word, () => assert.equal(read(yesNo, word), false));
  }
  for (const word of ["y", "n", "enable", "2", "yes please", "ye\u017f", "true;"]) {
    it(`${word} is refused`, () => assert.equal(read(yesNo, word), BAD));
  }
});

describe("numbers", () => {
  it("are whole, decimal and in range", () => {
    const type = wholeNumber(1, 3);
    assert.deepEqual(
      ["1", "3", "02"].map((raw) => read(type, raw)),
      [1, 3, 2],
    );
    for (const raw of ["0", "4", "-1", "+1", "1.0", "0x1", "1e0", "one", "1s", "99999999999", "\u0661"]) {
      assert.equal(read(type, raw), BAD, raw);
    }
  });
});

describe("durations", () => {
  it("mean seconds without a unit, and know ms, s and m", () => {
    const type = duration(500, 120_000);
    const cases = { "500ms": 500, "1": 1000, "5s": 5000, "2m": 120_000, "0000000.5": BAD, "499ms": BAD, "121": BAD };
    for (const [raw, expected] of Object.entries(cases)) assert.equal(read(type, raw), expected, raw);
    for (const raw of ["5 s", "5S", "1h", "-5", "5sec", "s", "1m30s", "Infinity"])
      assert.equal(read(type, raw), BAD, raw);
  });

  it("are written back in the largest unit that is exact", () => {
    assert.deepEqual([0, 500, 1500, 5000, 110_000, 300_000].map(duration(0, 1).show), [
      "0s",
      "500ms",
      "1500ms",
      "5s",
      "110s",
      "5m",
    ]);
  });
});

describe("paths", () => {
  it("are absolute and plain", () => {
    const type = absolutePath(20);
    assert.equal(read(type, "/etc/a b/..c/.d"), "/etc/a b/..c/.d");
    for (const raw of [
      "etc",
      "./a",
      "/",
      "/a/",
      "/a//b",
      "/a/./b",
      "/a/../b",
      "/..",
      `/${"a".repeat(20)}`,
      `/${"é".repeat(10)}`,
    ]) {
      assert.equal(read(type, raw), BAD, raw);
    }
  });
});

describe("matching", () => {
  it("does not quote what it refuses", () => {
    const refused = matching(/^[a-z]+$/, "small letters").read("S3CRET");
    assert.deepEqual(refused.ok ? undefined : refused.error.message, "the value is not small letters");
  });
});

describe("switches without a choice", () => {
  it("take yes alone, or anything at all", () => {
    assert.deepEqual(
      ["yes", "on", "no", "0", "maybe"].map((raw) => read(onlyYes, raw)),
      [true, true, BAD, BAD, BAD],
    );
    assert.deepEqual([read(obsolete, "what ever"), obsolete.warn?.(false)?.code], [false, "unusual-value"]);
  });
});

describe("punctuation", () => {
  for (const raw of [..."!\"#$%&'()*+,-./;<=>?@[\\]^_`{|}~"]) {
    it(raw, () => assert.equal(read(punctuation, raw), raw));
  }
  for (const raw of [":", "a", "1", " ", ",,", "", "é", "\u2028"]) {
    it(`${JSON.stringify(raw)} is refused`, () => assert.equal(read(punctuation, raw), BAD));
  }
  it("has words for what looks like a comment", () => {
    assert.deepEqual([read(punctuation, "semicolon"), read(punctuation, "hash")], [";", "#"]);
    assert.deepEqual([punctuation.show(";"), punctuation.show("#"), punctuation.show(",")], ["semicolon", "hash", ","]);
  });
});

describe("hosts", () => {
  const accepted = {
    "api-1b2c3d4e.duosecurity.com": ["api-1b2c3d4e.duosecurity.com", 443],
    "API-1B2C3D4E.DuoSecurity.com": ["api-1b2c3d4e.duosecurity.com", 443],
    "localhost:8443": ["localhost", 8443],
    "127.0.0.1": ["127.0.0.1", 443],
    "127.0.0.1:1": ["127.0.0.1", 1],
    "::1": ["::1", 443],
    "[::1]": ["::1", 443],
    "[2001:DB8::1]:65535": ["2001:db8::1", 65_535],
  };
  for (const [raw, [host, port]] of Object.entries(accepted)) {
    it(raw, () => assert.deepEqual(read(hostAndPort, raw), { host, port }));
  }

  const refused = (
    "https://api.duosecurity.com api.duosecurity.com/ user@host host? a#b a\\b a:b a: :443 a:0 a:65536 a:1:2 [::1 ::1] " +
    "[::1]x [localhost]:1 [127.0.0.1] -a.com a-.com a..com .com a.com. a_b.com 1.2.3 300.1.1.1 fe80::1%eth0 [] a:+1 a:1e2"
  ).split(" ");
  for (const raw of [...refused, "a b", "é.com", `${"a".repeat(64)}.com`, `${"a.".repeat(130)}com`]) {
    it(`${raw} is refused`, () => assert.equal(read(hostAndPort, raw), BAD));
  }

  it("say what to write instead of an address with a scheme", () => {
    const result = hostAndPort.read("https://api-1b2c3d4e.duosecurity.com");
    assert.match(result.ok ? "" : `${result.error.message}; ${result.error.remedy}`, /scheme.*without https:\/\//);
  });
});

describe("keys", () => {
  it("take more than Duo's form, with a warning", () => {
    assert.equal(read(integrationKey, "emulator_ikey-1"), "emulator_ikey-1");
    assert.ok(integrationKey.warn?.("emulator_ikey-1"));
    assert.equal(integrationKey.warn?.("DIXYZV6YM8IFYVWBINCA"), undefined);
    for (const raw of ["", "a b", "a:b", "ikéy", "a".repeat(65)]) assert.equal(read(integrationKey, raw), BAD, raw);
    for (const raw of ["", "a b", "kéy", "a".repeat(129)]) assert.equal(read(secretKey, raw), BAD, raw);
  });

  it("are not the sample's stand-ins", () => {
    assert.equal(read(integrationKey, "DIXXXXXXXXXXXXXXXXXX"), "!placeholder");
    assert.equal(read(secretKey, "X".repeat(40)), "!placeholder");
    assert.equal(read(hostAndPort, "api-XXXXXXXX.duosecurity.com"), "!placeholder");
  });
});

describe("groups", () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    wheel: ["wheel"],
    "a  b": ["a", "b"],
    "*,!wheel adm": ["*,!wheel", "adm"],
    "domain\\ users b": ["domain users", "b"],
    "a\\b": ["a\\b"],
    "a\\\\ b": ["a\\ b"],
    "*": ["*"],
    "?*,!root,": ["?*,!root,"],
    "CORP\\domain\\ users": ["CORP\\domain users"],
    "R&D,a.b-c_d,user@example.org,host$,50%,+x,men's,(x),a/b": [
      "R&D,a.b-c_d,user@example.org,host$,50%,+x,men's,(x),a/b",
    ],
    "Administratör,группа,管理": ["Administratör,группа,管理"],
  };
  for (const [raw, tokens] of Object.entries(cases)) {
    it(JSON.stringify(raw), () => assert.deepEqual(read(groupList, raw), tokens));
  }

  const mistakes: readonly (readonly [string, string | undefined])[] = [
    ["*.!root", "*,!root"],
    ["*!root", "*,!root"],
    ["?*.!root", "?*,!root"],
    ["*;!root", "*,!root"],
    ["users.!wheel adm", "users,!wheel"],
    ["a!b!c", "a,!b,!c"],
    ["!!root", "!root"],
    ["domain\\ users|!guests", "domain\\ users,!guests"],
    ["staff,*.!root", "staff,*,!root"],
    ["root!", "root"],
    ["*,! root", undefined],
    ["!", undefined],
    ["users|wheel", undefined],
    ['"domain\\ users",wheel', undefined],
    ["a\tb", undefined],
    ["[a-z]*", undefined],
    ["*:!root", "*,!root"],
    [`*.!${"x".repeat(40)}`, undefined],
    ["'*,!root'", undefined],
    ["`*`", undefined],
    ["“*”", undefined],
    [".*,!root", undefined],
    ["^adm*", undefined],
    ["users !.*", undefined],
  ];
  for (const [raw, meant] of mistakes) {
    it(`${JSON.stringify(raw)} is a mistake`, () => {
      const refused = groupList.read(raw);
      assert.ok(!refused.ok, "it is taken, and lets everybody in");
      const { message, remedy } = refused.error;
      if (meant !== undefined) assert.ok(remedy.includes(`did you mean "${meant}"?`), remedy);
      assert.ok(!`${message}${remedy}`.includes("x".repeat(40)), "something long is quoted");
    });
  }

  it("are at most 255 lists", () => {
    assert.equal(read(groupList, "g ".repeat(255).trim())?.length, 255);
    assert.equal(read(groupList, "g ".repeat(256).trim()), BAD);
  });

  it("warn when every pattern of a list is negated", () => {
    const odd = [["!a"], ["!a,!b", "!c"], ["!a,"], ["*", "!a"]];
    const fine = [[], ["a"], ["*,!a"]];
    assert.ok(odd.every((value) => groupList.warn?.(value)));
    assert.ok(fine.every((value) => groupList.warn?.(value) === undefined));
  });
});
