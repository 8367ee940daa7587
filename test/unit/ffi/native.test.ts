// Native calls as such: widths and signs survive, errno is the call's own, memory stays put, nothing is lost per call.

import assert from "node:assert/strict";
import { closeSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { allocate, allocateString } from "../../../src/ffi/block.ts";
import { describeFailure, systemCallFailure } from "../../../src/ffi/failure.ts";
import { readBytes, readString } from "../../../src/ffi/libc.ts";
import { lastSystemCallFailure, type NativeFunction, openLibrary } from "../../../src/ffi/native.ts";
import { libcForTest } from "./handle.ts";

const libc = libcForTest();

test("results keep their sign and width", () => {
  const opened = openLibrary(null, { abs: ["int", ["int"]], llabs: ["long", ["long"]], htonl: ["uint", ["uint"]] });
  assert.ok(opened.ok);
  assert.equal(opened.value.abs.call(-7), 7);
  assert.equal(opened.value.llabs.call(-(2 ** 52)), 2 ** 52);
  assert.equal(opened.value.htonl.call(0xff), 0xff00_0000);
  assert.equal(libc.close.call(-1), -1);
});

test("a call off the thread gives the same result and may overlap with others", async () => {
  const texts = ["a", "bb", "ccc", "dddd", "eeeee"].map(allocateString);
  const lengths = await Promise.all(texts.map((text) => libc.strnlen.callOffThread(text, 100)));
  assert.deepEqual(lengths, [1, 2, 3, 4, 5]);
});

test("a block that only a running call knows is not collected before the call returns", async () => {
  const posix = openLibrary(null, { pipe: ["int", ["address"]], read: ["long", ["int", "address", "size"]] });
  assert.ok(posix.ok);
  const ends = allocate(8);
  assert.equal(posix.value.pipe.call(ends), 0);
  const [readEnd, writeEnd] = [ends.bytes.readInt32LE(0), ends.bytes.readInt32LE(4)];
  const { done, block } = readInto(posix.value.read, readEnd);
  await collectGarbage();
  assert.notEqual(block.deref(), undefined);
  writeSync(writeEnd, "x");
  assert.equal(await done, 1);
  await collectGarbage();
  assert.equal(block.deref(), undefined);
  closeSync(readEnd);
  closeSync(writeEnd);
});

test("errno is the failed call's own", () => {
  for (let i = 0; i < 20_000; i++) {
    libc.close.call(-1);
    assert.equal(lastSystemCallFailure("close").errno, constants.errno.EBADF);
    // Garbage between the pairs makes the collector run often; it must not show in errno.
    assert.equal(allocate(512).bytes.length, 512);
    libc.socket.call(9999, 1, 0);
    assert.equal(lastSystemCallFailure("socket").errno, constants.errno.EAFNOSUPPORT);
  }
});

test("failures carry the symbol of the error, and a line for the log", () => {
  const failure = systemCallFailure("connect", constants.errno.ECONNREFUSED);
  assert.equal(failure.errnoName, "ECONNREFUSED");
  assert.equal(describeFailure(failure), "connect failed with ECONNREFUSED");
  assert.equal(systemCallFailure("connect", 0).errnoName, "errno 0");
});

test("a missing library and a missing function are failures with a reason", () => {
  const library = openLibrary("libduogate-absent.so.7", {});
  assert.ok(!library.ok && library.error.code === "no-library");
  assert.match(library.error.detail, /libduogate-absent/);
  const symbol = openLibrary(null, { duogate_absent: ["int", []] });
  assert.ok(!symbol.ok && symbol.error.code === "no-library");
  assert.match(symbol.error.detail, /duogate_absent/);
});

test("foreign memory is copied, and a string without an end is refused", () => {
  const text = allocateString("na\u00efve");
  assert.equal(readString(libc, text.address, 100)?.toString(), "na\u00efve");
  assert.equal(readString(libc, text.address, 6), undefined);
  assert.equal(readString(libc, 0, 100), undefined);
  const copy = readBytes(libc, text.address, 2);
  text.bytes.fill(0);
  assert.equal(copy.toString(), "na");
});

test("text that C would cut short and numbers that lose bits are defects", () => {
  assert.throws(() => allocateString("a\0b"), TypeError);
  assert.throws(() => libc.close.call(0.5), RangeError);
  assert.throws(() => libc.close.call(2 ** 60), RangeError);
});

test("calls do not lose memory", () => {
  const bytes = allocate(64);
  const used = (): number => process.memoryUsage.rss();
  const run = (): void => {
    for (let i = 0; i < 300_000; i++) libc.memcpy.call(bytes, bytes, 0);
  };
  run();
  const before = used();
  run();
  // ffi-napi's own call path loses more than 100 bytes per call, 30 MB here.
  assert.ok(used() - before < 10_000_000, `${used() - before} bytes more after 300000 calls`);
});

/** Its own function, so that no variable of the test keeps the block. */
function readInto(
  read: NativeFunction<readonly ["int", "address", "size"]>,
  fd: number,
): { readonly done: Promise<number>; readonly block: WeakRef<object> } {
  const block = allocate(16);
  return { done: read.callOffThread(fd, block, 1), block: new WeakRef(block) };
}

/** A collection in a later turn of the loop: a WeakRef holds its target for the rest of the turn it was used in. */
async function collectGarbage(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
}
