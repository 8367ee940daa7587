// Holds v1 with BSON replies to Debian's pam_duo 1.11.3: a client that nobody here wrote. Each test is a whole login, and
// what it shows must be the texts we sent. Without the package the tests say so and are skipped.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Emulator, EmulatorOptions } from "../emulator/emulator.ts";
import type { EmulatorUser } from "../emulator/store/users.ts";
import { startLab } from "../emulator/testing/lab.ts";
import { missingPamDuo, runPamDuo } from "../support/official-duo-unix.ts";
import { cases, PAM, phone, prompt, success, user, withPhones } from "../support/official-logins.ts";
import { withPerson } from "../support/official-phone.ts";

const noPam = missingPamDuo() ?? false;

async function lab(context: TestContext, account: EmulatorUser, options: EmulatorOptions = {}): Promise<Emulator> {
  const { emulator } = await startLab(context, { users: { [user]: account }, ...options });
  return emulator;
}

function autos(emulator: Emulator): readonly (string | undefined)[] {
  const auths = emulator.requests.filter(({ endpoint }) => endpoint === "auth");
  assert.ok(auths.every(({ params }) => params["factor"] === "auto"));
  return auths.map(({ params }) => params["auto"]);
}

for (const { name, account = withPhones, options, login, phone: actions = [], ...expected } of cases) {
  test(`pam_duo 1.11.3: ${name}`, { skip: noPam }, async (context) => {
    const emulator = await lab(context, account, options);
    const run = await withPerson(emulator, user, actions, () => runPamDuo({ emulator, user, ...login }));
    assert.deepEqual(run.transcript, expected.transcript);
    assert.equal(run.code, expected.code);
    assert.deepEqual(autos(emulator), expected.sent);
    assert.match(run.log.join("\n"), expected.log);
    assert.ok(emulator.requests.every(({ path }) => /^\/rest\/v1\/(?:preauth|auth|status)\.bson$/.test(path)));
  });
}

test("pam_duo 1.11.3: enroll shows the address and aborts", { skip: noPam }, async (context) => {
  const emulator = await lab(context, { status: "not_enrolled" });
  const run = await runPamDuo({ emulator, user });
  assert.equal(run.code, PAM.abort);
  assert.match(
    run.transcript.join("\n"),
    /^info Please enroll at https:\/\/api-emulator\.duosecurity\.test\/portal\?code=\d+$/,
  );
  assert.match(run.log.join("\n"), /Aborted Duo login for 'root': User enrollment required/);
});

test("pam_duo 1.11.3 as sshd waits for auth and never polls; pushinfo as it writes it", {
  skip: noPam,
}, async (context) => {
  const emulator = await lab(context, withPhones);
  emulator.whenPushed(user, "approve");
  const run = await runPamDuo({ emulator, user, service: "sshd", answers: ["1"] });
  assert.deepEqual([run.code, run.transcript], [PAM.success, [prompt, success]]);
  assert.deepEqual(
    emulator.requests.map(({ endpoint }) => endpoint),
    ["preauth", "auth"],
  );
  assert.match(emulator.pushes[0]?.pushinfo ?? "", /^Server\+IP=[0-9.]+&Command=$/);
  assert.equal(emulator.pushes[0]?.info[0]?.key, "Server IP");
});

test("pam_duo 1.11.3 signs without a date, which the emulator can be told to refuse", {
  skip: noPam,
}, async (context) => {
  const emulator = await lab(context, withPhones, { undatedSignatures: false });
  const run = await runPamDuo({ emulator, user, answers: ["1"] });
  assert.equal(run.code, PAM.serviceError);
  assert.deepEqual(
    emulator.requests.map(({ endpoint, status }) => `${endpoint} ${status}`),
    ["preauth 401"],
  );
});

test("pam_duo 1.11.3: a factor that risk withholds, listed and not", { skip: noPam }, async (context) => {
  const emulator = await lab(context, { ...withPhones, phones: [phone] }, { policy: { pushLifeMs: 2000 } });
  emulator.limitFactors(user, ["push"], { listed: true });
  // With fewer prompts than three, 1.11.3 ends in PAM_SERVICE_ERR once they are used up; with three in PAM_MAXTRIES.
  const conf = { prompts: "1" };
  const listed = await runPamDuo({ emulator, user, answers: ["1"], conf });
  const refusal = "info Selected number is restricted from Duo Push authentication";
  assert.deepEqual(listed.transcript.slice(1), ["info ", refusal, "info "]);
  emulator.limitFactors(user, ["push"]);
  const hidden = await runPamDuo({ emulator, user, answers: ["push1"], conf });
  assert.match(
    hidden.transcript[0] ?? "",
    /\n\n 1\. Phone call to XXX-XXX-1234\n 2\. SMS [^\n]*\n\nPasscode or option \(1-2\): $/,
  );
  assert.deepEqual([hidden.transcript[2], hidden.code, emulator.pushes.length], [refusal, PAM.serviceError, 0]);
});
