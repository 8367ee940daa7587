// booted.ts: a test file whose tests run beside a booted Debian 13 (booted-machine.ts). It decides whether this machine can
// boot one, and otherwise skips with the reason. Nothing of the real machine is changed: all happens in a sandbox.

import { test } from "node:test";
import { debianBase } from "./booted-base.ts";
import { bootMachine, type Machine } from "./booted-machine.ts";
import { cannotRun, type SandboxedSuite, sandboxed } from "./sandbox.ts";

const BASE_VARIABLE = "DUOGATE_BOOTED_BASE";
const NEEDS = ["systemd-nspawn", "nsenter", "debootstrap", "ssh", "script"];

export interface BootedSuite extends Pick<SandboxedSuite, "test" | "before" | "after"> {
  /** A new machine, booted. One at a time: they share the loopback. */
  boot(): Promise<Machine>;
}

/** Call once, at the top of a test file, with its `import.meta.url`. `needs` are further programs and files. */
export async function booted(fileUrl: string, needs: readonly string[] = []): Promise<BootedSuite> {
  const all = [...NEEDS, ...needs];
  const boot = () => bootMachine(process.env[BASE_VARIABLE] ?? "");
  if (process.env[BASE_VARIABLE] === undefined && cannotRun(all) === undefined) {
    const base = await debianBase();
    if (base.kind === "none") return skipped(base.why);
    process.env[BASE_VARIABLE] = base.folder;
  }
  return { ...(await sandboxed(fileUrl, all)), boot };
}

function skipped(why: string): BootedSuite {
  const nothing = () => undefined;
  return {
    test: (name) => void test(name, { skip: why }),
    before: nothing,
    after: nothing,
    boot: () => Promise.reject(new Error(why)),
  };
}
