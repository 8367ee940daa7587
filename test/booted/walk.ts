// Walks the states of lock-out.ts with one way of enabling the module: a machine for each state, every door knocked at with
// and without the second factor, and the table printed at the end. Called by the two lock-out tests.

import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "../emulator/emulator.ts";
import type { BootedSuite } from "../support/booted.ts";
import { consoleDoor, type Entry, type Keys, rescue, rootSuDoor, sshDoor, sudoDoor } from "../support/booted-doors.ts";
import type { Machine } from "../support/booted-machine.ts";
import { aptInstall, configure } from "../support/booted-package.ts";
import { type Doors, type Enabled, STATES, type State } from "./lock-out.ts";
import { followDaemon } from "./stage.ts";

/** What is knocked at, and with what; the last two are ways in that duogate must never touch. */
const COLUMNS = ["ssh", "ssh, no factor", "sudo", "sudo, no factor", "console", "su by root", "rescue"] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number], Entry>>;

const WITH_FACTOR: Readonly<Record<Doors, Entry>> = { open: "in", asked: "in after a factor", shut: "refused" };
const WITHOUT: Readonly<Record<Doors, Entry>> = { open: "in", asked: "refused after a factor", shut: "refused" };
const NAME_WIDTH = 38;
const CELL_WIDTH = 24;

/** Registers one test for each state. `enable` switches the module on, on a machine that has the package. */
export function walk(suite: BootedSuite, enabled: Enabled, enable: (machine: Machine) => Promise<void>): void {
  const table: string[] = [line(["", ...COLUMNS])];
  let duo: Emulator;
  let layers: Readonly<Record<State["from"], readonly string[]>>;

  suite.before(async () => {
    duo = await startEmulator();
    const fresh = await suite.boot();
    await aptInstall(fresh, suite.packageFile);
    const installed = await fresh.powerOff();
    const machine = await suite.boot(installed);
    configure(machine, { duo, failmode: "secure" });
    await machine.sh("systemctl restart duogated.service");
    await enable(machine);
    layers = { installed, enabled: await machine.powerOff() };
  });
  suite.after(async () => {
    await duo.close();
    process.stdout.write(`\nEnabled by ${enabled === "readme" ? "the README's lines" : "pam-auth-update"}\n`);
    process.stdout.write(`${table.join("\n")}\n`);
  });

  for (const state of STATES) {
    suite.test(`${state.name}: who gets in`, async () => {
      duo.reset();
      await using machine = await enter(state);
      const row = await knockAtAll(machine, duo);
      table.push(line([state.name, ...COLUMNS.map((column) => row[column])]));
      assert.deepEqual(row, expectation(state, enabled));
    });
  }

  async function enter(state: State): Promise<Machine> {
    const machine = await suite.boot(layers[state.from]);
    try {
      await state.make({ machine, duo, log: followDaemon(machine) }, suite.packageFile, enable);
    } catch (error) {
      await machine.powerOff();
      throw error;
    }
    return state.reboot ? await suite.boot(await machine.powerOff()) : machine;
  }
}

async function knockAtAll(machine: Machine, duo: Emulator): Promise<Row> {
  for (const user of ["alice", "root"]) duo.whenPushed(user, "approve");
  const alice: Keys = { password: "alice-password" };
  const root: Keys = { password: "root-password", factor: "1" };
  return {
    ssh: await sshDoor.knock(machine, { ...alice, factor: "1" }),
    "ssh, no factor": await sshDoor.knock(machine, alice),
    sudo: await sudoDoor.knock(machine, { ...alice, factor: "1" }),
    "sudo, no factor": await sudoDoor.knock(machine, alice),
    console: await consoleDoor.knock(machine, root),
    "su by root": await rootSuDoor.knock(machine, root),
    rescue: await rescue(machine, "root-password"),
  };
}

function expectation({ doors }: State, enabled: Enabled): Row {
  const right = WITH_FACTOR[doors[enabled]];
  const wrong = WITHOUT[doors[enabled]];
  const console = enabled === "readme" ? "in" : right;
  const always = { "su by root": "in", rescue: "in" } as const;
  return { ssh: right, "ssh, no factor": wrong, sudo: right, "sudo, no factor": wrong, console, ...always };
}

function line([name = "", ...cells]: readonly string[]): string {
  return `  ${name.padEnd(NAME_WIDTH)}${cells.map((cell) => cell.padEnd(CELL_WIDTH)).join("")}`.trimEnd();
}
