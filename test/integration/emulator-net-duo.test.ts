// Holds the emulator's v2 to Net::Duo, the Perl client that Debian ships: a client that nobody here wrote. Whole logins,
// signed with SHA-1. It insists on port 443, and through a proxy it can be led to the emulator without a change to it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import type { Emulator } from "../emulator/emulator.ts";
import { readUsersFile } from "../emulator/store/users-file.ts";
import { startLab } from "../emulator/testing/lab.ts";
import { withPerson } from "../support/official-phone.ts";
import { type ConnectProxy, openConnectProxy } from "../support/official-proxy.ts";
import { repositoryFile } from "../support/repository.ts";

const absentCode = 77;
const host = "api-emulator.duosecurity.test";
const image = Buffer.from("89504e470d0a1a0a", "hex");
const perl = "/usr/bin/perl";

interface Run {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

async function runClient(emulator: Emulator, proxy: ConnectProxy, signal: AbortSignal): Promise<Run> {
  const child = spawn(perl, [repositoryFile("test/support/official-net-duo.pl")], {
    stdio: ["pipe", "pipe", "pipe"],
    // Nothing of the caller's environment decides which Net::Duo is loaded.
    env: {
      PATH: "/usr/bin:/bin",
      PERL_LWP_ENV_PROXY: "1",
      https_proxy: proxy.url,
      PERL_LWP_SSL_CA_FILE: emulator.caFile,
    },
    signal,
  });
  // A client that is absent leaves before it has read its input.
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify({ host, ikey: emulator.ikey, skey: emulator.skey }));
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, out, err };
}

async function openLab(context: TestContext): Promise<{ emulator: Emulator; proxy: ConnectProxy }> {
  const phone = { device: "DPHEIDI0000000000001", number: "XXX-XXX-0900", display_name: "Generic Smartphone" };
  const heidi = { ...phone, capabilities: ["sms"], sms_codes: ["7000001"] } as const;
  const users = { ...(await readUsersFile()), heidi: { status: "active", phones: [heidi] } } as const;
  const { emulator } = await startLab(context, { logo: image, users });
  const proxy = await openConnectProxy(emulator.port);
  context.after(() => proxy.close());
  return { emulator, proxy };
}

const pushed = "waiting pushed Pushed a login request to your device...";
const allowed = { status: "allow", status_msg: "Success. Logging you in..." };

const expected: Readonly<Record<string, unknown>> = {
  version: "1.02",
  preauth: { alice: "auth", carol: "allow", dave: "enroll", erin: "deny", frank: "deny" },
  denied: [pushed, "deny deny Login request denied."],
  approved: [pushed, "allow allow Success. Logging you in..."],
  call: [
    "waiting calling Dialing XXX-XXX-5678...",
    "waiting answered Answered. Press any key to log in.",
    "allow allow Success. Logging you in...",
  ],
  auto: { ok: 1, ...allowed },
  passcode: { ok: 1, ...allowed },
  spent: { ok: 0, status: "deny", status_msg: "Incorrect passcode. Please try again." },
  sms: { ok: 1, ...allowed },
  bypass: { ok: 1, status: "bypass", status_msg: "Bypassing authentication" },
  locked: { ok: 0, status: "locked_out", status_msg: "Your account has been locked out." },
  enroll_status: "waiting",
  logo: `image/png ${image.toString("hex")}`,
};

const noPerl = existsSync(perl) ? false : "perl is not installed";

test("Net::Duo: logins by push, call, passcode, sms; bypass, deny, enroll, logo", { skip: noPerl }, async (context) => {
  const { emulator, proxy } = await openLab(context);
  emulator.whenPushed("root", "approve");
  const run = await withPerson(emulator, "bob", ["pick-up"], () =>
    withPerson(emulator, "alice", ["deny", "approve"], () => runClient(emulator, proxy, context.signal)),
  );
  if (run.code === absentCode) {
    context.skip(`libnet-duo-perl is not installed (${run.out.split("\n")[0]}); the set-up installs it`);
    return;
  }
  assert.equal(run.code, 0, run.err);
  const seen: Readonly<Record<string, Readonly<Record<string, unknown>>>> = JSON.parse(run.out);
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, seen[key]])), expected);
  assert.deepEqual(Object.keys(seen["enroll"] ?? {}).sort(), [
    ...["activation_barcode", "activation_code", "activation_url", "expiration", "user_id", "username"],
  ]);
  assert.deepEqual([seen["unknown_txid"]?.["code"], seen["wrong_key"]?.["code"]], [40002, 40103]);
  assert.match(String(seen["wrong_key"]?.["text"]), /Invalid signature in request credentials/);
  assert.deepEqual(emulator.pushes[0]?.info, [
    { key: "from", value: "login portal" },
    { key: "domain", value: "example.com" },
  ]);
  const auto = emulator.pushes.find(({ user }) => user === "root");
  assert.deepEqual([auto?.type, auto?.displayUsername], ["Login & more", "r\u00f6\u00f6t"]);
  assert.ok(proxy.asked.every((name) => name === `${host}:443`));
});
