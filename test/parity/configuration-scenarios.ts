// Scenarios about the configuration file: files that cannot be used, with failmode safe and secure, and values that mean
// something else than they seem to.

import { ACCOUNTS, inArea, type ParityScenario } from "../support/parity-scenario.ts";

const SAFE = { failmode: "safe" };
const without = (key: string) => (text: string) => text.replace(new RegExp(`^${key} = .*$`, "m"), "");
const before = (line: string) => (text: string) => text.replace("[duo]\n", `[duo]\n${line}\n`);
const after = (line: string) => (text: string) => text.replace(/^(failmode = .*)$/m, `$1\n${line}`);

const HARMED: readonly ParityScenario[] = [
  { name: "no configuration file", file: "absent" },
  { name: "a file that others can read, failmode = secure in it", file: 0o644 },
  { name: "no ikey, failmode = safe", conf: SAFE, harm: without("ikey") },
  { name: "no skey, failmode = safe", conf: SAFE, harm: without("skey") },
  { name: "no host, failmode = secure", harm: without("host") },
  { name: "an unknown option before failmode = secure", harm: before("colour = blue") },
  { name: "an unknown option after failmode = secure", harm: after("colour = blue") },
  { name: "an unknown option, failmode = safe", conf: SAFE, harm: after("colour = blue") },
  { name: "a line without =, before failmode = secure", harm: before("autopush") },
  { name: "a section without its closing bracket", harm: (text) => text.replace("[duo]", "[duo") },
  { name: "failmode = Secure", harm: (text) => text.replace("failmode = secure", "failmode = Secure") },
  { name: "failmode = open", harm: (text) => text.replace("failmode = secure", "failmode = open") },
  { name: "a gecos_delim of two characters before failmode = secure", harm: before("gecos_delim = ||") },
  { name: "a gecos_username_pos of 0 before failmode = secure", harm: before("gecos_username_pos = 0") },
  {
    name: "a cafile that is not there, failmode = safe",
    conf: SAFE,
    harm: (text) => text.replace(/^cafile = .*$/m, "cafile = /nonexistent/ca.pem"),
  },
  { name: "an http_proxy of another scheme, failmode = safe", conf: SAFE, harm: after("http_proxy = https://proxy:1") },
];

const READ: readonly ParityScenario[] = [
  { name: "an unknown module argument", argument: "colour=blue", account: ACCOUNTS.bypass },
  { name: "autopush = YES", conf: { autopush: "YES" }, answers: ["1"], phone: ["approve"] },
  { name: "prompts = 0 means one", conf: { prompts: "0" }, answers: ["nonsense", "800001"] },
  { name: "prompts = 9 means three", conf: { prompts: "9" }, answers: ["nonsense", "nonsense", "800001"] },
  {
    name: "accept_env_factor has no effect in PAM",
    conf: { accept_env_factor: "yes" },
    env: { DUO_PASSCODE: "800001" },
  },
  { name: "a comment behind a value", conf: { prompts: "1 ; only one" }, answers: ["nonsense", "800001"] },
];

export const CONFIGURATION = inArea("configuration", [...HARMED, ...READ]);
