// The benchmark as CI starts it, and the relay that it measures through. What is asserted is the shape of the report and what
// must hold on any machine however slow: that nothing is faster than the delay. Times are not asserted.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { aimOf, meetsAim, summarise } from "../bench/figure.ts";
import type { Report } from "../bench/report.ts";
import { startRelay } from "../support/relay.ts";
import { repositoryFile } from "../support/repository.ts";

const ROUND_TRIP_MS = 10;

/** A benchmark that does not end is a failure, and must not hold the suite up. */
const LIMIT = { timeout: 90_000 } as const;

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

async function bench(t: TestContext, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), "dg-bench-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const child = spawn(process.execPath, [repositoryFile("dist/test/bench/main.js"), ...args], {
    env: { PATH: process.env["PATH"], TMPDIR: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes: Buffer) => {
      text += bytes.toString();
    });
  }
  const [code]: (number | null)[] = await once(child, "close");
  assert.deepEqual(readdirSync(folder), [], "temporary files are left");
  return { code: code ?? null, text };
}

test("a quick run prints its table and writes every figure with its samples", LIMIT, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dg-bench-json-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const json = join(folder, "bench.json");
  const args = ["--quick", "--rtt", String(ROUND_TRIP_MS), "--count", "2", "--json", json];
  const { code, text } = await bench(t, args);
  assert.equal(code, 0, text);
  const report: Report = JSON.parse(readFileSync(json, "utf8"));
  assert.equal(report.format, 1);
  assert.deepEqual(report.settings, { roundTripMs: ROUND_TRIP_MS, count: 2, quick: true });
  assert.deepEqual(
    report.figures.map(({ id }) => id),
    [
      "control-bare-request",
      "warm-push-at-duo",
      "warm-approval-to-verdict",
      "warm-passcode-login",
      "rested-push-at-duo",
      "rested-passcode-login",
      "cold-push-at-duo",
      "cold-approval-to-verdict",
      "cold-passcode-login",
      "instructions-in-login-process",
      "parallel-permit",
      "parallel-pam-duo",
      "parallel-duogate",
      "memory-per-pending-login",
      "alone-passcode-login",
      "beside-pending-passcode-login",
      "added-by-pending-p99",
    ],
  );
  assert.ok(report.relay.hopCostMs >= 0 && (report.relay.latenessMs?.n ?? 0) > 0);
  // What the relay holds bytes back for, whatever the machine does: its own cost was measured once and taken off, and can be less
  // at another moment.
  const delayMs = ROUND_TRIP_MS - report.relay.hopCostMs;
  const least: Readonly<Record<string, number>> = {
    "control-bare-request": 1,
    "warm-push-at-duo": 1.5,
    "warm-approval-to-verdict": 0.5,
    "warm-passcode-login": 2,
  };
  for (const figure of report.figures) {
    assert.ok(text.includes(figure.title), `${figure.title} in:\n${text}`);
    if (figure.kind === "not-measured") {
      assert.match(figure.reason, /--quick|is not installed|descriptors/);
      continue;
    }
    assert.equal(figure.samples.length, figure.n);
    // What pending logins add can be nothing.
    const positive = figure.min > 0 || figure.id === "added-by-pending-p99";
    assert.ok(positive && figure.min <= figure.median && figure.median <= figure.p95 && figure.p95 <= figure.max);
    // A stamp passes a pipe, so half a millisecond may be missing at the beginning of a login.
    assert.ok(
      figure.min >= (least[figure.id] ?? 0) * delayMs - 0.5,
      `${figure.id} is faster than its way allows: ${figure.min} ms, with ${delayMs} ms of delay`,
    );
  }
});

test("without valgrind its row says so, and the others are measured", LIMIT, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "dg-bench-bin-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const json = join(folder, "bench.json");
  const { code, text } = await bench(t, ["--quick", "--rtt", "2", "--count", "1", "--json", json], {
    PATH: onlyProgram(folder, "openssl"),
  });
  assert.equal(code, 0, text);
  assert.match(text, /instructions in the login process, passcode login +not measured: valgrind is not installed/);
});

test("a wrong command line is refused with the remedy", LIMIT, async (t) => {
  const { code, text } = await bench(t, ["--rtt", "0"]);
  assert.equal(code, 2);
  assert.match(text, /Write a number from 1 to 1000/);
});

test(
  "the relay delays a connection's first bytes by a connect and all by half a round trip, and keeps their order",
  LIMIT,
  async (t) => {
    const { server, port } = await echoServer(t);
    const relay = await startRelay({ targetPort: port, roundTripMs: ROUND_TRIP_MS });
    t.after(() => relay.close());
    const socket = connect({ port: relay.port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    const connectedAt = performance.now();
    socket.write("a");
    assert.equal(await received(socket, 1), "a");
    // The relay's clock began at its accept, which can be a moment before our connect.
    assert.ok(
      performance.now() - connectedAt >= 2 * ROUND_TRIP_MS - 2,
      "the first answer came before connect and one exchange",
    );
    const askedAt = performance.now();
    for (const letter of "bcdefg") socket.write(letter);
    assert.equal(await received(socket, 6), "bcdefg");
    assert.ok(performance.now() - askedAt >= ROUND_TRIP_MS, "an answer came before its round trip");
    assert.ok((await relay.takeLateness()).length >= 4);
    socket.end();
    await once(socket, "close");
    server.close();
  },
);

test("the relay passes a refusal on, and closes with connections open", LIMIT, async (t) => {
  const { server, port } = await echoServer(t);
  server.close();
  await once(server, "close");
  const refused = await startRelay({ targetPort: port, roundTripMs: 1 });
  const socket = connect({ port: refused.port, host: "127.0.0.1" });
  const [error]: NodeJS.ErrnoException[] = await once(socket, "error");
  assert.equal(error?.code, "ECONNRESET");
  await refused.close();
  const again = await echoServer(t);
  const relay = await startRelay({ targetPort: again.port, roundTripMs: 1000 });
  const waiting = connect({ port: relay.port, host: "127.0.0.1" });
  waiting.on("error", () => undefined);
  await once(waiting, "connect");
  waiting.write("never answered");
  const closed = new Promise((resolve) => waiting.once("close", resolve));
  await relay.close();
  await closed;
});

test("median and p95 by nearest rank, and an aim is about the median", () => {
  const samples = Array.from({ length: 20 }, (_, i) => 20 - i);
  assert.deepEqual(summarise(samples), { n: 20, median: 10, p95: 19, p99: 20, min: 1, max: 20 });
  assert.deepEqual(summarise([7]), { n: 1, median: 7, p95: 7, p99: 7, min: 7, max: 7 });
  assert.throws(() => summarise([]), RangeError);
  const aim = aimOf(1.5, 3, 4);
  assert.deepEqual(aim, { words: "1.5 R + 3 ms", limit: 9 });
  const figure = { kind: "measured", id: "x", title: "x", unit: "ms", aim } as const;
  assert.equal(meetsAim({ ...figure, samples: [1, 9, 100] }), true);
  assert.equal(meetsAim({ ...figure, samples: [1, 9.1, 9.1] }), false);
  const least = { ...figure, aim: { words: "9", limit: 9, atLeast: true } };
  assert.equal(meetsAim({ ...least, samples: [9, 9, 1] }), true);
  assert.equal(meetsAim({ ...least, samples: [8.9, 8.9, 100] }), false);
});

/** A folder for PATH in which nothing can be found but this program. */
function onlyProgram(folder: string, name: string): string {
  const place = (process.env["PATH"] ?? "").split(":").find((one) => existsSync(join(one, name)));
  assert.ok(place !== undefined, `${name} is not installed`);
  symlinkSync(join(place, name), join(folder, name));
  return folder;
}

async function echoServer(t: TestContext): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => undefined);
    socket.pipe(socket);
    t.after(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

async function received(socket: ReturnType<typeof connect>, length: number): Promise<string> {
  let text = "";
  while (text.length < length) {
    const [bytes]: Buffer[] = await once(socket, "data");
    text += bytes?.toString() ?? "";
  }
  return text;
}
