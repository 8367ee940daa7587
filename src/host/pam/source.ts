// Where the text of PAM files comes from: folders of this machine, those below another root, or a file with a text that it
// does not have yet. Reads, and never writes. Called by service.ts; made by cli/ and tests.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { installedReading, type LineReading } from "./line-reading.ts";
import { serviceNames, serviceText } from "./pam-conf.ts";

export type PamFile =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "none" }
  /** It is there, and this process may not read it. */
  | { readonly kind: "unreadable"; readonly path: string; readonly reason: string };

export interface PamSource {
  /** `name` is a service's name or an absolute path, as in `include`. */
  open(name: string): PamFile;
  /** Every service that has a file of its own, sorted. */
  services(): readonly string[];
  /** How libpam takes these files apart; undefined: as its present versions do. */
  readonly reading?: LineReading | undefined;
}

/**
 * libpam's folders, the first that has the file wins. The second is for packages; which third one there is was decided
 * when libpam was built (SUSE /usr/etc, Fedora /usr/share); Debian's has none, and no such folder either.
 */
export const PAM_FOLDERS = ["/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d", "/usr/share/pam.d"] as const;
const FILE_MAX_BYTES = 1024 * 1024;

/** The files of this machine, or of the tree below `root`. Without any folder of services there is /etc/pam.conf. */
export function machineSource(root = "/"): PamSource {
  const folders = PAM_FOLDERS.map((folder) => join(root, folder));
  return folders.some(isFolder) ? folderSource(folders, root) : confSource(join(root, "etc/pam.conf"), root);
}

function confSource(path: string, root: string): PamSource {
  const conf = readPam(path);
  const text = conf.kind === "file" ? conf.text : "";
  return {
    open(name) {
      if (name.startsWith("/")) return readPam(join(root, name));
      if (conf.kind !== "file") return conf;
      const own = serviceText(text, name);
      return own === undefined ? { kind: "none" } : { kind: "file", path, text: own };
    },
    services: () => [...serviceNames(text)].sort(),
    reading: installedReading(root),
  };
}

/** The files in these folders alone; absolute paths are taken below `root`. */
export function folderSource(folders: readonly string[], root = "/"): PamSource {
  return {
    open(name) {
      if (name.startsWith("/")) return readPam(join(root, name));
      for (const folder of folders) {
        const found = readPam(join(folder, name));
        if (found.kind !== "none") return found;
      }
      return { kind: "none" };
    },
    services: () => [...new Set(folders.flatMap(namesIn))].sort(),
    reading: installedReading(root),
  };
}

/** `source` as if the file at `path` had this text: for judging a change before it is made. */
export function withText(source: PamSource, path: string, text: string): PamSource {
  const instead: PamFile = { kind: "file", path, text };
  const name = path.slice(path.lastIndexOf("/") + 1);
  return {
    open(wanted) {
      if (wanted === path) return instead;
      const found = source.open(wanted);
      const own = found.kind === "none" ? wanted === name : found.path === path;
      return own ? instead : found;
    },
    services: () => [...new Set([...source.services(), name])].sort(),
    reading: source.reading,
  };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function readPam(path: string): PamFile {
  try {
    const found = statSync(path);
    // libpam opens a folder like a file, and reads nothing from it.
    if (found.isDirectory()) return { kind: "file", path, text: "" };
    if (!found.isFile()) return { kind: "none" };
    if (found.size > FILE_MAX_BYTES) return { kind: "unreadable", path, reason: "it is too large" };
    return { kind: "file", path, text: readFileSync(path, "utf8") };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "none" };
    return { kind: "unreadable", path, reason: String(code ?? "it cannot be read") };
  }
}

/** What package managers leave behind is no service. */
function namesIn(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder, { withFileTypes: true }).filter((one) => !one.isDirectory());
    return names
      .map(({ name }) => name)
      .filter(
        (name) =>
          /^[A-Za-z0-9_][A-Za-z0-9_+@-]*(?:\.[A-Za-z0-9_-]+)*$/.test(name) &&
          !/\.(dpkg-.*|rpm(new|save|orig)|bak|orig|pam-old)$/.test(name),
      );
  } catch {
    return [];
  }
}
