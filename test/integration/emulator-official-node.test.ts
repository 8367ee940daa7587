// Holds the emulator to Duo's own Node client (@duosecurity/duo_api), with signatures of version 2 and of version 5, which sends
// JSON. The client knows no port and pins Duo's roots: both are given to it by the agent that Node uses for everybody.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import https from "node:https";
import { createRequire } from "node:module";
import { type TestContext, test } from "node:test";
import { z } from "zod";
import { startLab } from "../emulator/testing/lab.ts";

type Answer = (answer: unknown) => void;
interface Client {
  jsonApiCall(method: string, path: string, params: Readonly<Record<string, string>>, answer: Answer): void;
}
interface DuoApi {
  readonly Client: new (ikey: string, skey: string, host: string, version: number) => Client;
}

const answerShape = z.looseObject({ stat: z.string(), code: z.number().optional(), response: z.unknown().optional() });

/** A client of the package's, led to the emulator for the length of the test. */
async function lab(context: TestContext, version: number) {
  const { emulator } = await startLab(context);
  const before = https.globalAgent;
  const place = { ca: readFileSync(emulator.caFile), host: "127.0.0.1", port: emulator.port, servername: "localhost" };
  const agent = new https.Agent({ ...place, keepAlive: false });
  https.globalAgent = agent;
  context.after(() => {
    https.globalAgent = before;
    agent.destroy();
  });
  // The package has no types.
  const { Client: NodeClient } = createRequire(import.meta.url)("@duosecurity/duo_api") as DuoApi;
  const caller = (skey: string) => {
    const client = new NodeClient(emulator.ikey, skey, "localhost", version);
    return async (method: string, path: string, params: Readonly<Record<string, string>> = {}) => {
      const answer = await new Promise<unknown>((resolve) => client.jsonApiCall(method, path, params, resolve));
      return answerShape.parse(answer);
    };
  };
  return { emulator, call: caller(emulator.skey), wrong: caller("x".repeat(40)) };
}

for (const version of [2, 5]) {
  test(`Duo's Node client, signatures of version ${version}: every endpoint, and a wrong key`, async (context) => {
    const { emulator, call, wrong } = await lab(context, version);
    emulator.whenPushed("alice", "approve");
    assert.equal((await call("GET", "/auth/v2/ping")).stat, "OK");
    assert.equal((await call("GET", "/auth/v2/check")).stat, "OK");
    const hard = "o'brien (ops)*! +&=/?\u00e9\u65e5";
    const preauth = await call("POST", "/auth/v2/preauth", { username: "alice", hostname: hard });
    assert.equal(z.object({ result: z.string() }).parse(preauth.response).result, "auth");
    const push = { username: "alice", factor: "push", device: "auto", async: "1", pushinfo: "Command=a%20b&Host=c" };
    const { txid } = z.object({ txid: z.string() }).parse((await call("POST", "/auth/v2/auth", push)).response);
    const states: unknown[] = [];
    for (let last: unknown; last !== "allow"; ) {
      const { response } = await call("GET", "/auth/v2/auth_status", { txid });
      const state = z.object({ result: z.string(), auth_delayed: z.boolean() }).parse(response);
      assert.equal(state.auth_delayed, false);
      last = state.result;
      states.push(last);
      assert.ok(states.length < 5, states.join());
    }
    const user = { username: `new-${version}` };
    const enrolled = z
      .object({ user_id: z.string(), activation_code: z.string() })
      .parse((await call("POST", "/auth/v2/enroll", user)).response);
    assert.equal((await call("POST", "/auth/v2/enroll_status", enrolled)).response, "waiting");
    assert.deepEqual(
      [(await wrong("GET", "/auth/v2/check")).code, (await wrong("POST", "/auth/v2/preauth", user)).code],
      [40103, 40103],
    );
    assert.equal((await call("GET", "/auth/v2/auth_status", { txid: "unknown" })).code, 40002);
  });
}
