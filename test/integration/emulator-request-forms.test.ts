// Forms of a request that Duo takes and that not every client uses: the whole address in the request line (duo_api_ruby), and a POST
// that has its parameters in the query (Duo's Postman collection). Written to a TLS socket byte by byte.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { connect } from "node:tls";
import type { Emulator } from "../emulator/emulator.ts";
import { canonicalString } from "../emulator/signature/canonical.ts";
import { startLab } from "../emulator/testing/lab.ts";

async function send(emulator: Emulator, head: readonly string[], body = ""): Promise<string> {
  const socket = connect({
    host: "127.0.0.1",
    port: emulator.port,
    servername: "localhost",
    ca: readFileSync(emulator.caFile),
  });
  socket.write(
    `${[...head, "Connection: close", ...(body === "" ? [] : [`Content-Length: ${body.length}`])].join("\r\n")}\r\n\r\n${body}`,
  );
  return await text(socket);
}

function authorization(
  { ikey, skey }: Emulator,
  request: { method: string; host: string; path: string; params: Record<string, string> },
) {
  const date = new Date().toUTCString();
  const params = Object.entries(request.params).map(([key, value]) => ({ key, value }));
  const signed = canonicalString(2, { ...request, date, params, body: "", headers: [] });
  const signature = createHmac("sha512", skey).update(signed).digest("hex");
  return [`Date: ${date}`, `Authorization: Basic ${Buffer.from(`${ikey}:${signature}`).toString("base64")}`];
}

test("the whole address in the request line, whose host counts and not the header's", async (context) => {
  const { emulator } = await startLab(context);
  const origin = `https://api.example.test:${emulator.port}`;
  const signed = authorization(emulator, {
    method: "GET",
    host: "api.example.test",
    path: "/auth/v2/check",
    params: {},
  });
  for (const host of ["api.example.test", "another.example.test"]) {
    const answer = await send(emulator, [`GET ${origin}/auth/v2/check HTTP/1.1`, `Host: ${host}`, ...signed]);
    assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*"stat":"OK"/);
  }
  const wrong = await send(emulator, [
    `GET https://b.test/auth/v2/check HTTP/1.1`,
    "Host: api.example.test",
    ...signed,
  ]);
  assert.match(wrong, /^HTTP\/1\.1 401 /);
  assert.match(await send(emulator, [`GET ${origin} HTTP/1.1`, "Host: x"]), /^HTTP\/1\.1 404 /);
});

test("a POST with its parameters in the query alone, which the signature covers", async (context) => {
  const { emulator, client } = await startLab(context);
  const made = await client.post("/auth/v2/enroll", { username: "postman" });
  const { user_id: userId, activation_code: code } = made.response as Record<string, string>;
  const params = { user_id: userId ?? "", activation_code: code ?? "" };
  const path = "/auth/v2/enroll_status";
  const signed = authorization(emulator, { method: "POST", host: "localhost", path, params });
  const query = new URLSearchParams(params);
  for (const more of [
    [],
    ["Content-Length: 0"],
    ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 0"],
  ]) {
    const answer = await send(emulator, [`POST ${path}?${query} HTTP/1.1`, "Host: localhost", ...signed, ...more]);
    assert.match(answer, /"response":"waiting"/, more.join());
  }
  const bent = await send(emulator, [`POST ${path}?${query}x HTTP/1.1`, "Host: localhost", ...signed]);
  assert.match(bent, /^HTTP\/1\.1 401 /);
  // With a body and no type Duo says that the type is missing.
  assert.match(
    await send(emulator, [`POST ${path}?${query} HTTP/1.1`, "Host: localhost", ...signed], "a=b"),
    /"code":40106/,
  );
});
