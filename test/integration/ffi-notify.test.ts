// What systemd would receive, taken from a real datagram socket that a C program reads.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { createNotifier, type Environment, type Notifier } from "../../src/ffi/notify.ts";
import { compile, privateFolder } from "../unit/ffi/compile.ts";
import { libcForTest } from "../unit/ffi/handle.ts";

const libc = libcForTest();

test("each message arrives as systemd expects it, over a path and over an abstract name", async (t) => {
  const program = compile(t, "ffi-datagram-receiver");
  for (const name of [join(privateFolder(t), "notify"), `@duogate-test-${process.pid}`]) {
    const receiver = await receive(t, program, name, 6);
    const notifier = create({ NOTIFY_SOCKET: name });
    assert.equal(notifier.enabled, true);
    const before = process.hrtime.bigint() / 1000n;
    for (const sent of [
      notifier.ready("serving"),
      notifier.ready(),
      notifier.reloading(),
      notifier.status("two\nlines\u007f\u0000"),
      notifier.watchdog(),
      notifier.stopping(),
    ]) {
      assert.deepEqual(sent, { ok: true, value: undefined });
    }
    const [ready, plain, reloading = "", ...rest] = await receiver.messages;
    assert.equal(ready, "READY=1\nSTATUS=serving\n");
    assert.equal(plain, "READY=1\n");
    const at = /^RELOADING=1\nMONOTONIC_USEC=([0-9]+)\n$/.exec(reloading);
    assert.ok(at !== null && BigInt(at[1] ?? "") >= before, reloading);
    assert.ok(BigInt(at[1] ?? "") <= process.hrtime.bigint() / 1000n);
    assert.deepEqual(rest, ["STATUS=two lines  \n", "WATCHDOG=1\n", "STOPPING=1\n"]);
  }
});

test("without a service manager every message is a success that does nothing", () => {
  const notifier = create({});
  assert.equal(notifier.enabled, false);
  assert.equal(notifier.watchdogIntervalMs, undefined);
  for (const sent of [notifier.ready(), notifier.reloading(), notifier.stopping(), notifier.watchdog()]) {
    assert.equal(sent.ok, true);
  }
});

test("a service manager that is gone is a failure with the kernel's reason", (t) => {
  const sent = create({ NOTIFY_SOCKET: join(privateFolder(t), "absent") }).ready();
  assert.ok(!sent.ok);
  assert.deepEqual([sent.error.call, sent.error.errnoName], ["sendto", "ENOENT"]);
});

test("the watchdog is for us only when WATCHDOG_PID says so or is absent", () => {
  assert.equal(create({ WATCHDOG_USEC: "30000000" }).watchdogIntervalMs, 30_000);
  assert.equal(create({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "4711" }, 4711).watchdogIntervalMs, 30_000);
  assert.equal(create({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "4712" }, 4711).watchdogIntervalMs, undefined);
});

test("variables that make no sense are refused by name", () => {
  const long = `/${"a".repeat(107)}`;
  const cases: readonly (readonly [Environment, string])[] = [
    [{ NOTIFY_SOCKET: "" }, "NOTIFY_SOCKET"],
    [{ NOTIFY_SOCKET: "/" }, "NOTIFY_SOCKET"],
    [{ NOTIFY_SOCKET: "@" }, "NOTIFY_SOCKET"],
    [{ NOTIFY_SOCKET: "run/notify" }, "NOTIFY_SOCKET"],
    [{ NOTIFY_SOCKET: "vsock:2:1234" }, "NOTIFY_SOCKET"],
    [{ NOTIFY_SOCKET: long }, "NOTIFY_SOCKET"],
    [{ WATCHDOG_USEC: "0" }, "WATCHDOG_USEC"],
    [{ WATCHDOG_USEC: "-5" }, "WATCHDOG_USEC"],
    [{ WATCHDOG_USEC: "1", WATCHDOG_PID: "x" }, "WATCHDOG_PID"],
  ];
  for (const [env, variable] of cases) {
    assert.deepEqual(createNotifier(libc, env), { ok: false, error: { code: "bad-variable", variable } });
  }
  assert.equal(createNotifier(libc, { NOTIFY_SOCKET: long.slice(0, -1) }).ok, true);
});

function create(env: Environment, pid?: number): Notifier {
  const notifier = createNotifier(libc, env, pid);
  if (!notifier.ok) throw new Error(JSON.stringify(notifier.error));
  return notifier.value;
}

/** Starts the receiver and waits until its socket is bound. */
async function receive(
  t: TestContext,
  program: string,
  name: string,
  count: number,
): Promise<{ readonly messages: Promise<readonly string[]> }> {
  const child = spawn(program, [name, String(count)], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, "bound");
  const collect = async (): Promise<readonly string[]> => {
    const messages: string[] = [];
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      messages.push(Buffer.from(line.value, "hex").toString());
    }
    return messages;
  };
  return { messages: collect() };
}
