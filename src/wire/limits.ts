// Numbers of the socket protocol (docs/PROTOCOL.md). native/src/wire.h holds the same ones, and a test compares them.

export const PROTOCOL_VERSION = 1;
export const FRAME_MAX = 4096;
export const NONCE_BYTES = 16;
export const ANSWER_MAX = 512;
export const DISPLAY_MAX = 2048;
export const TRANSACTION_MAX = 64;
/** INFO and ERROR together since WELCOME or the last PROMPT: older sshd aborts at its 33rd message. */
export const MESSAGES_BETWEEN_PROMPTS = 20;

export const MESSAGE_TYPE = {
  start: 0x01,
  answer: 0x02,
  welcome: 0x80,
  info: 0x81,
  error: 0x82,
  prompt: 0x83,
  keepalive: 0x84,
  verdict: 0x85,
} as const;

export const FLAG_INTERACTIVE = 0x01;
export const FLAG_SHOWS_MESSAGES = 0x02;
export const FLAG_UNATTENDED = 0x04;
export const FLAG_AGAIN = 0x08;

export const VERDICT_CODE = {
  allow: 0x2d9b6e53,
  deny: 0x91c4a7f8,
  "max-tries": 0x78a5e41f,
  unavailable: 0xb3691dc6,
  aborted: 0x4ef25ba1,
  misconfigured: 0xe6173b8c,
} as const;

export const FACT = {
  user: { tag: 1, min: 1, max: 256 },
  service: { tag: 2, min: 1, max: 64 },
  rhost: { tag: 3, min: 0, max: 255 },
  tty: { tag: 4, min: 0, max: 128 },
  ruser: { tag: 5, min: 0, max: 256 },
  caller: { tag: 6, min: 4, max: 4 },
  command: { tag: 7, min: 0, max: 1024 },
  budget: { tag: 8, min: 4, max: 4 },
  duoUser: { tag: 9, min: 1, max: 256 },
  factor: { tag: 10, min: 1, max: 255 },
} as const;

export interface WireFailure {
  readonly code:
    | "empty"
    | "oversized"
    | "unknown-type"
    | "short-field"
    | "trailing-bytes"
    | "bad-text"
    | "bad-length"
    | "bad-value"
    | "duplicate-fact"
    | "missing-fact";
}
