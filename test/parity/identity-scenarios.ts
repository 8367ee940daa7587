// Scenarios about who is asked for and from where: sshd, su, groups, GECOS, addresses. Those with accounts of their own run in
// the sandbox only (parity-accounts.ts).

import { ACCOUNTS, inArea, type ParityScenario } from "../support/parity-scenario.ts";

const { bypass, onePhone } = ACCOUNTS;
const group = (name: string, groups: string, user = "root"): ParityScenario => ({
  name: `groups = ${groups}, ${name}`,
  user,
  conf: { groups },
  answers: ["800001"],
});
const gecos = (name: string, conf: Readonly<Record<string, string>>, user: string, duoName: string) => ({
  ...{ name, user, duoName, conf, account: bypass },
});
const from = (name: string, rhost: string, conf: Readonly<Record<string, string>> = {}): ParityScenario => ({
  ...{ name, rhost, conf, answers: ["800001"] },
});

export const SSHD = inArea("sshd", [
  { name: "sshd: push", service: "sshd", rhost: "203.0.113.5", answers: ["1"], habit: "approve" },
  { name: "sshd: push denied, then a passcode", service: "sshd", answers: ["1", "800001"], habit: "deny" },
  { name: "sshd: passcode", service: "sshd", answers: ["800001"] },
  { name: "sshd: autopush", service: "sshd", conf: { autopush: "yes" }, habit: "approve" },
  { name: "sshd: sms, then its code", service: "sshd", answers: ["5", "7000001"] },
  { name: "sshd: disabled", service: "sshd", account: ACCOUNTS.disabled },
]);

export const PEOPLE = inArea("su, groups, GECOS", [
  { name: "su to root asks for the caller", service: "su", caller: "alice", duoName: "alice", account: bypass },
  { name: "su-l to root asks for the caller", service: "su-l", caller: "alice", duoName: "alice", account: bypass },
  { name: "su to another user asks for that user", service: "su", caller: "alice", user: "bob", account: bypass },
  { name: "sudo asks for PAM's user, whoever calls", service: "sudo", caller: "alice", account: bypass },
  { name: "runuser asks for PAM's user", service: "runuser", caller: "alice", account: bypass },
  {
    ...{ name: "su to root, the caller in no group that has to pass", service: "su", caller: "bob", duoName: "bob" },
    conf: { groups: "duo-users" },
  },
  group("a member", "root"),
  group("no member", "duo-users", "bob"),
  group("a member", "duo-users", "alice"),
  group("a member of both", "duo-users,!duo-exempt", "carol"),
  group("a member of the first", "duo-users,!duo-exempt", "alice"),
  group("everyone is in a group", "*"),
  group("only exclusions", "!root"),
  group("an exclusion and, in another list, everyone", "!root *"),
  group("other capitals", "ROOT"),
  group("a pattern", "roo?"),
  group("a name with a blank", "two\\ words", "alice"),
  group("a name with a blank, no member", "two\\ words", "bob"),
  gecos("send_gecos sends the whole field", { send_gecos: "yes" }, "alice", "Alice A.,room 1,alice.duo"),
  gecos("send_gecos with an empty field", { send_gecos: "yes" }, "bob", "bob"),
  gecos("gecos_username_pos = 3", { gecos_username_pos: "3" }, "alice", "alice.duo"),
  gecos("gecos_username_pos with a delimiter", { gecos_username_pos: "2", gecos_delim: "|" }, "carol", "carol.duo"),
  gecos("gecos_username_pos of a piece that is not there", { gecos_username_pos: "7" }, "alice", "alice"),
  {
    ...gecos("su to root with the caller's GECOS", { gecos_username_pos: "3" }, "root", "alice.duo"),
    ...{ service: "su", caller: "alice" },
  },
]);

export const ADDRESSES = inArea("client address", [
  from("an IPv4 address", "203.0.113.5"),
  from("an IPv6 address", "2001:db8::5"),
  from("an IPv6 address with a zone", "fe80::1%eth0"),
  from("an IPv4 address mapped into IPv6", "::ffff:203.0.113.5"),
  from("a host name", "client.example.org"),
  from("an IPv4 address, fallback_local_ip", "203.0.113.5", { fallback_local_ip: "yes" }),
  { name: "no address", account: onePhone, answers: ["800001"] },
]);
