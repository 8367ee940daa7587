// What doctor and check look at on this machine: PAM services with their judgement, the module's file, who listens on the
// daemon's sockets. Reads; judges nothing. Called by doctor.ts and check.ts.

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { loginTimeoutMs } from "../../host/login-defs.ts";
import { looseFile } from "../../host/loose-file.ts";
import type { PamModuleEntry } from "../../host/pam/entry.ts";
import { isMissing, moduleFolder, modulePathOf } from "../../host/pam/module-file.ts";
import { type FirstFactors, NO_FIRST_FACTORS } from "../../host/pam/modules.ts";
import { readPamService } from "../../host/pam/service.ts";
import { machineSource, type PamSource } from "../../host/pam/source.ts";
import { judgeStack } from "../../host/pam/verdicts.ts";
import { socketTrust } from "../../host/path-trust.ts";
import { listeningSockets, socketHolders } from "../../host/unix-listeners.ts";
import { duogateLines } from "./line-findings.ts";
import type { ModuleFile } from "./machine-findings.ts";
import { isDuogate } from "./module-arguments.ts";
import type { PamFacts, ServiceFacts } from "./pam-findings.ts";
import type { DoorFacts, DoorName, Listener } from "./socket-findings.ts";

/** Every service of the machine below `root`. */
export function pamFacts(root = "/", firstFactors: FirstFactors = NO_FIRST_FACTORS): PamFacts {
  const source = machineSource(root);
  const services = new Map(source.services().map((name) => [name, serviceFacts(name, source, root, firstFactors)]));
  const folder = moduleFolder(root);
  const missing = (entry: PamModuleEntry) => isMissing(entry, folder, root);
  const judging = { watched: isDuogate, missing, firstFactors };
  return { services, consoleMs: loginTimeoutMs(root), judging };
}

export function serviceFacts(
  name: string,
  source: PamSource,
  root = "/",
  firstFactors: FirstFactors = NO_FIRST_FACTORS,
): ServiceFacts {
  const folder = moduleFolder(root);
  const service = readPamService(name, source);
  const gone = (entry: PamModuleEntry) => isMissing(entry, folder, root);
  const judged = judgeStack(service.stacks.auth.entries, isDuogate, gone, firstFactors);
  const missing = new Map<PamModuleEntry, string>();
  for (const line of duogateLines(service)) {
    if (isMissing(line, folder, root)) missing.set(line, modulePathOf(line, folder, root) ?? line.module);
  }
  const owner = root === "/" ? 0 : (process.getuid?.() ?? 0);
  const loose = service.files.flatMap((file) => looseFile(file, owner) ?? []);
  return { service, judged, missing, loose };
}

/** e_machine of the ELF header, by Node's name of the processor. */
const MACHINES: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 62, arm64: 183 };
const HEADER_BYTES = 20;

/** `used`: a PAM line names the module by its name alone. */
export function moduleFile(used: boolean, root = "/"): ModuleFile {
  const folder = moduleFolder(root);
  if (folder === undefined) return { kind: "no-folder" };
  const path = join(folder, "pam_duogate.so");
  try {
    const { uid, mode } = statSync(path);
    return { kind: "file", path, uid, mode, loadable: isElf(path) };
  } catch {
    return { kind: "missing", path, used };
  }
}

function isElf(path: string): boolean {
  const header = Buffer.alloc(HEADER_BYTES);
  const fd = openSync(path, "r");
  try {
    if (readSync(fd, header, 0, HEADER_BYTES, 0) !== HEADER_BYTES) return false;
  } finally {
    closeSync(fd);
  }
  const machine = MACHINES[process.arch];
  return (
    header.subarray(0, 4).equals(Buffer.from("\x7fELF")) &&
    (machine === undefined || header.readUInt16LE(18) === machine)
  );
}

const DOORS: readonly DoorName[] = ["pam", "login", "control"];

/** `owner`: who may own the path besides root, as with the module's `owner=`. */
export function doorFacts(runtimeDir: string, isRoot: boolean, owner = 0): readonly DoorFacts[] {
  const listening = listeningSockets();
  const paths = DOORS.map((door) => ({ door, path: join(runtimeDir, `${door}.sock`) }));
  const inodes = new Set(paths.flatMap(({ path }) => listening.get(path) ?? []));
  const holders = isRoot ? socketHolders(inodes) : undefined;
  return paths.map(({ door, path }) => {
    const trust = socketTrust(path, owner);
    const listener = listenerOf(listening.get(path), holders);
    return { door, path, trust, listener: trust.fault === undefined ? listener : undefined };
  });
}

function listenerOf(inode: number | undefined, holders: ReturnType<typeof socketHolders> | undefined): Listener {
  if (inode === undefined) return { kind: "nobody" };
  const found = holders?.get(inode) ?? [];
  return found.length === 0 ? { kind: "unseen" } : { kind: "held", holders: found };
}
