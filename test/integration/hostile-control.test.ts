// root's commands against a daemon that was taken over: nothing that it writes reaches the terminal as a command, and nothing
// that it does keeps them reading, waiting or growing. A real socket; the commands as processes where their output matters.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, it, test } from "node:test";
import fc from "fast-check";
import { ANSWER_MAX_BYTES } from "../../src/cli/control/bounded-body.ts";
import { askDaemon } from "../../src/cli/control/control-client.ts";
import { followStream, LINE_MAX_BYTES } from "../../src/cli/control/control-stream.ts";
import { asDaemonStatus } from "../../src/cli/control/status-shape.ts";
import { statusText } from "../../src/cli/control/status-text.ts";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { displayText } from "../../src/core/display-text.ts";
import { dripping, endless, type HostileServer, hostileServer, httpAnswer } from "../support/hostile-server.ts";
import { repositoryFile } from "../support/repository.ts";

/** Clears the screen, sets the title, turns text around, and asks the terminal to type something. */
const ATTACK = "\u001b[2J\u001b]0;owned\u0007\u009b6n\u202e\u001b[5n\rduogate: all is well";
/** What a socket's buffers hold besides what is read. */
const BUFFERS = 4 * 1024 * 1024;

/** To write it again takes more stack than there is. */
const DEEP = 100_000;
const NO_TIMES = { count: 0 };
/** A status with nothing wrong in its shape. */
const WELL = {
  ...{ version: "0", uptimeSeconds: 1, problems: [], pendingLogins: 0, pushesOut: 0, rememberedDevices: 0 },
  ...{
    connections: [],
    latency: { login: NO_TIMES, processing: NO_TIMES, duo: NO_TIMES },
    decisions: {},
    lastDecisions: [],
  },
};

const COMMANDS: readonly (readonly string[])[] = [
  ["status"],
  ["status", "--json"],
  ["logins"],
  ["logins", "--json"],
  ["logins", "--follow"],
  ["reload"],
  ["trust", "revoke", "--all"],
];

async function run(server: HostileServer, args: readonly string[]) {
  const main = repositoryFile("dist/src/main.js");
  const child = spawn(process.execPath, [main, ...args, "--socket", server.path], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  return { code, out, err };
}

function expectHarmless(written: string): void {
  assert.equal(written, displayText(written, Number.MAX_SAFE_INTEGER), "a control reaches the terminal");
}

describe("an error of the daemon's", () => {
  for (const args of COMMANDS) {
    it(`is harmless text for ${args.join(" ")}`, async (t) => {
      const server = await hostileServer(t);
      server.serve((socket) => socket.end(httpAnswer(409, JSON.stringify({ error: ATTACK }))));
      const { code, out, err } = await run(server, args);
      assert.equal(code, EXIT.cannotRun);
      expectHarmless(out);
      expectHarmless(err);
      assert.match(err, /owned/, "the words are not shown at all");
    });
  }
});

describe("an answer of the daemon's", () => {
  const value = { revoked: ATTACK, decisions: [{ user: ATTACK }], [ATTACK]: [ATTACK] };
  for (const args of COMMANDS.filter((one) => !one.includes("--follow"))) {
    it(`is harmless text for ${args.join(" ")}`, async (t) => {
      const server = await hostileServer(t);
      server.serve((socket) => socket.end(httpAnswer(200, JSON.stringify(value))));
      const { out, err } = await run(server, args);
      expectHarmless(out);
      expectHarmless(err);
    });

    it(`has a depth for ${args.join(" ")}`, async (t) => {
      const server = await hostileServer(t);
      const deep = `${"[".repeat(DEEP)}${"]".repeat(DEEP)}`;
      const status = JSON.stringify(WELL).replace(/}$/, `,"more":${deep}}`);
      for (const answer of [deep, `{"decisions":${deep}}`, status]) {
        server.serve((socket) => socket.end(httpAnswer(200, answer)));
        const { code, out, err } = await run(server, args);
        assert.equal(code, EXIT.cannotRun);
        assert.equal(out, "");
        assert.match(err, /^duogate: the daemon's answer is not JSON, or too deep\n$/);
      }
    });

    it(`has an end for ${args.join(" ")}`, async (t) => {
      const server = await hostileServer(t);
      server.serve(endless("HTTP/1.1 200 OK\r\n\r\n", " ".repeat(65_536)));
      const { code, err } = await run(server, args);
      assert.equal(code, EXIT.cannotRun);
      assert.match(err, /longer than/);
      assert.ok(server.written() < ANSWER_MAX_BYTES + BUFFERS, `${server.written()} bytes were read`);
    });
  }
});

test("a stream's decisions are harmless text, and a line without an end ends it", async (t) => {
  const server = await hostileServer(t);
  const names = { at: ATTACK, transaction: ATTACK, user: ATTACK, service: ATTACK, verdict: ATTACK, reason: ATTACK };
  const lines = [{ notice: "live" }, { ...names, durationMs: 1 }, { ...names, durationMs: {} }, [ATTACK]];
  const start = `HTTP/1.1 200 OK\r\n\r\n${lines.map((line) => `${JSON.stringify(line)}\n`).join("")}`;
  server.serve(endless(start, "x".repeat(65_536)));
  const { code, out, err } = await run(server, ["logins", "--follow"]);
  assert.equal(code, EXIT.cannotRun);
  expectHarmless(out);
  expectHarmless(err);
  assert.equal(out.trim().split("\n").length, 1, "what is no decision is shown as one");
  assert.match(err, /a line longer than/);
  assert.ok(server.written() < LINE_MAX_BYTES + BUFFERS);
});

describe("asking the daemon ends in time", () => {
  const TIMEOUT_MS = 400;
  const behaviours: Readonly<Record<string, Parameters<HostileServer["serve"]>[0]>> = {
    "that says nothing": () => undefined,
    "that drips a header": dripping("HTTP/1.1 200 OK\r\nx: ", "y", 20),
    "that drips its answer": dripping("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", " ", 20),
    "that drips an error": dripping("HTTP/1.1 409 X\r\ncontent-length: 100000\r\n\r\n", " ", 20),
    "that never stops to promise": dripping("", "HTTP/1.1 100 Continue\r\n\r\n", 20),
    "with endless headers": endless("HTTP/1.1 200 OK\r\n", `x: ${"y".repeat(1000)}\r\n`),
    "with a header line without an end": endless("HTTP/1.1 200 OK\r\nx: ", "y".repeat(65_536)),
    "with chunks without an end": endless(
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
      "1\r\n \r\n".repeat(1000),
    ),
  };
  for (const [name, behaviour] of Object.entries(behaviours)) {
    it(`of one ${name}`, async (t) => {
      const server = await hostileServer(t);
      server.serve(behaviour);
      const answer = await askDaemon(server.path, "GET", "/status", undefined, TIMEOUT_MS);
      assert.ok(!answer.ok);
      const follow = name.includes("its answer") || name.includes("chunks");
      if (follow) return;
      const values: unknown[] = [];
      const stream = followStream(
        server.path,
        "/x",
        (one) => values.push(one),
        new AbortController().signal,
        TIMEOUT_MS,
      );
      assert.ok(!(await stream).ok);
      assert.deepEqual(values, []);
    });
  }
});

test("for any bytes the commands get a value or harmless words", async (t) => {
  const server = await hostileServer(t);
  const piece = fc.oneof(
    fc.constantFrom(
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 409 \u001b[2J\r\n",
      "content-length: 5\r\n",
      "\r\n",
      "\n",
      '{"error":"',
    ),
    fc.constantFrom(
      "transfer-encoding: chunked\r\n",
      "5\r\n",
      '"}',
      "\u001b]0;x\u0007",
      "\u009b31m",
      "null",
      "[".repeat(5000),
    ),
    fc.string({ unit: "binary" }),
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    fc.array(piece, { maxLength: 8 }).map((pieces) => Buffer.from(pieces.join(""))),
    fc.json().map((json) => Buffer.from(httpAnswer(200, json))),
    fc.string({ unit: "binary" }).map((error) => Buffer.from(httpAnswer(409, JSON.stringify({ error })))),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (answer) => {
      server.serve((socket) => socket.end(answer));
      const asked = await askDaemon(server.path, "GET", "/status");
      if (!asked.ok) assert.equal(asked.error, displayText(asked.error, 1e6));
      else {
        const status = asDaemonStatus(asked.value);
        if (status !== undefined) statusText(status);
      }
      const followed = await followStream(server.path, "/x", () => undefined, new AbortController().signal);
      if (!followed.ok) assert.equal(followed.error.words, displayText(followed.error.words, 1e6));
    }),
    { numRuns: 300 },
  );
});
