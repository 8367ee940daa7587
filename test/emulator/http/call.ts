// Owns one request as the emulator reads it: bytes as sent beside the decoded parameters.
// It judges nothing: signature/ decides about trust, the endpoints about parameters. Called by the server.

import type { IncomingMessage } from "node:http";
import { type Pair, parsePairs } from "./pairs.ts";

/** Above this a request is refused; `pushinfo` (20 000 bytes, escaped twice) is the largest thing a client sends. */
export const maxBodyBytes = 1 << 20;

/** How the body is written, from Content-Type; `missing` is a body-carrying verb without that header. */
export type BodyForm = "none" | "form" | "json" | "missing" | "other";

/** One request with everything a signature can cover, exactly as it came. */
export interface Call {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** The Host header without its port, lower case. */
  readonly host: string;
  /** Names in lower case, in the order sent, repeated ones kept. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly query: readonly Pair[];
  readonly bodyForm: BodyForm;
  readonly body: Buffer;
  /** Decoded body parameters; empty without a body. */
  readonly bodyPairs: readonly Pair[];
  /** Whether query and body could be decoded. */
  readonly wellFormed: boolean;
}

/** The bytes of the body, or `undefined` when it is larger than {@link maxBodyBytes} or cut off. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      const bytes: unknown = chunk;
      if (!Buffer.isBuffer(bytes)) return undefined;
      size += bytes.length;
      if (size > maxBodyBytes) return undefined;
      chunks.push(bytes);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}

function pairHeaders(raw: readonly string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    headers.push([(raw[index] ?? "").toLowerCase(), raw[index + 1] ?? ""]);
  }
  return headers;
}

function bodyFormOf(method: string, contentType: string | undefined, bare: boolean): BodyForm {
  if (method === "GET" || method === "DELETE" || bare) return "none";
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === undefined) return "missing";
  if (type === "application/x-www-form-urlencoded") return "form";
  return type === "application/json" ? "json" : "other";
}

function jsonPairs(body: Buffer): readonly Pair[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).map(([key, entry]) => ({
    key,
    value: typeof entry === "string" ? entry : JSON.stringify(entry),
  }));
}

function pairsOf(form: BodyForm, body: Buffer): readonly Pair[] | undefined {
  if (form === "form") return parsePairs(body.toString("utf8"));
  if (form === "json") return jsonPairs(body);
  return [];
}

/**
 * Origin-form, or absolute-form as duo_api_ruby sends it: a server has to take it, and its authority instead of the Host header
 * (RFC 9112, 3.2.2).
 */
function targetOf(url: string): { readonly authority: string | undefined; readonly target: string } {
  const [, authority, rest = ""] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url) ?? [];
  if (authority === undefined) return { authority, target: url };
  return { authority, target: rest.startsWith("/") ? rest : `/${rest}` };
}

/** Puts a request together; never throws, a body that cannot be decoded shows in `wellFormed`. */
export function toCall(request: IncomingMessage, body: Buffer): Call {
  const method = request.method ?? "";
  const { authority, target } = targetOf(request.url ?? "");
  const mark = target.indexOf("?");
  const query = parsePairs(mark < 0 ? "" : target.slice(mark + 1));
  // Duo's Postman collection posts with everything in the query, which is what it signs, and no body at all.
  const bare = body.length === 0 && query !== undefined && query.length > 0;
  const bodyForm = bodyFormOf(method, request.headers["content-type"], bare);
  const bodyPairs = pairsOf(bodyForm, body);
  return {
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    host: (authority ?? request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase(),
    headers: pairHeaders(request.rawHeaders),
    query: query ?? [],
    bodyForm,
    body,
    bodyPairs: bodyPairs ?? [],
    wellFormed: query !== undefined && bodyPairs !== undefined,
  };
}
