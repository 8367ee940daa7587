// Owns the commands of the control server: one row per thing a test can do, with the reading of its arguments.
// A row throws a TypeError for arguments it cannot use, an Error for what cannot be done now.

import { parseFault } from "../faults/check.ts";
import type { Steering } from "../steering.ts";
import { parsePolicy } from "../store/policy.ts";
import { type Capability, parseUser } from "../store/users.ts";
import type { Reaction } from "../store/world.ts";

type Arguments = ReadonlyMap<string, unknown>;
type Command = (steering: Steering, given: Arguments) => void;

function text(given: Arguments, name: string): string {
  const value = given.get(name);
  if (typeof value !== "string" || value === "") throw new TypeError(`"${name}" must be a text`);
  return value;
}

function optionalNumber(given: Arguments, name: string): number | undefined {
  const value = given.get(name);
  const fits = value === undefined || (typeof value === "number" && value >= 0 && value < 2 ** 31);
  if (!fits) throw new TypeError(`"${name}" must be a number`);
  return value;
}

function isReaction(word: unknown): word is Reaction {
  return word === "approve" || word === "deny" || word === "fraud" || word === "timeout" || word === "none";
}

function whenPushed(steering: Steering, given: Arguments): void {
  const action = given.get("action");
  if (!isReaction(action)) throw new TypeError('"action" must be approve, deny, fraud, timeout or none');
  steering.whenPushed(text(given, "user"), action, { delayMs: optionalNumber(given, "delayMs") });
}

function fault(steering: Steering, given: Arguments): void {
  const checked = parseFault(given.get("target"), given.get("fault"));
  steering.fault(checked.target, checked.fault, { times: optionalNumber(given, "times") });
}

function clockSkew(steering: Steering, given: Arguments): void {
  const seconds = given.get("seconds");
  if (typeof seconds !== "number" || !Number.isFinite(seconds)) throw new TypeError('"seconds" must be a number');
  steering.setClockSkew(seconds);
}

function isCapability(word: unknown): word is Capability {
  return word === "push" || word === "phone" || word === "sms" || word === "mobile_otp";
}

function limitFactors(steering: Steering, given: Arguments): void {
  const without: unknown = given.get("without");
  const listed = given.get("listed") ?? false;
  if (!Array.isArray(without) || !without.every(isCapability)) throw new TypeError('"without" must list capabilities');
  if (typeof listed !== "boolean") throw new TypeError('"listed" must be true or false');
  steering.limitFactors(text(given, "user"), without, { listed });
}

/** The commands by path. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    "approve",
    (steering, given) => steering.approve(text(given, "user"), given.has("code") ? text(given, "code") : undefined),
  ],
  ["deny", (steering, given) => steering.deny(text(given, "user"))],
  ["fraud", (steering, given) => steering.fraud(text(given, "user"))],
  ["expire", (steering, given) => steering.expire(text(given, "user"))],
  ["pick-up", (steering, given) => steering.pickUp(text(given, "user"))],
  ["when-pushed", whenPushed],
  ["fault", fault],
  ["clear-faults", (steering) => steering.clearFaults()],
  ["clock-skew", clockSkew],
  [
    "user",
    (steering, given) => steering.setUser(text(given, "name"), parseUser(text(given, "name"), given.get("user"))),
  ],
  ["policy", (steering, given) => steering.setPolicy(parsePolicy(given.get("policy")))],
  ["activate", (steering, given) => steering.activate(text(given, "user"))],
  ["limit-factors", limitFactors],
  ["reset", (steering) => steering.reset()],
]);
