// An address where nobody answers: a listener that accepts nothing, with its queue full, so that the kernel drops every
// further SYN as a firewall would. A process of its own, because Node cannot be kept from accepting otherwise.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";

const LISTENER = `
const { createServer } = require("node:net");
const [host, port, ms] = process.argv.slice(1);
createServer().listen({ host, port: Number(port), backlog: 1 }, () => {
  require("node:fs").writeSync(1, "listening");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms === "ever" ? Infinity : Number(ms));
});
`;
/** The kernel takes one more than the backlog. */
const PLACES = 2;

/** It lasts until close(), or for `forMs`: then it answers what the kernel sends again. */
export async function openBlackHole(host: string, port: number, forMs?: number): Promise<{ close(): Promise<void> }> {
  const args = ["-e", LISTENER, host, `${port}`, forMs === undefined ? "ever" : `${forMs}`];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  await once(child.stdout, "data");
  const fillers = Array.from({ length: PLACES }, () => connect(port, host).on("error", () => undefined));
  await Promise.all(fillers.map((filler) => once(filler, "connect")));
  return {
    async close() {
      for (const filler of fillers) filler.destroy();
      child.kill("SIGKILL");
      await exited;
    },
  };
}
