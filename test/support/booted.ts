// booted.ts: a test file whose tests run beside a booted Debian 13 (booted-machine.ts). It decides whether this machine can
// boot one, and otherwise skips with the reason. Nothing of the real machine is changed: all happens in a sandbox.

import { type TestContext, test } from "node:test";
import { debianBase } from "./booted-base.ts";
import { bootMachine, type Machine } from "./booted-machine.ts";
import { builtPackage } from "./booted-package.ts";
import { cannotRun, type SandboxedSuite, sandboxed } from "./sandbox.ts";

const BASE_VARIABLE = "DUOGATE_BOOTED_BASE";
const NEEDS = ["systemd-nspawn", "nsenter", "debootstrap", "ssh", "script"];

type TestBody = (context: TestContext) => void | Promise<void>;

export interface BootedSuite extends Pick<SandboxedSuite, "test" | "before" | "after"> {
  /** A machine, booted from the base or from these layers. One at a time: they share the loopback. */
  boot(layers?: readonly string[]): Promise<Machine>;
  /** The Debian package of this checkout. */
  readonly packageFile: string;
}

/** Call once, at the top of a test file, with its `import.meta.url`. */
export async function booted(fileUrl: string, { withPackage = false } = {}): Promise<BootedSuite> {
  const packageFile = builtPackage();
  const none = { boot: () => Promise.reject(new Error("nothing can be booted")), packageFile: "" };
  if (process.env[BASE_VARIABLE] === undefined && cannotRun(NEEDS) === undefined) {
    const base = await debianBase();
    if (base.kind === "none") return { ...none, ...skipping(base.why) };
    process.env[BASE_VARIABLE] = base.folder;
  }
  if (withPackage && packageFile === undefined) return { ...none, ...skipping("no package: npm run package makes it") };
  const suite = await sandboxed(fileUrl, NEEDS);
  let machine: Machine | undefined;
  const boot = async (layers?: readonly string[]) => {
    machine = await bootMachine(layers ?? [process.env[BASE_VARIABLE] ?? ""]);
    return machine;
  };
  // A machine that a failed hook has left would keep this process for ever.
  suite.after(async () => {
    await machine?.powerOff();
  });
  const explained = (body: TestBody) => async (context: TestContext) => {
    try {
      await body(context);
    } catch (error) {
      await showJournal(machine);
      throw error;
    }
  };
  return {
    ...suite,
    test: (name, body) => suite.test(name, explained(body)),
    boot,
    packageFile: packageFile ?? "",
  };
}

/** What a failed test leaves to be read. */
export async function showJournal(machine: Machine | undefined): Promise<void> {
  const { output } = (await machine?.attempt("journalctl --no-pager --lines=60")) ?? { output: "" };
  process.stderr.write(`--- the end of the booted machine's journal\n${output}---\n`);
}

function skipping(why: string): Pick<SandboxedSuite, "test" | "before" | "after"> {
  const nothing = () => undefined;
  return { test: (name) => void test(name, { skip: why }), before: nothing, after: nothing };
}
