// Every verdict and its PAM code (PROTOCOL section 2), and what must not count as a verdict of allow.

import assert from "node:assert/strict";
import { test } from "node:test";

import { frame, verdict, verdictCodes, welcome } from "./frames.ts";
import type { Script } from "./scripted-daemon.ts";
import { pam, setStage } from "./stage.ts";

const codes = [
  ["allow", pam.success],
  ["deny", pam.authErr],
  ["max-tries", pam.maxTries],
  ["unavailable", pam.authinfoUnavail],
  ["aborted", pam.abort],
  ["misconfigured", pam.serviceErr],
] as const;

for (const [name, code] of codes) {
  test(`verdict ${name} gives PAM code ${code}`, async (t) => {
    const stage = setStage(t);
    await stage.daemon((peer) => peer.send(welcome(), verdict(verdictCodes[name], peer.start.nonce)));
    const run = await stage.run();
    assert.deepEqual(run.results, [code]);
    assert.deepEqual(run.shown, [], "what the user sees is the daemon's work");
  });
}

const refused: readonly (readonly [string, Script])[] = [
  ["allow with a wrong nonce", (p) => p.send(welcome(), verdict(verdictCodes.allow, Buffer.alloc(16)))],
  [
    "allow with the last nonce bit flipped",
    (p) => {
      const nonce = Buffer.from(p.start.nonce);
      nonce.writeUInt8(nonce.readUInt8(15) ^ 1, 15);
      p.send(welcome(), verdict(verdictCodes.allow, nonce));
    },
  ],
  ["allow before WELCOME", (p) => p.send(verdict(verdictCodes.allow, p.start.nonce))],
  ["a code of zero", (p) => p.send(welcome(), verdict(0, p.start.nonce))],
  ["a code one bit from allow", (p) => p.send(welcome(), verdict(verdictCodes.allow ^ 0x100, p.start.nonce))],
  [
    "allow with a byte more",
    (p) => {
      const whole = verdict(verdictCodes.allow, p.start.nonce).subarray(4);
      p.send(welcome(), frame(Buffer.concat([whole, Buffer.from([0])])));
    },
  ],
  ["allow with a short nonce", (p) => p.send(welcome(), verdict(verdictCodes.allow, p.start.nonce.subarray(1)))],
];

for (const [name, script] of refused) {
  test(`${name} is refused, also with failmode=safe`, async (t) => {
    const stage = setStage(t);
    stage.stack("auth required @ failmode=safe");
    await stage.daemon(script);
    const run = await stage.run();
    assert.deepEqual(run.results, [pam.systemErr]);
    assert.match(run.logs.join("\n"), /duogated broke the protocol/);
  });
}
