// Owns the C side of a PAM conversation: reads libpam's array of messages, and builds the array of answers that libpam
// will free. Must not know where answers come from. Used by pam-transaction.ts.

import { allocate, createCallback, type NativeBlock } from "./block.ts";
import { LAYOUT, WIDTH } from "./layout.ts";
import { type Libc, readBytes, readString } from "./libc.ts";
import type { PamMessage } from "./pam-channel.ts";
import { PAM_CODE, PAM_LIMIT, pamStyleName } from "./pam-codes.ts";

/** Blocks until the answers are there, one for each prompt in order. Undefined fails the conversation. */
export type Ask = (messages: readonly PamMessage[]) => readonly Buffer[] | undefined;

/** A pam_conv, and behind it the function pointer that libpam calls. */
export interface Conversation {
  readonly conv: NativeBlock;
  /** To be called after pam_end. Until then it keeps the function pointer from being collected. */
  close(): void;
}

const { pam_message, pam_response, pam_conv } = LAYOUT;
const MAX_TEXT_BYTES = 65_536;

/** Source: pam_conv(3). Linux-PAM's array of messages is an array of pointers. */
export function createConversation(libc: Libc, ask: Ask): Conversation {
  const callback = createCallback((count, messages = 0, responses = 0) => {
    try {
      return converse(libc, ask, count, messages, responses);
    } catch {
      // An exception must not cross libpam. The module sees a failed conversation and refuses.
      return PAM_CODE.PAM_CONV_ERR;
    }
  });
  const conv = allocate(pam_conv.size);
  conv.bytes.writeBigUInt64LE(BigInt(callback.address), pam_conv.conv);
  const held = [callback];
  return {
    conv,
    close() {
      conv.bytes.fill(0);
      held.length = 0;
    },
  };
}

function converse(libc: Libc, ask: Ask, count: number, messages: number, responses: number): number {
  if (count < 1 || count > PAM_LIMIT.messages || messages === 0 || responses === 0) return PAM_CODE.PAM_CONV_ERR;
  const read = readMessages(libc, messages, count);
  const answers = read === undefined ? undefined : ask(read);
  if (read === undefined || answers === undefined) return PAM_CODE.PAM_CONV_ERR;
  try {
    const array = buildResponses(libc, read, answers);
    if (array === 0) return PAM_CODE.PAM_CONV_ERR;
    const pointer = allocate(WIDTH.pointer);
    pointer.bytes.writeBigUInt64LE(BigInt(array));
    libc.memcpy.call(responses, pointer, WIDTH.pointer);
    return PAM_CODE.PAM_SUCCESS;
  } finally {
    for (const answer of answers) answer.fill(0);
  }
}

/** Undefined for a style that duogate does not speak, and for text without an end. */
function readMessages(libc: Libc, address: number, count: number): readonly PamMessage[] | undefined {
  const pointers = readBytes(libc, address, count * WIDTH.pointer);
  const messages: PamMessage[] = [];
  for (let i = 0; i < count; i++) {
    const struct = readBytes(libc, Number(pointers.readBigUInt64LE(i * WIDTH.pointer)), pam_message.size);
    const style = pamStyleName(struct.readInt32LE(pam_message.msg_style));
    const text = readString(libc, Number(struct.readBigUInt64LE(pam_message.msg)), MAX_TEXT_BYTES);
    if (style === undefined || text === undefined) return undefined;
    messages.push({ style, text: text.toString() });
  }
  return messages;
}

/** The address of a calloc'ed array whose strings are calloc'ed, too, since libpam frees both; 0 when that failed. */
function buildResponses(libc: Libc, messages: readonly PamMessage[], answers: readonly Buffer[]): number {
  const prompts = messages.flatMap(({ style }, i) => (style.startsWith("prompt") ? [i] : []));
  if (prompts.length !== answers.length) return 0;
  const array = allocate(messages.length * pam_response.size);
  const owned: number[] = [];
  for (const [n, index] of prompts.entries()) {
    const text = copyToC(libc, answers[n] ?? Buffer.alloc(0));
    if (text === 0) return release(libc, owned);
    owned.push(text);
    array.bytes.writeBigUInt64LE(BigInt(text), index * pam_response.size + pam_response.resp);
  }
  const address = libc.calloc.call(messages.length, pam_response.size);
  if (address === 0) return release(libc, owned);
  libc.memcpy.call(address, array, array.bytes.length);
  return address;
}

function copyToC(libc: Libc, text: Buffer): number {
  const address = libc.calloc.call(1, text.length + 1);
  if (address === 0) return 0;
  const block = allocate(text.length);
  text.copy(block.bytes);
  libc.memcpy.call(address, block, text.length);
  block.bytes.fill(0);
  return address;
}

function release(libc: Libc, addresses: readonly number[]): 0 {
  for (const address of addresses) libc.free.call(address);
  return 0;
}
