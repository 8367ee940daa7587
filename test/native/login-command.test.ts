// What login_duogate becomes after an allow: which command, with which status, environment, descriptors and signals.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Start } from "./frames.ts";
import { welcome } from "./frames.ts";
import { type LoginStage, setLoginStage } from "./login-stage.ts";

async function allowing(stage: LoginStage): Promise<readonly Start[]> {
  const daemon = await stage.daemon((peer) => {
    peer.send(welcome());
    peer.allow();
  });
  return daemon.starts;
}

const text = (start: Start | undefined, tag: number): string | undefined => start?.facts.get(tag)?.toString("utf8");

test("the command's words are joined by blanks and run by the user's shell", async (t) => {
  const stage = setLoginStage(t);
  await allowing(stage);
  const { stdout } = await stage.run(["echo", "a  b", "|", "tr", "a", "x"]);
  assert.equal(stdout, "x b\n");
  assert.match(
    (await stage.run(["echo", "$0"])).stdout,
    /^[^/-][^/]*\n$/,
    "argv[0] is the shell's name without a dash",
  );
});

test("its exit status and its death by a signal are passed on", async (t) => {
  const stage = setLoginStage(t);
  await allowing(stage);
  assert.equal((await stage.run(["exit", "7"])).end, 7);
  assert.equal((await stage.run(["kill", "-TERM", "$$"])).end, "SIGTERM");
});

test("SSH_ORIGINAL_COMMAND runs when the command line has none, even empty, and stays in the environment", async (t) => {
  const stage = setLoginStage(t);
  const starts = await allowing(stage);
  const original = { SSH_ORIGINAL_COMMAND: 'echo "$SSH_ORIGINAL_COMMAND" | tail -c 4' };
  assert.equal((await stage.run([], { env: original })).stdout, "c 4\n");
  assert.equal((await stage.run(["echo", "forced"], { env: original })).stdout, "forced\n");
  assert.deepEqual(await stage.run([], { env: { SSH_ORIGINAL_COMMAND: "" } }), { end: 0, stdout: "", stderr: "" });
  assert.deepEqual(
    starts.map((start) => text(start, 7)),
    [original.SSH_ORIGINAL_COMMAND, "echo forced", undefined],
  );
});

test("without a command the shell is a login shell that reads what stands behind the login", async (t) => {
  const stage = setLoginStage(t);
  await allowing(stage);
  const { end, stdout } = await stage.run([], { input: "echo shell $0\nexit 3\n" });
  assert.match(stdout, /^shell -[^/]+$/m);
  assert.equal(end, 3);
});

test("the environment is passed on as it is, but for DUO_PASSCODE", async (t) => {
  const stage = setLoginStage(t);
  const starts = await allowing(stage);
  const env = { DUO_PASSCODE: "123456", DUO_PASSCODES: "kept", LD_BIND_NOW: "1", A: "b c" };
  const { stdout } = await stage.run(["env", ";", "tr", "'\\0'", "'\\n'", "<", "/proc/$$/environ"], { env });
  assert.doesNotMatch(stdout, /123456|DUO_PASSCODE=/);
  for (const line of ["DUO_PASSCODES=kept", "LD_BIND_NOW=1", "A=b c"]) assert.ok(stdout.includes(line), line);
  assert.equal(text(starts[0], 10), "123456");
});

test("DUO_PASSCODE that cannot be sent refuses; an empty one counts as none", async (t) => {
  const stage = setLoginStage(t);
  const starts = await allowing(stage);
  const long = await stage.run(["echo", "in"], { env: { DUO_PASSCODE: "7".repeat(256) } });
  assert.deepEqual([long.end, long.stdout], [1, ""]);
  assert.match(long.stderr, /DUO_PASSCODE is longer than 255 bytes; unset it/);
  assert.equal((await stage.run(["echo", "in"], { env: { DUO_PASSCODE: "7".repeat(255) } })).end, 0);
  assert.equal((await stage.run(["echo", "in"], { env: { DUO_PASSCODE: "" } })).end, 0);
  assert.deepEqual(
    starts.map((start) => text(start, 10)?.length),
    [255, undefined],
  );
});

test("no descriptor and no signal setting of ours reaches the command", async (t) => {
  const stage = setLoginStage(t);
  await allowing(stage);
  const fds = await stage.run(["ls /proc/$$/fd; true"]);
  const open = fds.stdout.trim().split("\n").map(Number);
  // Shells keep files of their own at 10 and above.
  assert.deepEqual(
    open.filter((fd) => fd < 10),
    [0, 1, 2],
  );
  const { stdout } = await stage.run(["exec", "grep", "-E", "'^Sig(Blk|Ign):'", "/proc/self/status"]);
  assert.match(stdout, /^SigBlk:\t0+\nSigIgn:\t0+\n$/);
});

test("START says what was seen: the user, the service, the address, the mapped name", async (t) => {
  const stage = setLoginStage(t);
  const starts = await allowing(stage);
  const env = { SSH_CONNECTION: "203.0.113.5 50000 192.0.2.1 22" };
  await stage.run(["-f", "anna", "-h", "ignored.example", "true"], { env });
  await stage.run(["-h", "198.51.100.7", "true"]);
  await stage.run(["true"], { env: { SSH_CONNECTION: "" } });
  const [first, second, third] = starts;
  assert.deepEqual(
    [2, 3, 4, 7, 9].map((tag) => text(first, tag)),
    ["login_duogate", "203.0.113.5", undefined, "true", "anna"],
  );
  assert.deepEqual([text(second, 3), text(second, 9)], ["198.51.100.7", undefined]);
  assert.equal(text(third, 3), undefined);
  assert.equal(first?.facts.get(6)?.readUInt32BE(), process.getuid?.());
  assert.equal(first?.flags, 0x02, "nobody can be asked; errors are shown");
});

const bad: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["an unknown option", ["-x"], /no option -x/],
  ["an option without its value", ["-f"], /write a value behind -f/],
  ["-f twice", ["-f", "a", "-f", "b"], /-f is given twice/],
  ["an empty -f", ["-f", ""], /behind -f is empty/],
  ["a -f of 257 bytes", ["-f", "d".repeat(257)], /behind -f is empty, longer than 256 bytes/],
  ["login_duo's -c", ["-c", "/etc/duo/login_duo.conf"], /no configuration file; remove -c/],
  ["an unknown setting", ["-o", "sokcet=/x"], /"sokcet=\/x" is not known/],
  ["a setting twice", ["-o", "debug", "-o", "debug", "echo", "in"], /given twice/],
  ["-v", ["-v"], /^login_duogate \d+\.\d+\.\d+\n$/],
];
for (const [name, args, line] of bad) {
  test(`${name} runs nothing`, async (t) => {
    const stage = setLoginStage(t);
    const starts = await allowing(stage);
    const { end, stdout, stderr } = await stage.run(args);
    assert.deepEqual([end, stdout, starts.length], [1, "", 0]);
    assert.match(stderr, line);
  });
}
