// Many logins of many users in one daemon, each up to the push that its user has not answered. For the concurrency test and
// the benchmark. The users are made by whoever starts the emulator, or added to it here.

import { readFileSync } from "node:fs";
import type { Emulator } from "../emulator/emulator.ts";
import type { EmulatorUser } from "../emulator/store/users.ts";
import type { TestDaemon } from "./gateway.ts";
import { HelperClient, start } from "./helper-client.ts";

/** How many logins are on their way to the prompt at once. */
const AT_ONCE = 50;
const BUDGET_MS = 110_000;

export function crowdName(i: number): string {
  return `user${String(i).padStart(4, "0")}`;
}

/** A user with a phone that can push and nothing else. */
export function crowdUser(i: number): EmulatorUser {
  const device = `DP${String(i).padStart(18, "0")}`;
  return { status: "active", phones: [{ device, number: "", display_name: "phone", capabilities: ["push"] }] };
}

/** Starts the logins of the first `count` users; resolves with their helpers, in order, when every push is out. */
export async function gather(daemon: TestDaemon, emulator: Emulator, count: number): Promise<readonly HelperClient[]> {
  const helpers: HelperClient[] = [];
  for (let first = 0; first < count; first += AT_ONCE) {
    const names = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => crowdName(first + i));
    helpers.push(...(await Promise.all(names.map((name) => loginUntilPush(daemon, emulator, name)))));
  }
  return helpers;
}

/** One login with a push that nobody has answered yet. */
export async function loginUntilPush(daemon: TestDaemon, emulator: Emulator, user: string): Promise<HelperClient> {
  const helper = await HelperClient.connect(daemon.pamSocket);
  helper.send(start({ user, budget: BUDGET_MS }));
  await helper.nextOf("prompt");
  helper.answer("1");
  await emulator.nextPush(user);
  return helper;
}

/** Each push has two polls: the first tells of it, the second is held. */
export function pollCount(emulator: Emulator): number {
  return emulator.requests.filter(({ endpoint }) => endpoint === "auth_status").length;
}

/** What the process holds in memory, in bytes. */
export function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}
