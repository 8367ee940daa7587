// One helper's connection as messages: bytes in through the frame decoder and the dialogue, messages out in the order and
// at the times that the protocol permits, KEEPALIVE in between. It owns the socket and ends it once.

import type { Socket } from "node:net";
import type { Clock, Timer } from "../core/clock.ts";
import { encodeFrame, FrameDecoder } from "../wire/frame.ts";
import { type DaemonMessage, decodeHelperMessage, encodeDaemonMessage, type HelperMessage } from "../wire/messages.ts";
import { Dialogue } from "./dialogue.ts";

/** PROTOCOL: section 5. */
const KEEPALIVE_MS = 5000;

export interface ChannelEvents {
  message(message: HelperMessage): void;
  /** What the helper sent breaks the protocol; the connection is closed. `code` names the rule. */
  violation(code: string): void;
  /** The helper has gone, or the connection was closed. Comes exactly once, last. */
  closed(): void;
}

export class Channel {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #events: ChannelEvents;
  readonly #decoder = new FrameDecoder();
  readonly #dialogue = new Dialogue();
  #keepalive: Timer | undefined;

  /** The caller has attached an error listener to the socket already. */
  constructor(socket: Socket, clock: Clock, events: ChannelEvents) {
    this.#socket = socket;
    this.#clock = clock;
    this.#events = events;
    socket.on("data", (bytes) => this.#take(bytes));
    socket.once("end", () => socket.destroy());
    socket.once("close", () => this.#closed());
  }

  /** True while the helper is waiting for the user and must not be sent anything. */
  get prompting(): boolean {
    return this.#dialogue.state === "prompting";
  }

  /** Sends a message if it is permitted now; false when it was not sent. VERDICT also ends the connection. */
  send(message: DaemonMessage): boolean {
    if (!this.#dialogue.sending(message.kind)) return false;
    const frame = encodeFrame(encodeDaemonMessage(message));
    // Closed once the kernel has the verdict: a helper that hangs must not keep the transaction open.
    if (message.kind === "verdict") this.#socket.end(frame, () => this.#socket.destroy());
    else this.#socket.write(frame);
    this.#keepWaking(message.kind !== "verdict" && message.kind !== "prompt");
    return true;
  }

  /** Closes without a verdict: the helper denies. */
  destroy(): void {
    this.#dialogue.end();
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    const { payloads, failure } = this.#decoder.push(bytes);
    // The bytes may hold a passcode.
    bytes.fill(0);
    for (const payload of payloads) this.#receive(payload);
    if (failure !== undefined) this.#violation(failure.code);
  }

  #receive(payload: Buffer): void {
    const message = decodeHelperMessage(payload);
    payload.fill(0);
    if (this.#dialogue.state === "ended") return;
    if (!message.ok) this.#violation(message.error.code);
    else if (!this.#dialogue.received(message.value.kind)) this.#violation("out-of-turn");
    else {
      this.#keepWaking(true);
      this.#events.message(message.value);
    }
  }

  #violation(code: string): void {
    if (this.#socket.destroyed) return;
    this.#events.violation(code);
    this.destroy();
  }

  #closed(): void {
    this.#dialogue.end();
    this.#keepWaking(false);
    this.#decoder.wipe();
    this.#events.closed();
  }

  #keepWaking(on: boolean): void {
    this.#keepalive?.cancel();
    this.#keepalive = on ? this.#clock.after(KEEPALIVE_MS, () => void this.send({ kind: "keepalive" })) : undefined;
  }
}
