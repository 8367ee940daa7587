// What a process may have, as /proc and systemd say it.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { ok } from "../../../src/core/result.ts";
import { ownLimits, runsIn } from "../../../src/host/process-limits.ts";
import { unitLimits } from "../../../src/host/units.ts";
import { textFiles } from "./text-files.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-limits-"));
after(() => rmSync(folder, { recursive: true }));
const NONE = Number.POSITIVE_INFINITY;

const limitsFile = (soft: string) =>
  textFiles(folder, {
    "self/limits": [
      "Limit                     Soft Limit           Hard Limit           Units     ",
      `Max open files            ${soft}                 8192                 files     `,
    ].join("\n"),
  });

describe("ownLimits", () => {
  it("are the soft limit of descriptors and the memory of the cgroup", () => {
    assert.deepEqual(ownLimits(limitsFile("4096"), 2 ** 29), { of: "this process", descriptors: 4096, bytes: 2 ** 29 });
  });

  it("are none where the kernel says none, or nothing", () => {
    const none = { of: "this process", descriptors: NONE, bytes: NONE };
    assert.deepEqual(ownLimits(limitsFile("unlimited"), 18_446_744_073_709_552_000), none);
    assert.deepEqual(ownLimits(join(folder, "absent"), 0), none);
  });
});

describe("runsIn", () => {
  it("looks at the process's own cgroup", () => {
    const proc = textFiles(folder, { "self/cgroup": "0::/system.slice/duogated.service\n" });
    assert.deepEqual([runsIn("duogated.service", proc), runsIn("sshd.service", proc)], [true, false]);
  });
});

describe("unitLimits", () => {
  const shown = (stdout: string, code = 0) =>
    unitLimits(async () => ok({ code, stdout, stderr: "" }), "duogated.service", folder);

  it("are what systemd shows of the unit", async () => {
    const limits = await shown("LoadState=loaded\nLimitNOFILE=8192\nMemoryMax=536870912\n");
    assert.deepEqual(limits, { of: "duogated.service", descriptors: 8192, bytes: 2 ** 29 });
    const open = await shown("MemoryMax=infinity\nLoadState=loaded\nLimitNOFILE=infinity\n");
    assert.deepEqual([open?.descriptors, open?.bytes], [NONE, NONE]);
  });

  it("are not known for a unit that is not there, nor without systemd", async () => {
    assert.equal(await shown("LoadState=not-found\nLimitNOFILE=524288\nMemoryMax=infinity\n"), undefined);
    assert.equal(await shown("", 1), undefined);
    const without = unitLimits(() => assert.fail("asked"), "duogated.service", join(folder, "absent"));
    assert.equal(await without, undefined);
  });
});
