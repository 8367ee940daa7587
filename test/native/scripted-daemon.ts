// A daemon that says what a test tells it to, right or wrong: one script per connection, over a real Unix socket.
// It keeps no protocol of its own: the order of frames is the script's. Used by test/native only.

import { chmodSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";

import { type Answer, parseAnswer, parseStart, type Start, takePayload, verdict, verdictCodes } from "./frames.ts";

/** One helper's connection, from the script's side. */
export interface Peer {
  readonly start: Start;
  /** Sends all in one write, so that the helper finds them together. */
  send(...frames: readonly Buffer[]): void;
  /** The next ANSWER; rejects when the helper hangs up first. */
  answer(): Promise<Answer>;
  allow(): void;
  end(): void;
  /** Resolves when the helper has hung up. */
  readonly gone: Promise<void>;
}

export type Script = (peer: Peer) => Promise<void> | void;

export interface ScriptedDaemon {
  /** Every START seen, in order. */
  readonly starts: readonly Start[];
  /** Stops listening, hangs up, and throws the first error of a script. */
  close(): Promise<void>;
}

/** Reads whole frames from a socket, one at a time. */
class FrameReader {
  #bytes = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake();
    });
    socket.on("close", () => {
      this.#ended = true;
      this.#wake();
    });
  }

  async next(): Promise<Buffer> {
    for (;;) {
      const taken = takePayload(this.#bytes);
      if (taken !== undefined) {
        this.#bytes = Buffer.from(taken.rest);
        return taken.payload;
      }
      if (this.#ended) {
        throw new Error("the helper hung up");
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

async function serve(socket: Socket, script: Script, starts: Start[]): Promise<void> {
  const reader = new FrameReader(socket);
  const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const start = parseStart(await reader.next());
  starts.push(start);
  await script({
    start,
    gone,
    send: (...frames) => void socket.write(Buffer.concat(frames)),
    answer: async () => parseAnswer(await reader.next()),
    allow: () => void socket.write(verdict(verdictCodes.allow, start.nonce)),
    end: () => void socket.end(),
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
}

/** Listens on `path` and runs `script` for each helper after its START. */
export async function startDaemon(path: string, script: Script): Promise<ScriptedDaemon> {
  const starts: Start[] = [];
  const sockets = new Set<Socket>();
  const failures: unknown[] = [];
  const running = new Set<Promise<void>>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // A helper that refuses a frame hangs up while bytes are under way: that is what these tests are about.
    socket.on("error", () => undefined);
    const run = serve(socket, script, starts).catch((failure: unknown) => void failures.push(failure));
    running.add(run);
  });
  await listen(server, path);
  // As pam.sock is: its owner's alone, whatever the umask.
  chmodSync(path, 0o600);
  return {
    starts,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
      await Promise.all(running);
      if (failures.length > 0) {
        throw failures[0];
      }
    },
  };
}
