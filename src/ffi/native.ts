// Owns native calls: opening a library, binding its functions, calling them here or on a worker thread, and errno.
// Must not know what the functions do. Used by the lists of functions (libc.ts, libpam.ts).
//
// Why not ffi-napi's own ForeignFunction: it allocates a Buffer for each argument of each call, and its registry of
// addresses keeps an entry for most of them for ever (measured: 100 to 200 bytes lost per call). A daemon whose socket
// anyone may connect to cannot lose memory per connection. Here each function owns one argument frame, allocated once.

import { err, ok, type Result } from "../core/result.ts";
import { allocate, type NativeBlock } from "./block.ts";
import { type OpenFailure, type SystemCallFailure, systemCallFailure } from "./failure.ts";
import { ffi, lowLevel } from "./ffi-napi.ts";

/** How one argument or result travels. All are integers to the calling convention; addresses are below 2^53. */
export type CType = "void" | "int" | "uint" | "long" | "size" | "address";

/** A block stands for its address and is kept alive until the call has returned. */
export type NativeValue = number | NativeBlock;

type Arguments<A extends readonly CType[]> = { readonly [K in keyof A]: NativeValue };

/** One bound C function. */
export type NativeFunction<A extends readonly CType[]> = {
  /**
   * Calls on this thread and returns the result (0 for void). A callback that runs meanwhile must not call the same
   * function again: it would overwrite the argument frame.
   */
  readonly call: (...values: Arguments<A>) => number;
  /** Calls on a libuv worker thread. errno is lost there: use it for functions that return their error. */
  readonly callOffThread: (...values: Arguments<A>) => Promise<number>;
};

export type Signatures = { readonly [name: string]: readonly [result: CType, args: readonly CType[]] };
export type Bound<S extends Signatures> = { readonly [K in keyof S]: NativeFunction<S[K][1]> };

type Frame = {
  readonly slots: Buffer;
  readonly pointers: Buffer;
  readonly result: Buffer;
  held: readonly NativeValue[];
};

const FFI_TYPE: Readonly<Record<CType, string>> = {
  void: "void",
  int: "int32",
  uint: "uint32",
  long: "int64",
  size: "uint64",
  address: "uint64",
};
const SLOT_BYTES = 8;

/**
 * errno of this thread. Read it right after the failed call: any other work on the thread may change it. It only names
 * a failure; whether there was one is the result's to say.
 */
export function currentErrno(): number {
  return errnoFunction.call();
}

/** The failure of the call made just before on this thread; see {@link currentErrno} for why it must be just before. */
export function lastSystemCallFailure(call: string): SystemCallFailure {
  return systemCallFailure(call, currentErrno());
}

/** Opens a library (null: what this process has loaded already, libc among it) and binds the named functions. */
export function openLibrary<const S extends Signatures>(
  name: string | null,
  signatures: S,
): Result<Bound<S>, OpenFailure> {
  try {
    const library = new ffi.DynamicLibrary(name, ffi.DynamicLibrary.FLAGS.RTLD_NOW);
    const entries = Object.entries(signatures).map(([symbol, [result, args]]) => [
      symbol,
      bind(library.get(symbol), result, args),
    ]);
    return ok(Object.fromEntries(entries));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    return err({ code: "no-library", library: name ?? "libc", detail });
  }
}

function bind(code: Buffer, result: CType, args: readonly CType[]): NativeFunction<readonly CType[]> {
  const cif = ffi.CIF(
    FFI_TYPE[result],
    args.map((type) => FFI_TYPE[type]),
  );
  const own = createFrame(args.length);
  const idle: Frame[] = [];
  return {
    call: (...values) => {
      fill(own, args, values);
      lowLevel.ffi_call(cif, code, own.result, own.pointers);
      own.held = [];
      return readResult(own, result);
    },
    callOffThread: (...values) => {
      const frame = idle.pop() ?? createFrame(args.length);
      fill(frame, args, values);
      return new Promise((resolve, reject) => {
        lowLevel.ffi_call_async(cif, code, frame.result, frame.pointers, (error) => {
          const value = readResult(frame, result);
          frame.held = [];
          idle.push(frame);
          if (error) reject(new Error(`the native call could not be made: ${String(error)}`));
          else resolve(value);
        });
      });
    },
  };
}

// One foreign call and no allocation between the failed call and this, so nothing gets to overwrite the number.
const errnoFunction = bind(lowLevel.StaticFunctions._errno, "int", []) as NativeFunction<[]>;

function createFrame(count: number): Frame {
  const slots = allocate(count * SLOT_BYTES);
  const pointers = Buffer.alloc(count * SLOT_BYTES);
  for (let i = 0; i < count; i++) {
    pointers.writeBigUInt64LE(BigInt(slots.address + i * SLOT_BYTES), i * SLOT_BYTES);
  }
  return { slots: slots.bytes, pointers, result: Buffer.alloc(SLOT_BYTES), held: [] };
}

function fill(frame: Frame, args: readonly CType[], values: readonly NativeValue[]): void {
  if (values.length !== args.length) throw new TypeError(`expected ${args.length} arguments, got ${values.length}`);
  for (const [i, value] of values.entries()) {
    const number = typeof value === "number" ? value : value.address;
    if (!Number.isSafeInteger(number)) throw new RangeError(`argument ${i + 1} must be a safe integer`);
    frame.slots.writeBigInt64LE(BigInt(number), i * SLOT_BYTES);
  }
  frame.held = values;
}

function readResult(frame: Frame, type: CType): number {
  switch (type) {
    case "void":
      return 0;
    case "int":
      return frame.result.readInt32LE();
    case "uint":
      return frame.result.readUInt32LE();
    case "long":
      return Number(frame.result.readBigInt64LE());
    default:
      return Number(frame.result.readBigUInt64LE());
  }
}
