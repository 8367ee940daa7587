// Where the daemon listens: on what systemd handed over, or on sockets that it binds in runtime_dir.

import { lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { err, ok, type Result } from "../../core/result.ts";
import { listenDescriptors } from "../../ffi/listen-descriptors.ts";
import type { Door } from "../../gateway/admission.ts";
import type { Place } from "../../gateway/socket-place.ts";

export interface ListenPlace {
  readonly door: Door | "control";
  readonly place: Place;
}

const NAMES: readonly ListenPlace["door"][] = ["pam", "login", "control"];

/** The doors to open, or one sentence that says why not. Removes systemd's variables from `env`. */
export function listenPlaces(env: NodeJS.ProcessEnv, runtimeDir: string): Result<readonly ListenPlace[], string> {
  const passed = listenDescriptors(env, process.pid);
  for (const name of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) delete env[name];
  if (!passed.ok)
    return err(`${passed.error.variable} in the environment makes no sense: start the daemon with systemctl`);
  if (passed.value.length === 0) return ownPlaces(runtimeDir);
  const places: ListenPlace[] = [];
  for (const { fd, name } of passed.value) {
    const door = NAMES.find((known) => known === name);
    if (door === undefined) {
      return err(
        `systemd passed a socket called "${name}": write FileDescriptorName=${NAMES.join(" or =")} in its unit`,
      );
    }
    places.push({ door, place: { fd } });
  }
  return ok(places);
}

function ownPlaces(runtimeDir: string): Result<readonly ListenPlace[], string> {
  try {
    mkdirSync(runtimeDir, { recursive: true, mode: 0o755 });
    const found = lstatSync(runtimeDir);
    // SECURITY: whoever can write here can put their own socket in our place. The helper refuses such a folder as well.
    if (!found.isDirectory()) return err(`${runtimeDir} is no folder: remove it, or set another runtime_dir`);
    if (found.uid !== 0 && found.uid !== process.geteuid?.()) {
      return err(`${runtimeDir} belongs to uid ${found.uid}: run chown root ${runtimeDir}`);
    }
    if ((found.mode & 0o022) !== 0) return err(`${runtimeDir} can be written by others: run chmod go-w ${runtimeDir}`);
  } catch (error) {
    return err(`${runtimeDir} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
  return ok(NAMES.map((door) => ({ door, place: { path: join(runtimeDir, `${door}.sock`) } })));
}
