// Takes things away from a namespace: its routes, its settings, its ports by a user without rights.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";

export type Outcome = Readonly<Record<string, unknown>>;

export const ip = (...args: readonly string[]) => execFileSync("ip", args, { stdio: "pipe" });
export const sysctl = (setting: string) => execFileSync("sysctl", ["-qw", setting], { stdio: "pipe" });

export type Taken = "given-out" | "all";

/**
 * A user without rights who binds ports: those that the kernel gives out by itself, 64 of them here, or all that a user without
 * rights can have. `nobody` needs a process for each 15,000 of them.
 */
export async function takePorts(type: "SOCK_STREAM" | "SOCK_DGRAM", taken: Taken): Promise<() => Promise<void>> {
  sysctl("net.ipv4.ip_local_port_range=40000 40063");
  const [from, to] = taken === "all" ? [1024, 65_536] : [40_000, 40_064];
  const program = [
    "import os, socket, sys",
    `first, last = ${from}, ${to}`,
    "children = []",
    "while last - first > 15000:",
    "    if os.fork() == 0: last = first + 15000; break",
    "    first += 15000",
    "os.setgid(65534); os.setuid(65534)",
    "held = []",
    "for port in range(first, last):",
    `    s = socket.socket(socket.AF_INET, socket.${type})`,
    "    try: s.bind(('', port)); held.append(s)",
    "    except OSError: pass",
    "os.write(1, b'.')",
    "sys.stdin.read()",
  ].join("\n");
  const child = spawn("python3", ["-c", program], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child.stdout, "close");
  let ready = 0;
  for await (const dots of child.stdout.iterator({ destroyOnReturn: false })) {
    ready += String(dots).length;
    if (ready >= Math.ceil((to - from) / 15_000)) break;
  }
  child.stdout.resume();
  return async () => {
    child.stdin.end();
    await ended;
  };
}
