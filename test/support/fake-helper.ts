// A helper at the other end of a connection that is no socket: it says messages or raw bytes and hears what the daemon
// sends. Used by the tests of gateway/.

import type { Socket } from "node:net";
import { type Duplex, duplexPair } from "node:stream";
import { encodeFrame, FrameDecoder } from "../../src/wire/frame.ts";
import {
  type DaemonMessage,
  decodeDaemonMessage,
  encodeHelperMessage,
  type HelperMessage,
  type Start,
} from "../../src/wire/messages.ts";
import type { StartFacts } from "../../src/wire/start-facts.ts";
import { turn } from "./fake-clock.ts";

export const NONCE = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");

export function start(facts: Partial<StartFacts> = {}, change: Partial<Start> = {}): Start {
  const all = { user: "alice", service: "login", caller: 1000, budget: 115_000, ...facts };
  const base = {
    kind: "start",
    version: 1,
    interactive: true,
    showsMessages: true,
    unattended: false,
    again: false,
    nonce: NONCE,
  } as const;
  return { ...base, facts: all, ...change };
}

export class FakeHelper {
  /** The daemon's end. */
  readonly socket: Socket;
  readonly heard: DaemonMessage[] = [];
  readonly #end: Duplex;
  readonly #decoder = new FrameDecoder();

  constructor(onHeard: (message: DaemonMessage) => void = () => {}) {
    const [daemon, helper] = duplexPair();
    this.#end = helper;
    // The gateway uses of a socket what every duplex stream has.
    this.socket = daemon as Socket;
    helper.on("error", () => {});
    daemon.on("error", () => {});
    helper.on("data", (bytes: Buffer) => {
      const { payloads, failure } = this.#decoder.push(bytes);
      if (failure !== undefined) throw new Error(`the daemon sent a bad frame: ${failure.code}`);
      for (const payload of payloads) {
        const message = decodeDaemonMessage(payload);
        if (!message.ok) throw new Error(`the daemon sent a bad message: ${message.error.code}`);
        this.heard.push(message.value);
        onHeard(message.value);
      }
    });
  }

  async say(...messages: readonly HelperMessage[]): Promise<void> {
    await this.sayBytes(Buffer.concat(messages.map((message) => encodeFrame(encodeHelperMessage(message)))));
  }

  async answer(text: string): Promise<void> {
    await this.say({ kind: "answer", given: true, text });
  }

  async sayBytes(bytes: Buffer): Promise<void> {
    // A copy, as the kernel makes one: the channel wipes what it has read.
    this.#end.write(Buffer.from(bytes));
    await turn();
  }

  /** Closes the connection, as a helper that is killed does. */
  async leave(): Promise<void> {
    this.#end.end();
    await turn();
  }

  get kinds(): readonly DaemonMessage["kind"][] {
    return this.heard.map(({ kind }) => kind);
  }

  /** The last word, if the daemon has given it. */
  get verdict(): string | undefined {
    const last = this.heard.at(-1);
    return last?.kind === "verdict" ? last.verdict : undefined;
  }

  get closed(): boolean {
    return this.socket.destroyed;
  }
}
