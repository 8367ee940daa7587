// One side dies: the daemon at each point of a login as the module sees it, the helper at each point as the daemon sees it.
// Crashing the daemon is never a way in once it was connected to; a helper that leaves takes all of its work along.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { TestDaemon } from "../support/gateway.ts";
import { HelperClient, start } from "../support/helper-client.ts";
import { baseline, eventually, expectDescriptors, expectDrains } from "../support/leak.ts";
import { type ModuleOutcome, runModule } from "../support/pam-module.ts";
import { decision, pollHeld, type Stage, setStage } from "../support/pam-stage.ts";

const FAILMODES = ["safe", "secure"] as const;

async function killed(daemon: TestDaemon): Promise<undefined> {
  daemon.kill("SIGKILL");
  assert.equal(await daemon.exited, "SIGKILL");
  return undefined;
}

/** Connections at the socket, accepted or not, as the kernel counts them: the listener has a line of its own. */
function connectionsAt(path: string): number {
  const lines = readFileSync("/proc/net/unix", "utf8").split("\n");
  return lines.filter((line) => line.endsWith(` ${path}`)).length - 1;
}

type Moment = "before WELCOME" | "after WELCOME" | "at the prompt" | "during the poll";

/** A login of the real module during which the daemon is killed. */
async function loginWithDeath(stage: Stage, moment: Moment, args: string): Promise<ModuleOutcome> {
  const { daemon, emulator } = stage;
  const socket = daemon.pamSocket;
  if (moment === "at the prompt") {
    const answers = [() => killed(daemon).then(() => "1")];
    return await runModule({ socket, args, answers });
  }
  if (moment === "before WELCOME") process.kill(daemon.pid, "SIGSTOP");
  if (moment === "after WELCOME") emulator.fault("preauth", { kind: "silent" });
  const login = runModule({ socket, args, answers: ["1"] });
  if (moment === "before WELCOME") await eventually("a connection that waits", () => connectionsAt(socket) > 0);
  if (moment === "after WELCOME") await emulator.nextRequest("preauth", { after: 0 });
  if (moment === "during the poll") await pollHeld(emulator, 0);
  await killed(daemon);
  return await login;
}

describe("the daemon is killed", { concurrency: 3, timeout: 40_000 }, () => {
  for (const failmode of FAILMODES) {
    const rows = [
      ["before WELCOME", "PAM_AUTH_ERR", 0],
      ["after WELCOME", "PAM_AUTH_ERR", 0],
      ["at the prompt", "PAM_AUTH_ERR", 0],
      ["during the poll", "PAM_AUTH_ERR", 1],
    ] as const;
    for (const [moment, code, rings] of rows) {
      test(`${moment}, module failmode=${failmode}`, async (t) => {
        const stage = await setStage(t);
        const login = await loginWithDeath(stage, moment, `failmode=${failmode}`);
        assert.equal(login.code, code);
        assert.ok(login.elapsedMs < 5000, `took ${login.elapsedMs} ms`);
        assert.equal(stage.emulator.pushes.length, rings);
        await eventually("no connection to Duo", () => stage.emulator.connections.open === 0);
      });
    }
  }
});

type Leaving = (stage: Stage) => Promise<void>;

const leave: Readonly<Record<string, Leaving>> = {
  "before accept": async ({ daemon }) => {
    process.kill(daemon.pid, "SIGSTOP");
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.leave();
    await helper.closed;
    process.kill(daemon.pid, "SIGCONT");
  },
  "before accept, START said": async ({ daemon }) => {
    process.kill(daemon.pid, "SIGSTOP");
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.send(start());
    helper.leave();
    await helper.closed;
    process.kill(daemon.pid, "SIGCONT");
  },
  "in the middle of START": async ({ daemon }) => {
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.sendBytes(Buffer.from([0, 0, 0]));
    helper.leave();
  },
  "during preauth": async ({ daemon, emulator }) => {
    emulator.fault("preauth", { kind: "silent" });
    const asked = emulator.nextRequest("preauth", { after: 0 });
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.send(start());
    await asked;
    helper.leave();
  },
  "at the prompt": async ({ daemon }) => {
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.send(start());
    await helper.nextOf("prompt");
    helper.leave();
  },
  "with half an answer": async ({ daemon }) => {
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.send(start());
    await helper.nextOf("prompt");
    helper.sendBytes(Buffer.from([0, 0, 0, 5, 2, 1]));
    helper.leave();
  },
  "during the poll": async ({ daemon, emulator }) => {
    const helper = await HelperClient.connect(daemon.pamSocket);
    helper.send(start());
    await helper.nextOf("prompt");
    helper.answer("1");
    await pollHeld(emulator, 0);
    helper.leave();
  },
  "during the poll, the module killed": async ({ daemon, emulator }) => {
    const kill = new AbortController();
    const login = runModule({ socket: daemon.pamSocket, answers: ["1"], signal: kill.signal });
    await pollHeld(emulator, 0);
    kill.abort();
    assert.equal((await login).code, "killed");
  },
};

const NO_START = { event: "peer-refused", reason: "left before START" };
const GONE = { event: "decision", verdict: "aborted", reason: "helper-gone" };
const EXPECTED: Readonly<Record<string, { readonly line: Readonly<Record<string, unknown>>; readonly rings: number }>> =
  {
    "before accept": { line: NO_START, rings: 0 },
    "before accept, START said": { line: GONE, rings: 0 },
    "in the middle of START": { line: NO_START, rings: 0 },
    "during preauth": { line: GONE, rings: 0 },
    "at the prompt": { line: GONE, rings: 0 },
    "with half an answer": { line: GONE, rings: 0 },
    "during the poll": { line: GONE, rings: 1 },
    "during the poll, the module killed": { line: GONE, rings: 1 },
  };

describe("the helper leaves", { concurrency: 3, timeout: 40_000 }, () => {
  for (const [moment, act] of Object.entries(leave)) {
    test(moment, async (t) => {
      const stage = await setStage(t);
      const { daemon, emulator } = stage;
      await daemon.line(({ msg }) => msg === "Duo accepts the integration key and secret key");
      const before = baseline(daemon);
      await act(stage);
      const { line, rings } = EXPECTED[moment] ?? { line: {}, rings: -1 };
      await daemon.line((found) => Object.entries(line).every(([key, value]) => found[key] === value));
      assert.equal(emulator.pushes.length, rings);
      // The login is over: an approval that comes now lets nobody in, and gives the push slot back.
      if (rings > 0) emulator.approve("alice");
      await expectDescriptors(daemon, before);
      // The daemon goes on as if nothing had been.
      const after = daemon.lines.length;
      emulator.clearFaults();
      assert.equal((await runModule({ socket: daemon.pamSocket, answers: ["100001"] })).code, "PAM_SUCCESS");
      assert.equal((await decision(daemon, after))["reason"], "duo-approved");
      assert.deepEqual(
        daemon.lines.filter(({ event }) => event === "defect"),
        [],
      );
      assert.equal(daemon.stderr(), "");
      await expectDrains(daemon, emulator);
    });
  }
});
