// Scenarios through login_duo and login_duogate, with a terminal and without, and PAM logins in which duogate speaks Duo's
// present interface instead of the one that Duo Unix 1.11.3 speaks.

import { ACCOUNTS, inArea, type ParityScenario } from "../support/parity-scenario.ts";

const terminal = (name: string, rest: Omit<ParityScenario, "name">): ParityScenario => ({
  ...{ name: `terminal: ${name}`, login: "terminal" },
  ...rest,
});
const headless = (name: string, rest: Omit<ParityScenario, "name">): ParityScenario => ({
  ...{ name: `no terminal: ${name}`, login: "headless" },
  ...rest,
});

export const LOGINS = inArea("login_duo", [
  terminal("push", { answers: ["1"], phone: ["approve"] }),
  terminal("push denied, then a passcode", { answers: ["1", "800001"], phone: ["deny"] }),
  terminal("three wrong passcodes", { answers: ["111111", "222222", "333333"] }),
  terminal("the input ends", {}),
  terminal("just Enter", { answers: ["", "800001"], phone: ["approve"] }),
  terminal("bypass", { account: ACCOUNTS.bypass }),
  terminal("disabled", { account: ACCOUNTS.disabled }),
  terminal("autopush denied, then a passcode", {
    ...{ conf: { autopush: "yes" }, answers: ["800001"], habit: "deny" },
  }),
  terminal("DUO_PASSCODE with accept_env_factor", {
    ...{ conf: { accept_env_factor: "yes" }, env: { DUO_PASSCODE: "800001" } },
  }),
  terminal("DUO_PASSCODE without accept_env_factor", { env: { DUO_PASSCODE: "800001" }, answers: ["800002"] }),
  terminal("an address in SSH_CONNECTION", {
    ...{ env: { SSH_CONNECTION: "203.0.113.5 50000 192.0.2.1 22" }, answers: ["800001"] },
  }),
  headless("the default factor, approved", { habit: "approve" }),
  headless("the default factor, denied", { habit: "deny" }),
  headless("bypass", { account: ACCOUNTS.bypass }),
  headless("disabled", { account: ACCOUNTS.disabled }),
  headless("outage, failmode = safe", {
    conf: { failmode: "safe" },
    before: (emulator) => emulator.fault("connect", { kind: "refuse" }),
  }),
  headless("outage, failmode = secure", { before: (emulator) => emulator.fault("connect", { kind: "refuse" }) }),
]);

const present = (name: string, rest: Omit<ParityScenario, "name">): ParityScenario => ({
  ...{ name: `v2: ${name}`, api: "v2" },
  ...rest,
});

export const PRESENT_API = inArea("api = v2", [
  present("push by number", { answers: ["1"], phone: ["approve"] }),
  present("push to the second phone by number", { answers: ["2"], phone: ["approve"] }),
  present("push by word", { answers: ["push"], phone: ["approve"] }),
  present("phone call by number", { answers: ["3"], phone: ["pick-up"] }),
  present("passcode wrong, then right", { answers: ["123456", "800001"] }),
  present("bypass", { account: ACCOUNTS.bypass }),
  present("disabled", { account: ACCOUNTS.disabled }),
  present("autopush approved", { conf: { autopush: "yes" }, phone: ["approve"] }),
  present("three wrong passcodes", { answers: ["111111", "222222", "333333"] }),
  present("outage, failmode = safe", {
    conf: { failmode: "safe" },
    before: (emulator) => emulator.fault("connect", { kind: "refuse" }),
  }),
]);
