// Holds v1 with BSON replies to Debian's login_duo 1.11.3, on a terminal and without one. Each test is a whole login.
// Without the package the tests say so and are skipped.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Emulator } from "../emulator/emulator.ts";
import { startLab } from "../emulator/testing/lab.ts";
import { missingLoginDuo, runLoginDuo } from "../support/official-duo-unix.ts";
import { menu, user, withPhones } from "../support/official-logins.ts";
import { withPerson } from "../support/official-phone.ts";

const noLogin = missingLoginDuo() ?? false;

async function lab(context: TestContext): Promise<Emulator> {
  return (await startLab(context, { users: { [user]: withPhones } })).emulator;
}

test("login_duo 1.11.3 on a terminal: denied, then a passcode, and the command runs", {
  skip: noLogin,
}, async (context) => {
  const emulator = await lab(context);
  const run = await withPerson(emulator, user, ["deny"], () =>
    runLoginDuo({ emulator, user, answers: ["1", "800001"], rhost: "203.0.113.9", command: "echo let in" }),
  );
  assert.equal(run.code, 0);
  const asked = (answer: string): readonly string[] => `${menu}${answer}`.split("\n").filter((line) => line !== "");
  assert.deepEqual(run.transcript, [
    ...asked("1"),
    ...["Pushed a login request to your device...", "Login request denied."],
    ...asked("800001"),
    ...["Success. Logging you in...", "let in"],
  ]);
  assert.match(run.log.join("\n"), /Failed Duo login.*\n.*Successful Duo login for 'root' from 203\.0\.113\.9/);
});

test("login_duo 1.11.3 without a terminal pushes at once and shows nothing", { skip: noLogin }, async (context) => {
  const emulator = await lab(context);
  emulator.whenPushed(user, "approve");
  const run = await runLoginDuo({ emulator, user, terminal: false, command: "echo let in" });
  assert.deepEqual([run.code, run.transcript], [0, ["let in"]]);
  emulator.whenPushed(user, "deny");
  const denied = await runLoginDuo({ emulator, user, terminal: false, command: "echo let in" });
  assert.deepEqual([denied.code, denied.transcript], [1, []]);
});

test("login_duo 1.11.3 asks again until the input ends", { skip: noLogin }, async (context) => {
  const emulator = await lab(context);
  const run = await runLoginDuo({ emulator, user, answers: ["999999"] });
  assert.equal(run.code, 1);
  const tried = emulator.requests.filter(({ endpoint }) => endpoint === "auth").map(({ params }) => params["auto"]);
  assert.deepEqual(tried, ["999999"]);
});
