// duogate's Debian package on a booted machine: where the package is, installing it by apt, and its configuration for the
// emulator of the test. Called by the booted tests and by booted.ts, which builds nothing: npm run package has to come first.

import { copyFileSync, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Machine } from "./booted-machine.ts";
import { configText, type DaemonOptions } from "./gateway.ts";
import { repositoryFile } from "./repository.ts";

const CONFIG_FILE = "/etc/duogate/duogate.conf";

/** The units that the package brings. */
export const PACKAGE_UNITS = [
  "duogated.service",
  "duogated.socket",
  "duogated-login.socket",
  "duogated-control.socket",
] as const;

/** The newest package that npm run package has left. */
export function builtPackage(): string | undefined {
  const folder = repositoryFile("dist/package");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^duogate_.*\.deb$/u.test(name)) : [];
  const files = names.map((name) => join(folder, name));
  return files.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}

/** Makes, in the machine, a package that differs from an installed one by a higher version. Returns its path in there. */
export async function nextVersion(machine: Machine, deb: string): Promise<string> {
  const file = bring(machine, deb);
  return await machine.sh(`
    rm -rf /root/next && dpkg-deb --raw-extract ${file} /root/next &&
    sed -i 's/^Version: .*/&+next/' /root/next/DEBIAN/control &&
    dpkg-deb --root-owner-group -Znone --build /root/next /root/next.deb >/dev/null && rm -r /root/next && printf /root/next.deb`);
}

/** Copies the package into the machine and installs it as a person would. Returns what apt said. */
export async function aptInstall(machine: Machine, deb: string): Promise<string> {
  return await aptInstallInside(machine, bring(machine, deb));
}

/** The same with a package that is in the machine already. */
export async function aptInstallInside(machine: Machine, path: string): Promise<string> {
  return await machine.sh(`apt-get install --yes --no-install-recommends ${path}`);
}

/** Puts a file into root's home in the machine; returns its path in there. */
export function bring(machine: Machine, file: string): string {
  const name = basename(file);
  copyFileSync(file, join(machine.root, "root", name));
  return `/root/${name}`;
}

/** Writes duogate.conf for this emulator. The daemon has not heard of it yet. */
export function configure(machine: Machine, options: Omit<DaemonOptions, "folder" | "env">): void {
  const caFile = "/etc/duogate/emulator-ca.pem";
  copyFileSync(options.duo.caFile, join(machine.root, caFile));
  const { host, ikey, skey } = options.duo;
  const text = configText({ ...options, duo: { host, ikey, skey, caFile } }, "/run/duogate");
  writeFileSync(join(machine.root, CONFIG_FILE), text, { mode: 0o600 });
}
