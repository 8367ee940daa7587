// Owns what the control server shows: facts, records, the wait for a push, and the stream of events.
// The stream is one JSON object per line: {"event":"request"|"push"|"message", ...record}.

import type { ServerResponse } from "node:http";
import type { Steering, WaitOptions } from "../steering.ts";
import type { World } from "../store/world.ts";

/** What a view is given. */
export interface ViewContext {
  readonly steering: Steering;
  readonly world: World;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly query: URLSearchParams;
  readonly response: ServerResponse;
  /** Fires when the reader has gone. */
  readonly signal: AbortSignal;
}

/** Returns what to show, or `undefined` when it writes the reply itself. */
export type View = (context: ViewContext) => unknown;

function wait({ query, signal }: ViewContext): { readonly user: string; readonly options: WaitOptions } {
  const user = query.get("user");
  if (user === null) throw new TypeError('name the user: "?user=alice"');
  const after = query.get("after");
  return { user, options: { signal, after: after === null ? undefined : Number(after) } };
}

function events({ world, response, signal }: ViewContext): undefined {
  response.writeHead(200, { "Content-Type": "application/x-ndjson" });
  response.flushHeaders();
  const write = (event: string) => (entry: object) => {
    response.write(`${JSON.stringify({ event, ...entry })}\n`);
  };
  const stops = [
    world.requests.subscribe(write("request")),
    world.pushes.subscribe(write("push")),
    world.messages.subscribe(write("message")),
  ];
  signal.addEventListener("abort", () => {
    for (const stop of stops) stop();
  });
  return undefined;
}

/** The views by path. */
export const views: ReadonlyMap<string, View> = new Map<string, View>([
  ["facts", ({ facts }) => facts],
  ["requests", ({ steering }) => steering.requests],
  ["pushes", ({ steering }) => steering.pushes],
  ["messages", ({ steering }) => steering.messages],
  ["pending", ({ steering }) => ({ pending: steering.pendingCount })],
  [
    "next-push",
    (context) => {
      const { user, options } = wait(context);
      return context.steering.nextPush(user, options);
    },
  ],
  [
    "next-message",
    (context) => {
      const { user, options } = wait(context);
      return context.steering.nextMessage(user, options);
    },
  ],
  ["events", events],
]);
