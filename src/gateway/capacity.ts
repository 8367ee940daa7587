// What the daemon needs of its process for so many logins: descriptors and memory, each socket's apart. Threads do not grow with
// them, so that TasksMax= of the unit asks for nothing here. Numbers only; who refuses a configuration that does not fit is cli/'s.

import { POLLS_AT_ONCE } from "../login/push-followers.ts";

/** Connections at once on one socket that have said no START. They come and go within milliseconds. */
export const WAITING_MAX: Readonly<Record<"pam" | "login", number>> = { pam: 64, login: 512 };
/** The same for one account on login.sock: a crowd of sixteen accounts is needed to fill it. */
export const WAITING_PER_ACCOUNT = 32;
/** A helper says START as soon as it is connected. One that has not after this time gives way to others. */
export const SILENT_MS = 250;

const SHARE_LEAST = 32;
/** What one user can have at once of pam.sock's logins: a quarter, or what a build or an editor of one person begins. */
export function shareOf(maxLogins: number): number {
  return Math.max(SHARE_LEAST, Math.floor(maxLogins / 4));
}

/** The helper's connection, and one to Duo. */
const DESCRIPTORS_PER_LOGIN = 2;
/** An idle daemon has about 30. The rest is for control.sock, metrics_listen (16), the name service and the resolver. */
const DESCRIPTORS_BESIDES = 192;
/** A login that waits for its user, measured at about 100 KiB (npm run bench). */
const BYTES_PER_LOGIN = 100 * 1024;
/** A daemon without logins, with room for garbage. */
const BYTES_BESIDES = 128 * 1024 * 1024;
const SOCKETS = 2;

/** So many descriptors hold `maxLogins` on each of the two sockets, and everything else that the daemon does. */
export function descriptorsFor(maxLogins: number): number {
  return (
    SOCKETS * maxLogins * DESCRIPTORS_PER_LOGIN +
    WAITING_MAX.pam +
    WAITING_MAX.login +
    POLLS_AT_ONCE +
    DESCRIPTORS_BESIDES
  );
}

export function bytesFor(maxLogins: number): number {
  return SOCKETS * maxLogins * BYTES_PER_LOGIN + BYTES_BESIDES;
}

/** The most that `descriptors` and `bytes` hold; 0 where not even one login has room. Infinity stands for no limit. */
export function maxLoginsFor(descriptors: number, bytes: number): number {
  const byDescriptors = (descriptors - descriptorsFor(0)) / (descriptorsFor(1) - descriptorsFor(0));
  const byMemory = (bytes - bytesFor(0)) / (bytesFor(1) - bytesFor(0));
  return Math.max(0, Math.floor(Math.min(byDescriptors, byMemory)));
}
