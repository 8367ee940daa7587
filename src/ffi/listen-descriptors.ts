// Owns reading which sockets systemd opened for us: LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES.
// Pure: touches no descriptor, and the caller removes the variables. Used by the composition root.

import { err, ok, type Result } from "../core/result.ts";

export interface ListenDescriptor {
  readonly fd: number;
  /** FileDescriptorName= of the socket unit; "unknown" when systemd gave no names. */
  readonly name: string;
}

/** A variable that makes no sense, or a number of names that differs from the number of sockets. */
export type ListenFailure = { readonly code: "bad-variable"; readonly variable: string };

const FIRST_FD = 3;
/** Far above what the socket units open; a larger number is a mistake. */
const MAX_DESCRIPTORS = 64;

/**
 * The passed descriptors in order; none when the variables are absent or meant for another process.
 * Source: sd_listen_fds_with_names(3).
 */
export function listenDescriptors(
  env: Readonly<Record<string, string | undefined>>,
  pid: number,
): Result<readonly ListenDescriptor[], ListenFailure> {
  const forPid = env["LISTEN_PID"];
  if (forPid === undefined) return ok([]);
  if (!/^[1-9][0-9]{0,9}$/.test(forPid)) return bad("LISTEN_PID");
  if (Number(forPid) !== pid) return ok([]);
  const count = env["LISTEN_FDS"];
  if (count === undefined) return ok([]);
  if (!/^[0-9]{1,4}$/.test(count) || Number(count) > MAX_DESCRIPTORS) return bad("LISTEN_FDS");
  const fds = Array.from({ length: Number(count) }, (_, i) => FIRST_FD + i);
  const names = env["LISTEN_FDNAMES"];
  if (names === undefined) return ok(fds.map((fd) => ({ fd, name: "unknown" })));
  const list = fds.length === 0 && names === "" ? [] : names.split(":");
  if (list.length !== fds.length) return bad("LISTEN_FDNAMES");
  return ok(list.map((name, i) => ({ fd: FIRST_FD + i, name })));
}

function bad(variable: string): Result<never, ListenFailure> {
  return err({ code: "bad-variable", variable });
}
