// ssh's pattern lists (ssh_config(5), PATTERNS): whether a value is in one, and a value that is. Pure.

import { BlockList, isIP } from "node:net";

/** `*` and `?`; everything else is itself. */
export function globPattern(pattern: string, flags = ""): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, flags);
}

/** A negated pattern that matches refuses the value, wherever it stands; one positive pattern has to match. */
export function inList(list: string, matches: (pattern: string) => boolean): boolean {
  const patterns = list.split(",").filter((one) => one !== "");
  if (patterns.some((one) => one.startsWith("!") && matches(one.slice(1)))) return false;
  return patterns.some((one) => !one.startsWith("!") && matches(one));
}

export function nameInList(list: string, name: string): boolean {
  return inList(list, (pattern) => globPattern(pattern).test(name));
}

/** Host names are matched in lower case. */
export function hostInList(list: string, host: string): boolean {
  return inList(list, (pattern) => globPattern(pattern, "i").test(host));
}

export function addressInList(list: string, address: string): boolean {
  return inList(list, (pattern) => {
    if (!pattern.includes("/")) return globPattern(pattern, "i").test(address);
    const [network = "", bits = ""] = pattern.split("/");
    const family = isIP(network) === 6 ? "ipv6" : "ipv4";
    if (isIP(network) === 0 || !/^\d{1,3}$/.test(bits)) return false;
    try {
      const block = new BlockList();
      block.addSubnet(network, Number(bits), family);
      return block.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
    } catch {
      return false;
    }
  });
}

/** Names worth a try: each positive pattern with its wildcards filled in. */
export function examplesOf(list: string): readonly string[] {
  const positive = list.split(",").filter((one) => one !== "" && !one.startsWith("!"));
  return positive.map((pattern) => pattern.replaceAll("*", "x").replaceAll("?", "x"));
}

/** From all over the place: the Internet's examples (RFC 5737, RFC 3849), private networks, this machine. */
const ADDRESSES = [
  "192.0.2.1",
  "198.51.100.1",
  "203.0.113.1",
  "10.1.2.3",
  "172.16.2.3",
  "192.168.2.3",
  "127.0.0.1",
  "2001:db8::1",
  "fd00::1",
  "::1",
];
const STEPS = [0, 1, 2, 254, 256, 65_536, 131_073, 1_048_576];

/** An address that the list matches; undefined where none of those that were tried does. */
export function addressExample(list: string): string | undefined {
  const networks = examplesOf(list).map((one) => one.split("/")[0] ?? "");
  const inside = networks.flatMap((network) =>
    isIP(network) === 4 ? STEPS.map((step) => plus(network, step)) : [network],
  );
  const filled = networks.map((one) => one.replaceAll("x", "1"));
  return [...inside, ...filled, ...ADDRESSES].find((one) => isIP(one) !== 0 && addressInList(list, one));
}

function plus(address: string, step: number): string {
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), step);
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
