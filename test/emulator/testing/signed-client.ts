// Owns a small signed client for the emulator's own tests. Not part of the server, the only file here with a dependency.
// It signs with the emulator's canonical form, which published vectors and an official client hold to the truth.

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, type Dispatcher, request } from "undici";
import type { Pair } from "../http/pairs.ts";
import { canonicalParams, canonicalString } from "../signature/canonical.ts";

/** Where to and with which keys. */
export interface Target {
  readonly host: string;
  readonly ikey: string;
  readonly skey: string;
  readonly caFile: string;
}

/** A reply with its JSON decoded as far as it is JSON. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
  /** `response` of a success. */
  readonly response: unknown;
  /** `code` and `message_detail` of a failure. */
  readonly code: unknown;
  readonly detail: unknown;
}

/** Parameters of a call. */
export type Params = Readonly<Record<string, string>>;

/** How a call differs from an ordinary one. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** 1 is signed with SHA-1 and sent without a date; the others with SHA-512. */
  readonly version?: 1 | 2 | 5;
  readonly date?: Date;
  readonly skey?: string;
  readonly ikey?: string;
  readonly unsigned?: boolean;
}

/** A client; close it before the emulator. */
export interface SignedClient {
  get(path: string, params?: Params, options?: CallOptions): Promise<Reply>;
  post(path: string, params?: Params, options?: CallOptions): Promise<Reply>;
  close(): Promise<void>;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function toReply({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<Reply> {
  const bytes = Buffer.from(await body.arrayBuffer());
  const text = bytes.toString("utf8");
  const json = decode(text);
  return {
    status: statusCode,
    headers,
    bytes,
    text,
    response: field(json, "response"),
    code: field(json, "code"),
    detail: field(json, "message_detail"),
  };
}

interface Prepared {
  readonly path: string;
  readonly body: string | null;
  readonly contentType: string | undefined;
  readonly signedParams: readonly Pair[];
}

function prepare(method: "GET" | "POST", path: string, params: Params, version: 1 | 2 | 5): Prepared {
  const pairs = Object.entries(params).map(([key, value]) => ({ key, value }));
  const encoded = canonicalParams(pairs);
  if (method === "GET") {
    const target = encoded === "" ? path : `${path}?${encoded}`;
    return { path: target, body: null, contentType: undefined, signedParams: pairs };
  }
  if (version === 5) return { path, body: JSON.stringify(params), contentType: "application/json", signedParams: [] };
  return { path, body: encoded, contentType: "application/x-www-form-urlencoded", signedParams: pairs };
}

/** The field of a `response`, for assertions. */
export function responseField(reply: Reply, name: string): unknown {
  return field(reply.response, name);
}

/** Opens a client that trusts the emulator's authority and nothing else. */
export function signedClient(target: Target): SignedClient {
  const agent = new Agent({ connect: { ca: readFileSync(target.caFile) } });
  const call = async (method: "GET" | "POST", path: string, params: Params, options: CallOptions): Promise<Reply> => {
    const { version = 2, signal } = options;
    const date = (options.date ?? new Date()).toUTCString();
    const { path: sentPath, body, contentType, signedParams } = prepare(method, path, params, version);
    const host = target.host.replace(/:\d+$/, "");
    const signable = { date, method, host, path, params: signedParams, body: body ?? "", headers: [] };
    const signature = createHmac(version === 1 ? "sha1" : "sha512", options.skey ?? target.skey)
      .update(canonicalString(version, signable))
      .digest("hex");
    const credentials = Buffer.from(`${options.ikey ?? target.ikey}:${signature}`).toString("base64");
    const headers: Record<string, string> = version === 1 ? {} : { date };
    if (options.unsigned !== true) headers["authorization"] = `Basic ${credentials}`;
    if (contentType !== undefined) headers["content-type"] = contentType;
    const url = `https://${target.host}${sentPath}`;
    return toReply(await request(url, { dispatcher: agent, method, headers, body, signal: signal ?? null }));
  };
  return {
    get: (path, params = {}, options = {}) => call("GET", path, params, options),
    post: (path, params = {}, options = {}) => call("POST", path, params, options),
    close: () => agent.destroy(),
  };
}
