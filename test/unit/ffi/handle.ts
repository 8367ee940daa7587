// The libc handle for tests, or a thrown defect on a machine that has none. Used by the ffi tests.

import { type Libc, openLibc } from "../../../src/ffi/libc.ts";

export function libcForTest(): Libc {
  const opened = openLibc();
  if (!opened.ok) throw new Error(`libc: ${JSON.stringify(opened.error)}`);
  return opened.value;
}
