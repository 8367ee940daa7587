// The module as a guest: its other entry points, two of it in one stack, threads, PAM_SILENT, descriptors, memory.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

import { error, info, prompt, verdict, verdictCodes, welcome } from "./frames.ts";
import type { Script } from "./scripted-daemon.ts";
import { harnessPath, pam, setStage } from "./stage.ts";

const allowing: Script = (peer) => {
  peer.send(welcome());
  peer.allow();
};

/** One prompt, then allow; the answer must be the one for the prompt of this connection. */
const asking: Script = async (peer) => {
  peer.send(welcome(), info("hello"), prompt("Passcode: "));
  await peer.answer();
  peer.allow();
};

const hooks: readonly (readonly [string, string, readonly string[], number])[] = [
  ["setcred succeeds", "setcred", ["auth required @"], pam.success],
  [
    "account beside pam_permit is up to pam_permit",
    "account",
    ["account required @", "account required pam_permit.so"],
    pam.success,
  ],
  [
    "account beside pam_deny is up to pam_deny",
    "account",
    ["account sufficient @", "account required pam_deny.so"],
    pam.authErr,
  ],
  ["account alone is refused by libpam", "account", ["account required @"], pam.permDenied],
  ["open_session succeeds", "open-session", ["session required @"], pam.success],
  ["close_session succeeds", "close-session", ["session required @"], pam.success],
  ["chauthtok has nothing to change", "chauthtok", ["password required @"], pam.serviceErr],
];

for (const [name, call, stack, code] of hooks) {
  test(name, async (t) => {
    const stage = setStage(t);
    stage.stack(...stack);
    assert.deepEqual((await stage.run("--call", call)).results, [code]);
  });
}

test("twice in one stack are two transactions", async (t) => {
  const stage = setStage(t);
  stage.stack("auth required @", "auth required @ debug");
  const daemon = await stage.daemon(asking);
  const run = await stage.run("--answer", "1", "--answer", "2");
  assert.deepEqual(run.results, [pam.success]);
  assert.equal(daemon.starts.length, 2);
  assert.notDeepEqual(daemon.starts[0]?.nonce, daemon.starts[1]?.nonce);
});

test("the second of two denies though the first allowed", async (t) => {
  const stage = setStage(t);
  stage.stack("auth required @", "auth required @");
  let count = 0;
  await stage.daemon((peer) => {
    count += 1;
    peer.send(welcome(), verdict(count === 1 ? verdictCodes.allow : verdictCodes.deny, peer.start.nonce));
  });
  assert.deepEqual((await stage.run()).results, [pam.authErr]);
});

test("eight threads at once do not meet", async (t) => {
  const stage = setStage(t);
  const daemon = await stage.daemon(asking);
  const run = await stage.run("--threads", "8", "--repeat", "5", ...Array(5).fill(["--answer", "1"]).flat());
  assert.deepEqual(run.results, Array(40).fill(pam.success));
  assert.equal(new Set(daemon.starts.map((start) => start.nonce.toString("hex"))).size, 40);
});

test("PAM_SILENT hides nothing from the user: sudo always sets it", async (t) => {
  const stage = setStage(t);
  await stage.daemon(async (peer) => {
    peer.send(welcome(), info("hello"), error("careful"), prompt("Passcode: "));
    await peer.answer();
    peer.allow();
  });
  const run = await stage.run("--silent", "--answer", "1");
  assert.deepEqual(run.results, [pam.success]);
  assert.deepEqual(run.shown, ["info hello", "error careful", "prompt-on Passcode: "]);
});

test("without a conversation a prompt is cancelled and messages are dropped", async (t) => {
  const stage = setStage(t);
  const answers: (string | undefined)[] = [];
  await stage.daemon(async (peer) => {
    peer.send(welcome(), info("hello"), prompt("Passcode: "));
    answers.push((await peer.answer()).text);
    peer.allow();
  });
  const run = await stage.run("--no-conversation");
  assert.deepEqual(run.results, [pam.success]);
  assert.deepEqual(answers, [undefined]);
});

test("no descriptor is left, whatever the end, and a closed descriptor 0 does not matter", async (t) => {
  const stage = setStage(t);
  const ends: readonly Script[] = [allowing, (peer) => peer.send(welcome(2)), (peer) => peer.end()];
  const scripts = [...ends];
  await stage.daemon((peer) => scripts.shift()?.(peer));
  for (const stdin of [[], ["--no-stdin"]]) {
    scripts.splice(0, scripts.length, ...ends);
    const run = await stage.run("--repeat", String(ends.length), ...stdin);
    assert.deepEqual(run.results, [pam.success, pam.serviceErr, pam.authErr]);
    const [, before, after] = /^descriptors (\d+) (\d+)$/.exec(run.lines.at(-1) ?? "") ?? [];
    // libpam's own: it keeps none open either.
    assert.equal(after, before);
  }
});

const valgrind = spawnSync("valgrind", ["--version"]).status === 0;

test("valgrind finds no leak and no bad access", {
  skip: valgrind ? false : "valgrind is not installed",
}, async (t) => {
  const stage = setStage(t);
  await stage.daemon(asking);
  const wrapper = ["valgrind", "-q", "--error-exitcode=97", "--leak-check=full", "--show-leak-kinds=definite,indirect"];
  const run = await stage.runUnder(wrapper, "--repeat", "2", "--answer", "1", "--answer", "!big");
  assert.deepEqual(run.results, [pam.success, pam.success], `${harnessPath}: ${run.stderr}`);
});
