// Owns memory and function pointers that C may see: their addresses stay put and stay valid while JavaScript holds them.
// Must not free anything that C allocated. Used by every file here that hands C a pointer.

import { ffi, ref } from "./ffi-napi.ts";

/** Memory at a fixed address. C may use `address` for as long as JavaScript holds the block, and no longer. */
export type NativeBlock = { readonly bytes: Buffer; readonly address: number };

/** Zeroed memory that C may read and write. Never from Buffer's shared pool: its neighbours would be in reach. */
export function allocate(size: number): NativeBlock {
  const bytes = Buffer.alloc(size);
  return { bytes, address: ref.address(bytes) };
}

/** A NUL-terminated copy of `text`. Text with a NUL inside would be cut short by C, so it is a defect here. */
export function allocateString(text: string): NativeBlock {
  if (text.includes("\0")) throw new TypeError("text for C must not contain NUL; refuse it before it gets here");
  const block = allocate(Buffer.byteLength(text) + 1);
  block.bytes.write(text);
  return block;
}

/**
 * A C function pointer of type int (*)(int, void *, void *, void *) that runs `body` on this thread.
 * `body` must not throw: C would go on with an undefined result. The caller keeps the returned block alive
 * for as long as C may call.
 */
export function createCallback(body: (first: number, ...addresses: number[]) => number): NativeBlock {
  const bytes = ffi.Callback("int", ["int", "uint64", "uint64", "uint64"], (first, ...addresses) =>
    body(Number(first), ...addresses.map(Number)),
  );
  return { bytes, address: ref.address(bytes) };
}
