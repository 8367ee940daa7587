// Which file a PAM line loads. libpam takes a name from the one folder that it was built with, which differs between
// distributions; the folder in which pam_permit.so lies is that one. Reads, and loads nothing. Called by cli/.

import { statSync } from "node:fs";
import { join } from "node:path";
import type { PamModuleEntry } from "./entry.ts";

const ARCHITECTURES: Readonly<Partial<Record<NodeJS.Architecture, string>>> = { x64: "x86_64", arm64: "aarch64" };

/** Debian's multiarch folder first, then Fedora's and SUSE's, Arch's. */
function candidates(): readonly string[] {
  const machine = ARCHITECTURES[process.arch] ?? process.arch;
  const names = [`${machine}-linux-gnu/security`, "../lib64/security", "security"];
  return [
    ...names.map((name) => join("/usr/lib", name)),
    `/lib/${machine}-linux-gnu/security`,
    "/lib64/security",
    "/lib/security",
  ];
}

/** The folder of this machine's modules below `root`; undefined where no libpam seems to be installed. */
export function moduleFolder(root = "/"): string | undefined {
  return candidates()
    .map((folder) => join(root, folder))
    .find((folder) => isFile(join(folder, "pam_permit.so")));
}

/** Absolute; undefined where the folder is not known and the line has only a name. */
export function modulePathOf({ module }: PamModuleEntry, folder: string | undefined, root = "/"): string | undefined {
  if (module.startsWith("/")) return join(root, module);
  return folder === undefined ? undefined : join(folder, module);
}

/** True only where it is certain that the file is not there. */
export function isMissing(entry: PamModuleEntry, folder: string | undefined, root = "/"): boolean {
  const path = modulePathOf(entry, folder, root);
  // $ISA stands for a folder that libpam knows and we do not.
  if (path === undefined || path.includes("$ISA")) return false;
  try {
    statSync(path);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
