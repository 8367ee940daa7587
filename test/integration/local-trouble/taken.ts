// Takes things away from a namespace: its routes, its settings, its ports by a user without rights.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";

export type Outcome = Readonly<Record<string, unknown>>;

export const ip = (...args: readonly string[]) => execFileSync("ip", args, { stdio: "pipe" });
const sysctl = (setting: string) => execFileSync("sysctl", ["-qw", setting], { stdio: "pipe" });

/** A user without rights who binds every port of the range that the kernel gives out, as `nobody`. */
export async function takePorts(type: "SOCK_STREAM" | "SOCK_DGRAM"): Promise<() => Promise<void>> {
  sysctl("net.ipv4.ip_local_port_range=40000 40063");
  const program = [
    "import os, socket, sys",
    "os.setgid(65534); os.setuid(65534)",
    "held = []",
    "for port in range(40000, 40064):",
    `    s = socket.socket(socket.AF_INET, socket.${type})`,
    "    try: s.bind(('', port)); held.append(s)",
    "    except OSError: pass",
    "print(len(held), flush=True)",
    "sys.stdin.read()",
  ].join("\n");
  const child = spawn("python3", ["-c", program], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(child, "exit");
  await once(child.stdout, "data");
  return async () => {
    child.stdin.end();
    await gone;
  };
}
