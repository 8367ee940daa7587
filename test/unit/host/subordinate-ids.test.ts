// /etc/subuid: whose a subordinate uid is, and that a changed file is read again.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { parseSubordinateRanges, SubordinateIds } from "../../../src/host/subordinate-ids.ts";
import { unmappedUid } from "../../../src/host/user-namespace.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { textFiles } from "./text-files.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-subuid-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "subuid");

describe("SubordinateIds", () => {
  it("takes owners by name and by number, and skips what is no range", () => {
    const text = "alice:100000:65536\n# bob:1:2\n\n1001:165536:65536\nbad\nbob:x:1\n:5:5\ncarol:10:10:10\n";
    assert.deepEqual(parseSubordinateRanges(text), [
      { owner: "alice", first: 100_000, count: 65_536 },
      { owner: "1001", first: 165_536, count: 65_536 },
    ]);
  });

  it("finds the owner of a uid at both ends of its range, and of none beside it", () => {
    writeFileSync(path, "alice:100000:65536\nalice:300000:1\nbob:165536:2\n");
    const ids = new SubordinateIds(new FakeClock(), path);
    const owners = [99_999, 100_000, 165_535, 165_536, 165_537, 165_538, 300_000].map((uid) => ids.ownerOf(uid));
    assert.deepEqual(owners, [undefined, "alice", "alice", "bob", "bob", undefined, "alice"]);
    assert.equal(ids.ownAs("alice", 1000), "alice");
    assert.equal(ids.ownAs("dave", 1002), undefined);
  });

  it("has, for any ranges, the owner of the first line that has the uid", () => {
    const range = fc.record({
      owner: fc.constantFrom("alice", "bob", "carol", "1001"),
      first: fc.nat({ max: 20 }),
      count: fc.nat({ max: 12 }),
    });
    fc.assert(
      fc.property(fc.array(range, { maxLength: 8 }), (ranges) => {
        writeFileSync(path, ranges.map(({ owner, first, count }) => `${owner}:${first}:${count}\n`).join(""));
        const ids = new SubordinateIds(new FakeClock(), path);
        for (let uid = 0; uid < 36; uid += 1) {
          const inOrder = ranges.find(({ first, count }) => uid >= first && uid < first + count);
          assert.equal(ids.ownerOf(uid), inOrder?.owner, `${uid}`);
        }
      }),
    );
  });

  it("takes few steps for a file of a hundred thousand lines, which any user can have looked into at will", () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `user${at}:${100_000 + at * 30_000}:30000`);
    writeFileSync(path, lines.join("\n"));
    const ids = new SubordinateIds(new FakeClock(), path);
    assert.equal(ids.ownerOf(100_000 + 70_000 * 30_000), "user70000");
    const began = performance.now();
    for (let uid = 0; uid < 20_000; uid += 1) ids.ownerOf(uid);
    // One after the other, these would be two thousand million lines: half a minute.
    assert.ok(performance.now() - began < 2000);
  });

  it("knows an owner by number too", () => {
    writeFileSync(path, "1001:165536:2\n");
    assert.equal(new SubordinateIds(new FakeClock(), path).ownAs("bob", 1001), "1001");
  });

  it("reads the file again when it has changed, is gone or is there again", () => {
    const clock = new FakeClock();
    rmSync(path, { force: true });
    const ids = new SubordinateIds(clock, path);
    const later = (text: string | undefined) => {
      if (text === undefined) rmSync(path);
      else writeFileSync(path, text);
      clock.advance(1000);
      return ids.ownerOf(100_000);
    };
    assert.equal(ids.ownerOf(100_000), undefined);
    assert.equal(later("alice:100000:10\n"), "alice");
    assert.equal(later("carol:100000:100\n"), "carol");
    assert.equal(later(undefined), undefined);
    assert.equal(later("carol:100000:100\n"), "carol");
  });
});

describe("the uid of peers that are not mapped here", () => {
  const proc = (uidMap: string, overflow?: string) =>
    unmappedUid(
      textFiles(folder, {
        "self/uid_map": uidMap,
        ...(overflow === undefined ? {} : { "sys/kernel/overflowuid": overflow }),
      }),
    );

  it("is none where every uid is mapped: 65534 is the account nobody", () => {
    assert.equal(proc("         0          0 4294967295\n"), undefined);
  });

  it("is the kernel's overflow uid in a user namespace, and where that cannot be seen", () => {
    assert.equal(proc("         0     100000      65536\n", "65500\n"), 65_500);
    assert.equal(proc("         0          0      65536\n"), 65_534);
    assert.equal(proc(""), 65_534);
  });
});
