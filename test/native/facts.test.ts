// What START carries (PROTOCOL section 2), what is cut and mended on the way, and user names that end the login before START.

import assert from "node:assert/strict";
import { test } from "node:test";

import { prompt, type Start, verdict, verdictCodes, welcome } from "./frames.ts";
import { pam, type Run, setStage } from "./stage.ts";

async function startOf(t: Parameters<typeof setStage>[0], ...args: string[]): Promise<{ start: Start; run: Run }> {
  const stage = setStage(t);
  const daemon = await stage.daemon((peer) => {
    peer.send(welcome());
    peer.allow();
  });
  const run = await stage.run(...args);
  const [start] = daemon.starts;
  assert.ok(start !== undefined, run.lines.join("\n"));
  return { start, run };
}

const shown = (start: Start): Record<string, string> =>
  Object.fromEntries([...start.facts].map(([tag, value]) => [tag, value.toString("utf8")]));

test("the facts of a login", async (t) => {
  const { start, run } = await startOf(t, "--rhost", "203.0.113.5", "--tty", "ssh", "--ruser", "bob");
  assert.equal(start.version, 1);
  assert.equal(start.flags, 3);
  const caller = Buffer.alloc(4);
  caller.writeUInt32BE(process.getuid?.() ?? 0);
  const budget = Buffer.alloc(4);
  budget.writeUInt32BE(115_000);
  assert.deepEqual(shown(start), {
    1: "alice",
    2: "test",
    3: "203.0.113.5",
    4: "ssh",
    5: "bob",
    6: caller.toString("utf8"),
    8: budget.toString("utf8"),
  });
  assert.deepEqual([...start.facts.keys()], [1, 2, 3, 4, 5, 6, 8], "in the order of the tags");
  assert.deepEqual(run.results, [pam.success]);
});

test("unknown facts are not sent, and SUDO_COMMAND only for sudo", async (t) => {
  assert.deepEqual([...(await startOf(t)).start.facts.keys()], [1, 2, 6, 8]);
  const sudo = (await startOf(t, "--service", "sudo")).start;
  assert.equal(sudo.facts.get(7)?.toString(), "/usr/bin/id -u");
});

test("the flags say what the application can do", async (t) => {
  assert.equal((await startOf(t)).start.flags, 3);
  assert.equal((await startOf(t, "--silent")).start.flags, 3, "PAM_SILENT changes nothing: sudo always sets it");
  assert.equal((await startOf(t, "--no-conversation")).start.flags, 0);
});

test("a call after a refused one says so, also in a second line of the stack, and no other does", async (t) => {
  const flagsOf = async (lines: readonly string[], said: "deny" | "allow", ...args: readonly string[]) => {
    const stage = setStage(t);
    stage.stack(...lines);
    const daemon = await stage.daemon((peer) => {
      peer.send(welcome());
      peer.send(verdict(verdictCodes[said], peer.start.nonce));
    });
    await stage.run(...args);
    return daemon.starts.map(({ flags }) => flags);
  };
  const line = "auth required @";
  assert.deepEqual(await flagsOf([line, line], "deny"), [3, 11]);
  assert.deepEqual(await flagsOf([line, line], "allow"), [3, 3]);
  assert.deepEqual(await flagsOf([line], "deny", "--repeat", "3"), [3, 11, 11]);
  assert.deepEqual(await flagsOf([line], "allow", "--repeat", "3"), [3, 3, 3]);
});

// As sudo-rs calls PAM for `sudo -n`: messages are taken, prompts fail. Its own environment has no SUDO_COMMAND.
test("sudo -n of a sudo that calls PAM all the same is unattended", async (t) => {
  const flagsOf = async (unset: string, option: string, service: string) => {
    const stage = setStage(t);
    const daemon = await stage.daemon((peer) => {
      peer.send(welcome());
      peer.allow();
    });
    const shell = `program=$1; shift; ${unset}; exec "$program" ${option} "$@"`;
    await stage.runUnder(["sh", "-c", shell, "sh"], "--service", service);
    return daemon.starts[0]?.flags;
  };
  assert.equal(await flagsOf("unset SUDO_COMMAND", "-n", "sudo"), 4);
  assert.equal(await flagsOf("unset SUDO_COMMAND", "--non-interactive", "sudo"), 4);
  assert.equal(await flagsOf("unset SUDO_COMMAND", "", "sudo"), 3, "without -n");
  assert.equal(await flagsOf(":", "-n", "sudo"), 3, "sudo calls PAM for -n only where sudoers says so");
  assert.equal(await flagsOf("unset SUDO_COMMAND", "-n", "test"), 3, "other services have options of their own");
});

test("nonces differ", async (t) => {
  const first = (await startOf(t)).start.nonce;
  const second = (await startOf(t)).start.nonce;
  assert.notDeepEqual(first, second);
  assert.notDeepEqual(first, Buffer.alloc(16));
});

test("shown facts are cut at a character, and what is not UTF-8 becomes a question mark", async (t) => {
  const { start } = await startOf(
    t,
    "--rhost",
    `${"h".repeat(254)}éé`,
    "--tty",
    "t".repeat(500),
    "--ruser",
    "é\u20ac😀",
  );
  assert.equal(start.facts.get(3)?.toString(), "h".repeat(254));
  assert.equal(start.facts.get(4)?.toString(), "t".repeat(128));
  assert.equal(start.facts.get(5)?.toString(), "é\u20ac😀");
});

const names: readonly (readonly [string, string, number])[] = [
  ["256 bytes", "u".repeat(256), pam.success],
  ["257 bytes", "u".repeat(257), pam.userUnknown],
  ["no bytes", "", pam.userUnknown],
  ["UTF-8", "zoë", pam.success],
];

for (const [name, user, code] of names) {
  test(`a user name of ${name} gives ${code}`, async (t) => {
    const stage = setStage(t);
    stage.stack("auth required @ failmode=safe");
    const daemon = await stage.daemon((peer) => {
      peer.send(welcome());
      peer.allow();
    });
    const run = await stage.run("--user", user);
    assert.deepEqual(run.results, [code]);
    assert.equal(daemon.starts.length, code === pam.success ? 1 : 0);
    assert.equal(run.logs.length, code === pam.success ? 0 : 1);
  });
}

test("a user name that is not UTF-8 is refused and logged escaped", async (t) => {
  const stage = setStage(t);
  stage.stack("auth required @ failmode=safe");
  // Node cannot pass such an argument: a shell makes it.
  const shell = ["sh", "-c", `p=$1; shift; exec "$p" "$@" --user "$(printf 'caf\\351\\033[2J')"`, "sh"];
  const run = await stage.runUnder(shell);
  assert.deepEqual(run.results, [pam.userUnknown]);
  assert.match(run.logs.join(), /not UTF-8: "caf\\x5cxe9\\x5cx1b\[2J"/);
});

test("a user name that changes during the login denies an allow", async (t) => {
  for (const [become, code] of [
    ["root", pam.authErr],
    ["alicia", pam.authErr],
    ["alice2", pam.authErr],
    ["Alice", pam.authErr],
    ["alice", pam.success],
  ] as const) {
    const stage = setStage(t);
    const daemon = await stage.daemon(async (peer) => {
      peer.send(welcome(), prompt("?"));
      await peer.answer();
      peer.allow();
    });
    const run = await stage.run("--answer", "1", "--become", become);
    assert.deepEqual(run.results, [code]);
    assert.equal(daemon.starts[0]?.facts.get(1)?.toString(), "alice");
    assert.equal(run.logs.length, code === pam.success ? 0 : 1);
  }
});
