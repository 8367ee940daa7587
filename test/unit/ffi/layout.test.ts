// The C compiler's word against ours: every size, offset and constant of src/ffi.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { CONSTANT, checkPlatform, LAYOUT, WIDTH } from "../../../src/ffi/layout.ts";
import { openLibc } from "../../../src/ffi/libc.ts";
import { PAM_CODE, PAM_FLAG, PAM_ITEM, PAM_LIMIT, PAM_STYLE } from "../../../src/ffi/pam-codes.ts";
import { compile } from "./compile.ts";

/** What the code reads and writes with fixed-width accessors, where no table says the width. */
const MEMBERS = { pid: 4, uid: 4, sa_family_t: 2, tv_sec: 8, rlim_t: 8, size_t: 8, ssize_t: 8 };

test("sizes, offsets and constants are what the C compiler says", (t) => {
  const output = execFileSync(compile(t, "ffi-layout"), { encoding: "utf8" });
  const fromC: unknown = JSON.parse(output.replaceAll(',"end":0', ""));
  assert.deepEqual(fromC, {
    LAYOUT,
    WIDTH,
    MEMBERS,
    CONSTANT,
    PAM_CODE,
    PAM_STYLE,
    PAM_ITEM,
    PAM_FLAG,
    PAM_LIMIT,
  });
});

test("only machines the tables hold for are accepted", () => {
  assert.equal(checkPlatform("linux", "x64").ok, true);
  assert.equal(checkPlatform("linux", "arm64").ok, true);
  for (const [platform, arch] of [
    ["linux", "ia32"],
    ["linux", "mips"],
    ["linux", "ppc64"],
    ["linux", "s390x"],
    ["darwin", "arm64"],
  ] as const) {
    const refused = openLibc(platform, arch);
    assert.deepEqual(refused, { ok: false, error: { code: "unsupported-platform", platform, arch } });
  }
});
