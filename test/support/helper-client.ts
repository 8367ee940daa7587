// A helper that says what a test tells it to: the other end of pam.sock and login.sock, for what the real module is too
// well-behaved to do. It keeps no order of messages by itself. Bytes come from src/wire, whose vectors hold it to the text.

import { connect, type Socket } from "node:net";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";
import {
  type DaemonMessage,
  decodeDaemonMessage,
  encodeHelperMessage,
  type HelperMessage,
  type Start,
} from "../../src/wire/messages.ts";
import type { StartFacts } from "../../src/wire/start-facts.ts";

/** A START that the daemon takes; `facts` and the rest replace what is given. */
export function start(facts: Partial<StartFacts> = {}, rest: Partial<Omit<Start, "facts" | "kind">> = {}): Start {
  const usual = { user: "alice", service: "login", caller: process.getuid?.() ?? 0, budget: 60_000 };
  return {
    kind: "start",
    version: 1,
    interactive: true,
    showsMessages: true,
    unattended: false,
    again: false,
    nonce: Buffer.alloc(16, 7),
    ...rest,
    facts: { ...usual, ...facts },
  };
}

/** The bytes of a message as they go over the socket. */
export function frameOf(message: HelperMessage): Buffer {
  return encodeFrame(encodeHelperMessage(message));
}

export class HelperClient {
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  readonly #queue: DaemonMessage[] = [];
  #wake: () => void = () => undefined;
  #ended = false;
  /** Resolves when the daemon has hung up, or the connection is broken. */
  readonly closed: Promise<void>;

  constructor(socket: Socket) {
    this.#socket = socket;
    // A daemon that closes while bytes are under way resets the connection; that is its right.
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => this.#take(bytes));
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#ended = true;
        this.#wake();
        resolve();
      });
    });
  }

  /** Rejects when the socket cannot be connected to. */
  static connect(path: string): Promise<HelperClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once("error", reject);
      socket.once("connect", () => resolve(new HelperClient(socket)));
    });
  }

  send(...messages: readonly HelperMessage[]): void {
    this.sendBytes(Buffer.concat(messages.map(frameOf)));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  answer(text: string): void {
    this.send({ kind: "answer", given: true, text });
  }

  /** The next message but KEEPALIVE, or undefined when the daemon has hung up. */
  async next(): Promise<DaemonMessage | undefined> {
    for (;;) {
      const message = this.#queue.shift();
      if (message !== undefined && message.kind !== "keepalive") return message;
      if (message !== undefined) continue;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The next message of that kind, with what came before it dropped. Rejects when the daemon hangs up first. */
  async nextOf<Kind extends DaemonMessage["kind"]>(kind: Kind): Promise<Extract<DaemonMessage, { kind: Kind }>> {
    const wanted = (message: DaemonMessage): message is Extract<DaemonMessage, { kind: Kind }> => message.kind === kind;
    const dropped: string[] = [];
    for (;;) {
      const message = await this.next();
      if (message === undefined) throw new Error(`the daemon hung up before ${kind}, after: ${dropped.join("; ")}`);
      if (wanted(message)) return message;
      dropped.push("text" in message ? `${message.kind} ${JSON.stringify(message.text)}` : message.kind);
    }
  }

  /** Everything up to the daemon's hanging up. */
  async rest(): Promise<readonly DaemonMessage[]> {
    const messages: DaemonMessage[] = [];
    for (let message = await this.next(); message !== undefined; message = await this.next()) messages.push(message);
    return messages;
  }

  /** Says no more; `closed` tells when the daemon has hung up as well. */
  finish(): void {
    this.#socket.end();
  }

  /** Leaves at once, as a process that is killed does. */
  leave(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    const { payloads, failure } = this.#decoder.push(bytes);
    if (failure !== undefined) throw new Error(`the daemon sent a broken frame: ${failure.code}`);
    for (const payload of payloads) {
      const message = decodeDaemonMessage(payload);
      if (!message.ok) throw new Error(`the daemon sent a broken message: ${message.error.code}`);
      this.#queue.push(message.value);
    }
    this.#wake();
  }
}
