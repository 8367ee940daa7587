// Owns the one import of ffi-napi, with types for exactly the names in use. Must not call any of them.
// Used by native.ts and block.ts; nothing else in duogate may import ffi-napi or its ref package.

import { createRequire } from "node:module";

type LowLevel = {
  readonly ffi_call: (cif: Buffer, code: Buffer, result: Buffer, args: Buffer) => void;
  readonly ffi_call_async: (
    cif: Buffer,
    code: Buffer,
    result: Buffer,
    args: Buffer,
    done: (error: unknown) => void,
  ) => void;
  readonly StaticFunctions: { readonly _errno: Buffer };
};

type FfiNapi = {
  readonly DynamicLibrary: {
    new (name: string | null, flags: number): { readonly get: (symbol: string) => Buffer };
    readonly FLAGS: { readonly RTLD_NOW: number };
  };
  readonly CIF: (result: string, args: readonly string[]) => Buffer;
  readonly Callback: (
    result: string,
    args: readonly string[],
    body: (...values: (number | string)[]) => number,
  ) => Buffer;
};

// The package's own type declarations need a package that it does not install, so the few names in use are typed here.
// `bindings` is not part of its documented surface: package.json pins the exact version, and the tests call all of this.
const requireHere = createRequire(import.meta.url);
export const ffi: FfiNapi = requireHere("ffi-napi");
export const lowLevel: LowLevel = requireHere("ffi-napi/lib/bindings.js");
export const ref: { readonly address: (bytes: Buffer) => number } = createRequire(requireHere.resolve("ffi-napi"))(
  "@2060.io/ref-napi",
);
