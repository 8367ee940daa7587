// Owns the two logins that are measured, by push and by passcode, and their times. A login that is not let in is a defect of
// the benchmark, since its times mean something else. Called by the rows.

import { randomInt } from "node:crypto";
import type { PushRecord } from "../emulator/store/records.ts";
import { type PamRun, type PamRunOptions, runPamRun } from "./pam-run.ts";
import { type Rig, type RigDaemon, USER } from "./rig.ts";

/** Milliseconds. */
export interface PushTimes {
  /** From the call of the module until the push was at Duo. */
  readonly untilPush: number;
  /** From the approval until pam_authenticate returned. */
  readonly untilVerdict: number;
}

export async function pushLogin(rig: Rig, { service }: RigDaemon): Promise<PushTimes> {
  const { emulator, signal } = rig;
  const login = checked(runPamRun(optionsOf(rig, service, "1"), signal));
  const push = await Promise.race([emulator.nextPush(USER, { signal }), early(login)]);
  await Promise.race([polled(rig, push), early(login)]);
  const approvedAt = performance.now();
  emulator.approve(USER);
  const { startedAt, endedAt } = await login;
  return { untilPush: push.at - startedAt, untilVerdict: endedAt - approvedAt };
}

/** @returns milliseconds from the call of the module until it returned. */
export async function passcodeLogin(rig: Rig, { service }: RigDaemon): Promise<number> {
  const { startedAt, endedAt } = await checked(runPamRun(optionsOf(rig, service, freshPasscode(rig)), rig.signal));
  return endedAt - startedAt;
}

/** Passcodes pass once: each login gets a user with one of their own. */
export function freshPasscode({ emulator }: Rig): string {
  const passcode = String(randomInt(100_000, 1_000_000));
  const phone = {
    device: "DPALICE0000000000001",
    number: "XXX-XXX-0100",
    display_name: "iOS (XXX-XXX-0100)",
    capabilities: ["push"],
    otp_codes: [passcode],
  } as const;
  emulator.setUser(USER, { status: "active", phones: [phone] });
  return passcode;
}

function optionsOf({ pamRun, folder }: Rig, service: string, answer: string): PamRunOptions {
  return { pamRun, confdir: folder.confdir, service, user: USER, answers: [answer] };
}

async function checked(run: Promise<PamRun>): Promise<PamRun> {
  const ended = await run;
  if (ended.code !== 0) throw new Error(`a login that should be let in ended with PAM code ${ended.code}`);
  return ended;
}

/** Rejects when the login ends, which it must not while it is waited for. */
async function early(login: Promise<PamRun>): Promise<never> {
  const { code } = await login;
  throw new Error(`a login ended with PAM code ${code} before its push was answered`);
}

/**
 * The daemon's second auth_status has arrived: the first one is answered at once ("pushed"), the second holds. A user takes
 * seconds to answer, so this is the state in which a push is approved.
 */
async function polled({ emulator, signal }: Rig, push: PushRecord): Promise<void> {
  let after = 0;
  for (let polls = 0; polls < 2; ) {
    const request = await emulator.nextRequest("auth_status", { after, signal });
    after = request.sequence;
    if (request.params["txid"] === push.txid) polls += 1;
  }
}
