// The user database of this machine against getent, and every way a look-up can fail. A name service that hangs, wants
// room or talks nonsense is a fake libc function: nothing on the machine is changed.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { ok } from "../../../src/core/result.ts";
import { createDirectory, type NativeDirectory } from "../../../src/ffi/directory.ts";
import { groupByName, groupsOf } from "../../../src/ffi/group.ts";
import { LAYOUT } from "../../../src/ffi/layout.ts";
import type { Libc } from "../../../src/ffi/libc.ts";
import { passwdByName, passwdByUid } from "../../../src/ffi/passwd.ts";
import { FakeTimers } from "./fake-timers.ts";
import { libcForTest } from "./handle.ts";

const libc = libcForTest();
const LIMITS = { maxConcurrent: 2, maxWaiting: 8, timeoutMs: 10_000 };
const ERANGE = 34;
const native: NativeDirectory = { passwdByName, passwdByUid, groupByName, groupsOf };
const never = (): boolean => false;

test("root is who the user database says, by name and by number", async () => {
  const directory = createDirectory(libc, LIMITS);
  const [name, , uid, gid, gecos, home, shell] = getent("passwd", "root").split(":");
  const expected = ok({ name, uid: Number(uid), gid: Number(gid), gecos, home, shell });
  assert.deepEqual(await directory.lookupUser("root"), expected);
  assert.deepEqual(await directory.lookupUid(0), expected);
  assert.deepEqual(directory.usage(), { running: 0, waiting: 0 });
});

test("every user of this machine has the groups that id(1) gives", async () => {
  const directory = createDirectory(libc, LIMITS);
  for (const line of getent("passwd").split("\n").slice(0, 8)) {
    const [name = "", , , gid] = line.split(":");
    const groups = await directory.lookupGroups(name, Number(gid));
    assert.ok(groups.ok, name);
    const asId = run("id", "-Gn", name).split(" ").sort();
    assert.deepEqual(groups.value.map((group) => group.name).sort(), asId);
  }
});

test("an unknown user and an unknown number are not found", async () => {
  const directory = createDirectory(libc, LIMITS);
  assert.deepEqual(await directory.lookupUser("duogate-absent"), failure({ code: "not-found" }));
  assert.deepEqual(await directory.lookupUid(3_999_999_998), failure({ code: "not-found" }));
});

test("a group is found by its name, as the group database has it", async () => {
  const directory = createDirectory(libc, LIMITS);
  const [name, , gid] = getent("group", "root").split(":");
  assert.deepEqual(await directory.lookupGroup("root"), ok({ name, gid: Number(gid) }));
  assert.deepEqual(await directory.lookupGroup("duogate-absent"), failure({ code: "not-found" }));
  for (const bad of ["", "a\0b", "a".repeat(257)]) {
    assert.deepEqual(await directory.lookupGroup(bad), failure({ code: "invalid-name" }));
  }
});

test("a group without a name is a failure that names the number", async () => {
  const directory = createDirectory(libc, LIMITS);
  const groups = await directory.lookupGroups("root", 3_999_999_998);
  assert.deepEqual(groups, failure({ code: "unresolvable-group", gid: 3_999_999_998 }));
});

test("names that cannot be are refused before the name service sees them", async () => {
  const never: NativeDirectory["passwdByName"] = () => Promise.reject(new Error("the name service was asked"));
  const directory = createDirectory(libc, LIMITS, new FakeTimers(), { ...native, passwdByName: never });
  for (const name of ["", "a\0b", "a".repeat(257), "\u00e9".repeat(129)]) {
    assert.deepEqual(await directory.lookupUser(name), failure({ code: "invalid-name" }));
    assert.deepEqual(await directory.lookupGroups(name, 0), failure({ code: "invalid-name" }));
  }
  await assert.rejects(directory.lookupUser("a".repeat(256)), /was asked/);
  for (const id of [-1, 0xffff_ffff, 0.5, Number.NaN]) assert.throws(() => directory.lookupUid(id), RangeError);
});

test("a name service that hangs: timeout, then waiting, then busy, and the slot comes back late", async () => {
  const timers = new FakeTimers();
  const returns: (() => void)[] = [];
  const hanging: NativeDirectory["passwdByName"] = () =>
    new Promise((resolve) => returns.push(() => resolve({ ok: false, error: { code: "not-found" } })));
  const limits = { maxConcurrent: 1, maxWaiting: 1, timeoutMs: 500 };
  const directory = createDirectory(libc, limits, timers, { ...native, passwdByName: hanging });
  const first = directory.lookupUser("alice");
  timers.advance(500);
  assert.deepEqual(await first, failure({ code: "timeout", timeoutMs: 500 }));
  const second = directory.lookupUser("bob");
  assert.deepEqual(await directory.lookupUid(0), failure({ code: "busy" }));
  assert.deepEqual(directory.usage(), { running: 1, waiting: 1 });
  assert.equal(returns.length, 1);
  timers.advance(500);
  assert.deepEqual(await second, failure({ code: "timeout", timeoutMs: 500 }));
  returns[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(directory.usage(), { running: 0, waiting: 0 });
  assert.equal((await directory.lookupUid(0)).ok, true);
});

test("the work buffer grows on ERANGE, up to one mebibyte", async () => {
  const sizes: number[] = [];
  const growing = withGetpwnam(async (_name, ...rest) => {
    const size = Number(rest[2]);
    sizes.push(size);
    return size < 65_536 ? ERANGE : libc.getpwnam_r.callOffThread(_name, ...rest);
  });
  assert.equal((await passwdByName(growing, "root", never)).ok, true);
  assert.deepEqual(sizes, [4096, 8192, 16_384, 32_768, 65_536]);
  const greedy = withGetpwnam(async () => ERANGE);
  assert.deepEqual(await passwdByName(greedy, "root", never), failure({ code: "too-large" }));
});

test("an error of the name service is a failure with its errno, never an absent user", async () => {
  const failed = await passwdByName(
    withGetpwnam(async () => 5),
    "root",
    never,
  );
  const error = { code: "system-call", call: "getpwnam_r", errno: 5, errnoName: "EIO" };
  assert.deepEqual(failed, { ok: false, error });
});

test("names that are not UTF-8, empty or missing are failures", async () => {
  const entry = (bytes: Buffer) =>
    withGetpwnam(async (_name, record, work, size, found) => {
      const status = await libc.getpwnam_r.callOffThread(_name, record, work, size, found);
      if (typeof work !== "number") bytes.copy(work.bytes);
      if (typeof record !== "number" && typeof work !== "number") {
        record.bytes.writeBigUInt64LE(bytes.length === 0 ? 0n : BigInt(work.address), LAYOUT.passwd.pw_name);
      }
      return status;
    });
  for (const bytes of [Buffer.of(0x61, 0xff, 0), Buffer.of(0), Buffer.of()]) {
    const found = await passwdByName(entry(bytes), "root", never);
    assert.deepEqual(found, failure({ code: "bad-text", field: "name" }));
  }
  const marked = await passwdByName(entry(Buffer.from("\ufeffroot\0")), "root", never);
  assert.ok(marked.ok && marked.value.name === "\ufeffroot");
});

test("the list of groups grows, and ends at what the kernel allows", async () => {
  const rooms: number[] = [];
  const many = withGetgrouplist(async (_name, _gid, list, count) => {
    if (typeof list === "number" || typeof count === "number") return -1;
    rooms.push(count.bytes.readInt32LE());
    if (count.bytes.readInt32LE() < 200) return -1;
    for (let i = 0; i < 200; i++) list.bytes.writeUInt32LE(0, i * 4);
    return 200;
  });
  const groups = await groupsOf(many, "root", 0, never);
  assert.ok(groups.ok && groups.value.length === 200 && groups.value.every((group) => group.name === "root"));
  assert.deepEqual(rooms, [64, 128, 256]);
  assert.deepEqual(
    await groupsOf(
      withGetgrouplist(async () => -1),
      "root",
      0,
      never,
    ),
    failure({ code: "too-large" }),
  );
});

test("work that nobody waits for stops between native calls", async () => {
  let calls = 0;
  const counting = withGetgrouplist(async (...args) => {
    calls += 1;
    return libc.getgrouplist.callOffThread(...args);
  });
  assert.deepEqual(await groupsOf(counting, "root", 0, () => calls > 0), failure({ code: "abandoned" }));
  assert.deepEqual(await groupsOf(counting, "root", 0, () => true), failure({ code: "abandoned" }));
  assert.equal(calls, 1);
});

function withGetpwnam(callOffThread: Libc["getpwnam_r"]["callOffThread"]): Libc {
  return { ...libc, getpwnam_r: { ...libc.getpwnam_r, callOffThread } };
}

function withGetgrouplist(callOffThread: Libc["getgrouplist"]["callOffThread"]): Libc {
  return { ...libc, getgrouplist: { ...libc.getgrouplist, callOffThread } };
}

function failure<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

function getent(...args: readonly string[]): string {
  return run("getent", ...args);
}

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: "utf8" }).trimEnd();
}
