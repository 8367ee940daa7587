// Real PAM transactions with a private folder of services: the standard modules, and a module of our own that shows
// what an application can get wrong. Needs no root and touches nothing outside its folder.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type PamResult, runPam } from "../../src/ffi/pam.ts";
import type { PamMessage, TransactionOrder } from "../../src/ffi/pam-channel.ts";
import { PAM_CODE, pamCodeName } from "../../src/ffi/pam-codes.ts";
import type { PamRequest } from "../../src/ffi/pam-request.ts";
import { runTransaction } from "../../src/ffi/pam-transaction.ts";
import { compileModule, privateFolder } from "../unit/ffi/compile.ts";
import { FakeTimers } from "../unit/ffi/fake-timers.ts";
import { libcForTest } from "../unit/ffi/handle.ts";

test("pam_permit and pam_deny, step by step", async (t) => {
  const run = services(t, {
    permit: "auth required pam_permit.so\naccount required pam_permit.so",
    deny: "auth required pam_permit.so\naccount required pam_deny.so",
  });
  const permitted = await run({ service: "permit", steps: ["authenticate", "acct_mgmt", "setcred"] });
  assert.deepEqual(codes(permitted), ["authenticate PAM_SUCCESS", "acct_mgmt PAM_SUCCESS", "setcred PAM_SUCCESS"]);
  const denied = await run({ service: "deny", steps: ["authenticate", "acct_mgmt", "setcred"] });
  assert.deepEqual(codes(denied), ["authenticate PAM_SUCCESS", "acct_mgmt PAM_AUTH_ERR"]);
  assert.ok(denied.ok);
  assert.deepEqual(denied.value.last, {
    step: "acct_mgmt",
    code: 7,
    name: "PAM_AUTH_ERR",
    text: "Authentication failure",
  });
});

test("pam_unix asks for the password and refuses a wrong one", async (t) => {
  const run = services(t, { unix: "auth required pam_unix.so nodelay" });
  const asked: (readonly PamMessage[])[] = [];
  const result = await run({
    service: "unix",
    user: "root",
    converse: async (messages) => {
      asked.push(messages);
      // The loop of this process must be free meanwhile, so the answer comes from a later turn of it.
      await new Promise((resolve) => setImmediate(resolve));
      return ["not the password"];
    },
  });
  assert.deepEqual(asked, [[{ style: "prompt-echo-off", text: "Password: " }]]);
  assert.ok(
    codes(result)[0] === "authenticate PAM_AUTH_ERR" || codes(result)[0] === "authenticate PAM_AUTHINFO_UNAVAIL",
  );
});

test("all four styles go out, and the answers come back to their own prompts", async (t) => {
  const { run, shown } = probe(t, "styles");
  const result = await run({ answers: ["p\u00e4ss", "o".repeat(511)] });
  assert.deepEqual(codes(result), ["authenticate PAM_SUCCESS"]);
  assert.deepEqual(shown, [
    "text-info info",
    "prompt-echo-off secret: ",
    "error-msg error",
    "prompt-echo-on open: ",
    "text-info info=(none)",
    "text-info secret=p\u00e4ss",
    "text-info error=(none)",
    `text-info open=${"o".repeat(511)}`,
  ]);
  // 24 and 40 bytes fill malloc's chunks to the last byte: a missing NUL would show what comes after them.
  const { run: again, shown: exact } = probe(t, "styles");
  await again({ answers: ["s".repeat(24), "o".repeat(40)] });
  assert.ok(exact.includes(`text-info secret=${"s".repeat(24)}`) && exact.includes(`text-info open=${"o".repeat(40)}`));
});

test("an answer that libpam cannot take, or none, fails the conversation", async (t) => {
  const { run } = probe(t, "styles");
  for (const answers of [["a\0b", "open"], ["secret", "o".repeat(512)], ["\u00e9".repeat(256), "open"], undefined]) {
    assert.deepEqual(codes(await run({ answers })), ["authenticate PAM_CONV_ERR"]);
  }
  assert.deepEqual(codes(await run({ answers: ["", ""] })), ["authenticate PAM_SUCCESS"]);
});

test("thirty-two messages are the most, none is too few, and unknown styles are refused", async (t) => {
  const cases = [
    ["32", "4", "PAM_SUCCESS"],
    ["33", "4", "PAM_CONV_ERR"],
    ["0", "4", "PAM_CONV_ERR"],
    ["1", "5", "PAM_CONV_ERR"],
    ["1", "7", "PAM_CONV_ERR"],
  ] as const;
  for (const [count, style, name] of cases) {
    const { run, shown } = probe(t, `many ${count} ${style}`);
    assert.deepEqual(codes(await run({})), [`authenticate ${name}`], `${count} messages of style ${style}`);
    assert.equal(shown.length, name === "PAM_SUCCESS" ? Number(count) : 0);
  }
});

test("items, PAM's environment and the process's reach the module, and nothing else does", async (t) => {
  const { run, shown } = probe(t, "items");
  const result = await run({
    items: { tty: "pts/7", rhost: "192.0.2.1", ruser: "bob", userPrompt: "who? ", xdisplay: ":0" },
    env: { DUOGATE_PAM: "a=b" },
    processEnv: { DUOGATE_PROCESS: "c d" },
  });
  assert.deepEqual(codes(result), ["authenticate PAM_SUCCESS"]);
  assert.deepEqual(
    shown.map((line) => line.replace("text-info ", "")),
    [
      "service=probe",
      "user=alice",
      "tty=pts/7",
      "rhost=192.0.2.1",
      "ruser=bob",
      "user_prompt=who? ",
      "xdisplay=:0",
      "pam_getenv=a=b",
      "getenv=c d",
      "path=(none)",
    ],
  );
});

test("flags reach the module: silent, and which way setcred goes", async (t) => {
  const loud = probe(t, "flags");
  await loud.run({ steps: ["authenticate", "setcred"] });
  assert.deepEqual(loud.shown, ["text-info flags=loud", "text-info setcred=establish"]);
  const cleared = probe(t, "flags");
  await cleared.run({ steps: ["delete_cred"] });
  assert.deepEqual(cleared.shown, ["text-info setcred=delete"]);
  const silent = probe(t, "flags");
  await silent.run({ silent: true });
  assert.deepEqual(silent.shown, ["text-info flags=silent"]);
});

test("programs that a module starts do not inherit the channel", async (t) => {
  const { run, shown } = probe(t, "channel");
  await run({});
  assert.deepEqual(shown, ["text-info channel=closed on exec"]);
});

test("codes keep their number and name; what is no PAM code has no name", async (t) => {
  assert.deepEqual(codes(await probe(t, "return 11").run({})), ["authenticate PAM_MAXTRIES"]);
  // libpam itself turns a code that it does not know into a refusal.
  assert.deepEqual(codes(await probe(t, "return 77").run({})), ["authenticate PAM_PERM_DENIED"]);
  assert.equal(pamCodeName(77), undefined);
});

test("a service that does not exist is a failure of the set-up", async (t) => {
  const result = await services(t, {})({ service: "absent" });
  assert.ok(!result.ok && result.error.code === "setup");
  assert.deepEqual([result.error.call, result.error.pamCode], ["pam_start_confdir", 26]);
});

test("a module that hangs is ended when the time is up, or when the caller says so", async (t) => {
  const clock = new FakeTimers();
  const timedOut = await probe(t, "hang").run(
    { converse: onceShown(() => clock.advance(5000)), timeoutMs: 5000 },
    clock,
  );
  assert.deepEqual(timedOut, { ok: false, error: { code: "timeout", timeoutMs: 5000 } });
  const stop = new AbortController();
  const aborted = await probe(t, "hang").run({ converse: onceShown(() => stop.abort()), signal: stop.signal });
  assert.deepEqual(aborted, { ok: false, error: { code: "aborted" } });
  const stopLeft = new AbortController();
  const left = await probe(t, "leave").run({ converse: onceShown(() => stopLeft.abort()), signal: stopLeft.signal });
  assert.deepEqual(left, { ok: false, error: { code: "aborted" } });
  const before = await probe(t, "hang").run({ signal: stop.signal });
  assert.deepEqual(before, { ok: false, error: { code: "aborted" } });
});

test("a user who never answers is let go when the transaction ends", async (t) => {
  const stop = new AbortController();
  let released = false;
  const result = await probe(t, "styles").run({
    signal: stop.signal,
    converse: (_messages, signal) => {
      signal.addEventListener("abort", () => {
        released = true;
      });
      stop.abort();
      return new Promise(() => undefined);
    },
  });
  assert.deepEqual(result, { ok: false, error: { code: "aborted" } });
  assert.equal(released, true);
});

test("a module that crashes, exits or writes to the channel is a failure, and we live on", async (t) => {
  const cases = [
    ["abort", /^it ended with SIGABRT$/],
    ["exit 3", /^it ended with status 3$/],
    ["scribble", /^it wrote no report/],
    ["close", /^it ended with SIGKILL$/],
  ] as const;
  for (const [what, detail] of cases) {
    const result = await probe(t, what).run({});
    assert.ok(!result.ok && result.error.code === "died", what);
    assert.match(result.error.detail, detail);
  }
});

test("what converse throws comes back to the caller, after the module saw a failed conversation", async (t) => {
  const { run } = probe(t, "styles");
  const converse = () => Promise.reject(new Error("defect in the caller"));
  await assert.rejects(run({ converse }), /defect in the caller/);
  await assert.rejects(run({ answers: ["one of two"] }), /1 answers; it must give one for each of 2 prompts/);
});

test("requests that cannot be are defects", async () => {
  const request: PamRequest = { service: "probe", user: "alice", steps: ["authenticate"], converse: async () => [] };
  for (const wrong of [
    { service: "../login" },
    { service: "" },
    { steps: [] },
    { user: "a\0b" },
    { env: { A: "\0" } },
  ]) {
    await assert.rejects(runPam({ ...request, ...wrong }), TypeError);
  }
});

test("transactions at once keep their conversations apart", async (t) => {
  const { confdir } = folder(t, { probe: `auth required ${compileModule(t, "ffi-pam-module")} styles` });
  const one = async (name: string): Promise<readonly string[]> => {
    const shown: string[] = [];
    const converse = answering([`${name}-secret`, `${name}-open`], shown);
    await runPam({ service: "probe", user: name, confdir, steps: ["authenticate"], converse });
    return shown.filter((line) => line.includes("="));
  };
  const names = ["alice", "bob", "carol"];
  assert.deepEqual(
    await Promise.all(names.map(one)),
    names.map((name) => [
      "text-info info=(none)",
      `text-info secret=${name}-secret`,
      "text-info error=(none)",
      `text-info open=${name}-open`,
    ]),
  );
});

test("in the transaction's process the answers are wiped, and their number is checked", (t) => {
  const { confdir } = folder(t, { probe: `auth required ${compileModule(t, "ffi-pam-module")} styles` });
  const libc = libcForTest();
  const order: TransactionOrder = {
    service: "probe",
    user: "alice",
    confdir,
    items: [],
    env: [],
    steps: ["authenticate"],
    flags: 0,
  };
  const given: Buffer[] = [];
  const once = (): void => {
    const report = runTransaction(libc, order, (messages) => {
      if (messages.length === 1) return [];
      const answers = [Buffer.from("secret"), Buffer.from("open")];
      given.push(...answers);
      return answers;
    });
    assert.ok(report.kind === "finished" && report.steps[0]?.code === 0, JSON.stringify(report));
  };
  for (let i = 0; i < 20; i++) once();
  assert.equal(given.length, 40);
  assert.ok(given.every((answer) => answer.every((byte) => byte === 0)));
  const tooMany = runTransaction(libc, order, () => ["a", "b", "c"].map((text) => Buffer.from(text)));
  assert.ok(tooMany.kind === "finished" && tooMany.steps[0]?.code === PAM_CODE.PAM_CONV_ERR);
});

interface ProbeRequest extends Partial<PamRequest> {
  readonly answers?: readonly string[] | undefined;
}

/** A service made of our module, which does `what`, and a list of everything it said. */
function probe(
  t: TestContext,
  what: string,
): { readonly run: (request: ProbeRequest, clock?: FakeTimers) => Promise<PamResult>; readonly shown: string[] } {
  const module = compileModule(t, "ffi-pam-module");
  const run = services(t, { probe: `auth required ${module} ${what}` });
  const shown: string[] = [];
  return {
    shown,
    run: ({ answers, ...request }, clock) =>
      run({ service: "probe", converse: answering(answers, shown), ...request }, clock),
  };
}

/** Does `act` when the module speaks, and has nothing to answer. */
function onceShown(act: () => void): PamRequest["converse"] {
  return async () => {
    act();
    return [];
  };
}

/** Shows everything; gives `answers` to a call that prompts, and nothing to one that does not. */
function answering(answers: readonly string[] | undefined, shown: string[]): PamRequest["converse"] {
  return async (messages) => {
    shown.push(...messages.map(({ style, text }) => `${style} ${text}`));
    return messages.some(({ style }) => style.startsWith("prompt")) ? answers : [];
  };
}

function services(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): (request: Partial<PamRequest> & { readonly service: string }, clock?: FakeTimers) => Promise<PamResult> {
  const { confdir } = folder(t, files);
  const defaults = { user: "alice", confdir, steps: ["authenticate"], converse: async () => [] } as const;
  return (request, clock) => runPam({ ...defaults, ...request }, clock);
}

function folder(t: TestContext, files: Readonly<Record<string, string>>): { readonly confdir: string } {
  const confdir = privateFolder(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(confdir, name), `${text}\n`);
  return { confdir };
}

function codes(result: PamResult): readonly string[] {
  return result.ok ? result.value.steps.map(({ step, name }) => `${step} ${name}`) : [JSON.stringify(result.error)];
}
