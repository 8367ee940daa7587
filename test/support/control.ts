// Asking control.sock, or a loopback address, as any HTTP client would: status, headers and body as they came. Used by the tests of
// the daemon's own HTTP doors.

import { type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Where = { readonly socketPath: string } | { readonly host: string; readonly port: number };

export function ask(
  where: Where,
  path: string,
  { method = "GET", body, headers = {} }: Asked = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const call = request({ ...where, path, method, headers }, (response) => {
      text(response).then(
        (read) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: read }),
        reject,
      );
    });
    call.on("error", reject);
    call.end(body);
  });
}

/** The values of a text in Prometheus' form, by name and labels as written. */
export function seriesOf(exposition: string): ReadonlyMap<string, number> {
  const samples = exposition.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    samples.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))] as const;
    }),
  );
}
