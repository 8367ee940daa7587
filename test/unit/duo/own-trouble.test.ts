// Which failures this machine's own state can explain: outages for which nobody on the other side has spoken, and no others.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DUO_FAILURE_CODES, failureClass } from "../../../src/core/failure.ts";
import { ownTrouble } from "../../../src/duo/own-trouble.ts";
import { failure } from "../../support/fake-duo.ts";

const WELL = () => Promise.resolve("");
const ILL = () => Promise.resolve("this machine refuses a datagram to itself: EPERM");
const IN_TIME = { lostMs: 20, elapsedMs: 5010 };
const STARVED = { lostMs: 4800, elapsedMs: 5200 };

describe("a failed call", () => {
  for (const code of DUO_FAILURE_CODES) {
    const explained = failureClass(code) === "outage" && code !== "connect-failed";
    it(`${code} ${explained ? "becomes local trouble where the machine is at fault" : "stays what it is"}`, async () => {
      const said = failure(code, "preauth");
      assert.equal(await ownTrouble(said, IN_TIME, WELL), said);
      for (const judged of [await ownTrouble(said, STARVED, WELL), await ownTrouble(said, IN_TIME, ILL)]) {
        if (!explained) assert.equal(judged, said);
        else assert.deepEqual([judged.code, judged.stage], ["local-trouble", "preauth"]);
      }
    });
  }

  it("tells how much was lost, or what refused, and the failure that there was", async () => {
    const timeout = { ...failure("timeout", "preauth"), detail: "no answer in time" };
    assert.equal(
      (await ownTrouble(timeout, STARVED, WELL)).detail,
      "this process got no time for 4800 of 5200 ms (no answer in time)",
    );
    assert.equal(
      (await ownTrouble(timeout, IN_TIME, ILL)).detail,
      "this machine refuses a datagram to itself: EPERM (no answer in time)",
    );
  });

  for (const [lostMs, elapsedMs, local] of [
    [1700, 5000, true],
    [1600, 5000, false],
    // A machine that is a little busy, and a limit that is short.
    [299, 400, false],
    [300, 700, true],
    [0, 0, false],
  ] as const) {
    it(`${lostMs} of ${elapsedMs} ms lost: ${local ? "local trouble" : "an outage"}`, async () => {
      const { code } = await ownTrouble(failure("timeout", "preauth"), { lostMs, elapsedMs }, WELL);
      assert.equal(code, local ? "local-trouble" : "timeout");
    });
  }
});
