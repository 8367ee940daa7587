// What users can ask at will has a bound of its own: the calls beyond it wait, and whoever leaves takes no turn along.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { err } from "../../../src/core/result.ts";
import type { DuoApi, FactorChoice } from "../../../src/duo/api.ts";
import { inTurns } from "../../../src/duo/in-turns.ts";
import { ALICE } from "../../support/duo-service.ts";
import { turn } from "../../support/fake-clock.ts";

const AT_ONCE = 3;
const live = new AbortController().signal;
const failed = err({ code: "server-error", stage: "preauth", detail: "" } as const);

/** Every call waits until it is let go. */
function held() {
  const waiting: (() => void)[] = [];
  const wait = () => new Promise<void>((resolve) => waiting.push(resolve));
  const api: DuoApi = {
    preauth: () => wait().then(() => failed),
    auth: () => wait().then(() => Promise.reject(new Error("a defect"))),
    authStatus: () => wait().then(() => failed),
  };
  return { api, waiting };
}

describe("calls in turns", () => {
  it("are so many at once and no more, preauth and auth together", async () => {
    const { api, waiting } = held();
    const users = inTurns(api, AT_ONCE);
    const calls = [
      ...Array.from({ length: 4 }, () => users.preauth(ALICE, live)),
      users.auth(ALICE, {} as FactorChoice, live).catch((error: unknown) => String(error)),
      users.preauth(ALICE, live),
    ];
    await turn();
    assert.equal(waiting.length, AT_ONCE);
    for (let done = 0; done < calls.length; done += 1) {
      waiting[done]?.();
      await turn();
      assert.equal(waiting.length, Math.min(calls.length, AT_ONCE + done + 1), "a turn was lost");
    }
    await Promise.all(calls);
  });

  it("wait no longer than their login, which is not asked about then", async () => {
    const { api, waiting } = held();
    const users = inTurns(api, 1);
    const first = users.preauth(ALICE, live);
    const control = new AbortController();
    const second = users.preauth(ALICE, control.signal);
    control.abort();
    const reply = await second;
    assert.equal(reply.ok ? "" : reply.error.code, "cancelled");
    waiting[0]?.();
    await first;
    assert.equal(waiting.length, 1);
    const third = users.preauth(ALICE, live);
    await turn();
    assert.equal(waiting.length, 2, "the one who left took the turn along");
    waiting[1]?.();
    await third;
  });

  it("do not count polls, which Duo holds for long", async () => {
    const { api, waiting } = held();
    const users = inTurns(api, 1);
    const calls = [users.preauth(ALICE, live), users.authStatus("a", live), users.authStatus("b", live)];
    await turn();
    assert.equal(waiting.length, 3);
    for (const go of waiting) go();
    await Promise.all<unknown>(calls);
  });
});
