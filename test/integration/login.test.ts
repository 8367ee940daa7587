// Whole logins: the real module in a real PAM transaction, the real daemon, and the emulator over TLS. Each is held to its
// transcript, its code, its decision, and to having written no secret and left nothing behind.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, type TestContext, test } from "node:test";
import type { EmulatorUser } from "../emulator/store/users.ts";
import { HelperClient, start } from "../support/helper-client.ts";
import { baseline, expectDescriptors, expectDrains } from "../support/leak.ts";
import { type ModuleOutcome, runModule, type Spoken } from "../support/pam-module.ts";
import { type Answer, SCENARIOS, type Scenario } from "../support/pam-scenarios.ts";
import {
  decision,
  expectNoSecrets,
  loginRequests,
  pollHeld,
  QUICK_GATEWAY,
  type Stage,
  setStage,
} from "../support/pam-stage.ts";
import { expectTranscript } from "../support/pam-transcript.ts";
import { repositoryFile } from "../support/repository.ts";

const PHONE = { number: "XXX-XXX-0001", display_name: "iOS", capabilities: ["push"] } as const;
const TWO_PHONES: EmulatorUser = {
  status: "active",
  phones: [
    { ...PHONE, device: "DPTWO000000000000001" },
    { ...PHONE, device: "DPTWO000000000000002", number: "XXX-XXX-0002" },
  ],
};

describe("the module, the daemon and Duo", { concurrency: 2, timeout: 60_000 }, () => {
  for (const scenario of SCENARIOS) test(scenario.name, (t) => play(t, scenario));
});

test("every transcript belongs to a scenario", () => {
  const files = readdirSync(repositoryFile("test/integration/transcripts"));
  assert.deepEqual(files.sort(), SCENARIOS.map(({ name }) => `${name}.txt`).sort());
});

async function play(t: TestContext, scenario: Scenario): Promise<void> {
  const duoLines = [...(scenario.duo ?? [])];
  const gatewayLines = [...QUICK_GATEWAY, "hostname = bastion.example.org"];
  const stage = await setStage(t, { duoLines, gatewayLines, emulator: { policy: scenario.policy ?? {} } });
  const { emulator, daemon } = stage;
  emulator.setUser("two", TWO_PHONES);
  if (scenario.reason === "duo-bypass") emulator.setUser(scenario.user ?? "", { status: "bypass" });
  const before = baseline(daemon);
  const typed: string[] = [];
  const [outcome] = await Promise.all([logIn(stage, scenario, typed), usePhone(stage, scenario)]);
  const { verdict, reason } = await decision(daemon);
  const rings = scenario.rings ?? scenario.phone?.length ?? 0;
  assert.deepEqual(
    { result: outcome.code, reason },
    { result: scenario.result, reason: scenario.reason },
    `${verdict}`,
  );
  assert.equal(emulator.pushes.length, rings);
  expectTranscript(scenario.name, {
    spoken: outcome.spoken,
    result: outcome.code,
    requests: loginRequests(emulator),
    lines: daemon.lines,
    names: new Map([...codesOf(stage, outcome.spoken)].map((code) => [code, "<code>"])),
  });
  await expectDescriptors(daemon, before);
  await expectDrains(daemon, emulator);
  const passcodes = typed.map((text) => text.replaceAll(" ", "")).filter((text) => /^\d{6,}$/.test(text));
  expectNoSecrets(stage, [...typed.filter((text) => text.length > 5), ...passcodes, ...codesOf(stage, outcome.spoken)]);
}

/** Verification codes, passcodes and enrolment codes that the emulator made up. */
function codesOf({ emulator }: Stage, spoken: readonly Spoken[]): ReadonlySet<string> {
  const verification = emulator.pushes.flatMap(({ verificationCode }) => verificationCode ?? []);
  const enrolment = spoken.flatMap(({ text }) => /[?&]code=(\d+)/.exec(text)?.[1] ?? []);
  return new Set([...verification, ...enrolment, ...emulator.messages.flatMap(({ codes }) => codes)]);
}

async function usePhone({ emulator }: Stage, scenario: Scenario): Promise<void> {
  let seen = 0;
  for (const reaction of scenario.phone ?? []) {
    const push = await emulator.nextPush(scenario.user ?? "alice");
    seen = await pollHeld(emulator, seen);
    if (reaction === "approve") emulator.approve(push.user);
    if (reaction === "deny") emulator.deny(push.user);
    if (reaction === "fraud") emulator.fraud(push.user);
    if (reaction === "timeout") emulator.expire(push.user);
  }
}

type Ending = Pick<ModuleOutcome, "spoken"> & { readonly code: string };

async function logIn(stage: Stage, scenario: Scenario, typed: string[]): Promise<Ending> {
  if (scenario.nonInteractive === true) return await withoutConversation(stage);
  const { user, service, items, processEnv, silent, answers = [] } = scenario;
  const type = (answer: Answer) => async (prompt: string) => {
    const text = typeof answer === "function" ? await answer(stage, prompt) : answer;
    typed.push(text);
    return text;
  };
  return await runModule({
    socket: stage.daemon.pamSocket,
    answers: answers.map(type),
    ...(user === undefined ? {} : { user }),
    ...(service === undefined ? {} : { service }),
    ...(items === undefined ? {} : { items }),
    ...(processEnv === undefined ? {} : { processEnv }),
    ...(silent === undefined ? {} : { silent }),
  });
}

/** libpam always gives the module a conversation; a helper without one, such as a cron job's, has to be played. */
async function withoutConversation({ daemon }: Stage): Promise<Ending> {
  const helper = await HelperClient.connect(daemon.pamSocket);
  const asked = start({}, { interactive: false });
  helper.send(asked);
  const messages = await helper.rest();
  const verdict = messages.at(-1);
  assert.ok(verdict?.kind === "verdict" && verdict.nonce.equals(asked.nonce));
  const spoken: Spoken[] = messages.flatMap((message) =>
    message.kind === "info" || message.kind === "error"
      ? [{ style: message.kind === "info" ? ("text-info" as const) : ("error-msg" as const), text: message.text }]
      : [],
  );
  return { code: verdict.verdict, spoken };
}

test("half an allow of preauth lets nobody in, with failmode = safe neither", async (t) => {
  const { daemon, emulator } = await setStage(t, { failmode: "safe" });
  for (const response of [
    { result: "allow" },
    { result: "allow", status_msg: null },
    { result: "allow", status: "x" },
  ]) {
    const text = JSON.stringify({ stat: "OK", response });
    emulator.fault("preauth", { kind: "body", text }, { times: 1 });
    const after = daemon.lines.length;
    assert.equal((await runModule({ socket: daemon.pamSocket })).code, "PAM_AUTH_ERR", text);
    assert.equal((await decision(daemon, after))["reason"], "duo-nonsense");
  }
});
