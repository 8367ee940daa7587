// One scene of local-trouble.test.ts, run in a network and mount namespace of its own (unshare), so that ports, routes and
// resolv.conf can be taken away without harm. Prints what became of it as one line of JSON.

import { descriptors, tcpPorts } from "./logins.ts";
import { dns, lookUpDescriptors, udpPorts } from "./look-ups.ts";
import { ip, type Outcome } from "./taken.ts";
import { filter, fullTable, mixed, noIpv6, route } from "./way.ts";

const SCENES: Readonly<Record<string, (argument: string) => Promise<Outcome>>> = {
  "tcp-ports": (taken) => tcpPorts(taken === "all" ? "all" : "given-out"),
  "no-ipv6": noIpv6,
  descriptors,
  route: (type) => route(type),
  "no-route": () => route("none"),
  mixed,
  dns,
  "udp-ports": udpPorts,
  "look-up-descriptors": lookUpDescriptors,
  filter,
  "full-table": fullTable,
};

const [name = "", argument = ""] = process.argv.slice(2);
const scene = SCENES[name];
if (scene === undefined) throw new Error(`no such scene: ${name}`);
if (name !== "no-route") ip("link", "set", "lo", "up");
process.stdout.write(`${JSON.stringify(await scene(argument))}\n`);
process.exit();
