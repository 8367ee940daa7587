// Owns the command: starts an emulator with a control server, prints where it is, ends on SIGTERM or SIGINT.
// It prints one line of JSON and nothing else. For the demo, the benchmark and clients in other languages.

import { parseArgs } from "node:util";
import { startEmulator } from "./emulator.ts";
import { readUsersFile } from "./store/users-file.ts";

const { values } = parseArgs({
  options: {
    users: { type: "string" },
    port: { type: "string", default: "0" },
    "control-port": { type: "string", default: "0" },
    ikey: { type: "string" },
    "long-poll-ms": { type: "string", default: "30000" },
  },
});

function wholeNumber(option: string, text: string, max: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number) || number > max) throw new TypeError(`--${option}: write a whole number up to ${max}`);
  return number;
}

const emulator = await startEmulator({
  users: await readUsersFile(values.users),
  port: wholeNumber("port", values.port, 65_535),
  controlPort: wholeNumber("control-port", values["control-port"], 65_535),
  longPollMs: wholeNumber("long-poll-ms", values["long-poll-ms"], 600_000),
  ikey: values.ikey,
  // The secret key comes from the environment or is random: arguments can be read by every local user.
  skey: process.env["DUO_EMULATOR_SKEY"],
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    void emulator.close();
  });
}

const { host, port, ikey, skey, caFile, controlUrl } = emulator;
const controlPort = Number(new URL(controlUrl ?? "").port);
const facts = { url: `https://${host}`, host, port, controlUrl, controlPort, caFile, ikey, skey };
process.stdout.write(`${JSON.stringify(facts)}\n`);
