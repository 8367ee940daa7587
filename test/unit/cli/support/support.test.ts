// The support bundle has no secret in it: a property over random secrets, planted in every form into everything that is gathered.
// And it is an archive that tar reads, for its owner alone, written over nothing.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { EXIT } from "../../../../src/cli/exit-codes.ts";
import type { Item } from "../../../../src/cli/support/collect.ts";
import { createScrubber } from "../../../../src/cli/support/scrub.ts";
import { secretsOfConfig, secretsOfEnvironment } from "../../../../src/cli/support/secrets.ts";
import { support } from "../../../../src/cli/support/support.ts";

const folder = mkdtempSync(join(tmpdir(), "duogate-support-"));
after(() => rmSync(folder, { recursive: true }));

const NAME = "duogate-support-test";

function item(name: string, text: string): Item {
  return { name, about: "a test", gather: () => Promise.resolve({ ok: true, value: text }) };
}

async function bundle(items: readonly Item[], secrets: readonly string[], output = join(folder, "bundle.tar.gz")) {
  const [printed, complained]: [string[], string[]] = [[], []];
  const code = await support(
    { output, name: NAME, wallMs: Date.UTC(2026, 10, 22) },
    {
      items,
      scrubber: createScrubber(secrets),
      print: (line) => printed.push(line),
      complain: (line) => complained.push(line),
    },
  );
  return { code, printed: printed.join("\n"), complained: complained.join("\n"), output };
}

/** Independent of scrub.ts: what somebody who looks for it would try. */
function hits(archive: Buffer, secret: string): readonly string[] {
  const text = archive.toString("latin1");
  const bytes = Buffer.from(secret);
  const looked: readonly (readonly [string, string])[] = [
    ["plain", bytes.toString("latin1")],
    ["percent", encodeURIComponent(secret)],
    ["base64", bytes.toString("base64").replace(/=+$/, "").slice(0, -1)],
    [
      "base64 behind one byte",
      Buffer.concat([Buffer.from(":"), bytes])
        .toString("base64")
        .slice(2, -4),
    ],
    [
      "base64 behind two bytes",
      Buffer.concat([Buffer.from("u:"), bytes])
        .toString("base64")
        .slice(3, -4),
    ],
  ];
  const hex = text.toLowerCase().includes(bytes.toString("hex")) ? ["hex"] : [];
  return [...looked.filter(([, form]) => form.length >= 6 && text.includes(form)).map(([name]) => name), ...hex];
}

/** Everything in which it could stand in a log. */
function planted(secret: string): string {
  const b64 = (text: string) => Buffer.from(text).toString("base64");
  return [
    `an error about ${secret} here, and "${secret}"`,
    `Proxy-Authorization: Basic ${b64(`user:${secret}`)}`,
    `x=${b64(secret)} y=${b64(`a${secret}`)} z=${b64(`ab${secret}tail`)} url=${Buffer.from(secret).toString("base64url")}`,
    `hex ${Buffer.from(secret).toString("hex")} ${Buffer.from(`q${secret}q`).toString("hex").toUpperCase()}`,
    JSON.stringify({ msg: secret, nested: { deep: `>${secret}<` } }),
    `https://user:${encodeURIComponent(secret)}@proxy.example.org/`,
    `\x1b[31m${secret}\x1b[0m`,
  ].join("\n");
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const skey = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 40, maxLength: 40 });
const password = fc
  .string({ unit: "grapheme", minLength: 8, maxLength: 40 })
  .filter((text) => !/[\s"'@/\\[\]\p{C}]/u.test(text) && text.trim() === text);

describe("the support bundle", () => {
  it("has none of the secrets of the configuration, the environment and the old lines, in any form", async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(skey, password, password, skey, async (key, proxy, variable, oldKey) => {
        const config = [
          "[duo]",
          `skey = ${key}`,
          `http_proxy = http://user:${encodeURIComponent(proxy)}@proxy.example.org:3128`,
          `# skey = ${oldKey}`,
          "host = api-1b2c3d4e.duosecurity.com",
        ].join("\n");
        const env = { DUO_PASSCODE: variable, HOME: "/root" };
        const secrets = [...secretsOfConfig(config), ...secretsOfEnvironment(env)];
        const all = [key, proxy, variable, oldKey];
        const items = [item("duogate.conf", config), item("journal.txt", all.map(planted).join("\n"))];
        const output = join(folder, `bundle-${runs}.tar.gz`);
        runs += 1;
        const { code, complained } = await bundle(items, secrets, output);
        assert.equal(code, EXIT.ok, complained);
        const archive = gunzipSync(readFileSync(output));
        for (const secret of all) assert.deepEqual(hits(archive, secret), [], JSON.stringify(secret));
        assert.ok(archive.includes("host = api-1b2c3d4e.duosecurity.com"), "the rest is there");
      }),
      { numRuns: 150 },
    );
  });

  it("has nothing that looks like a secret by its name, known or not", () => {
    const { scrub } = createScrubber([]);
    const rows: readonly (readonly [string, string])[] = [
      ["skey = hunter2", "skey = [secret]"],
      ['{"passcode":"123456","user":"alice"}', '{"passcode":"[secret]","user":"alice"}'],
      ["password='two words' next", "password='[secret]' next"],
      ["Authorization: Basic QWxhZGRpbjpvcGVu", "Authorization: [secret] [secret]"],
      ["Bearer abcdefgh.ijkl", "Bearer [secret]"],
      ["http://user:pass@proxy:3128", "http://[secret]@proxy:3128"],
      ["DUO_PASSCODE=123456", "DUO_PASSCODE=[secret]"],
      ["trusted_device_token: abc", "trusted_device_token: [secret]"],
      ["code=7 user=alice reason=duo-approved", "code=7 user=alice reason=duo-approved"],
      ["auth required pam_duogate.so socket=/run/x", "auth required pam_duogate.so socket=/run/x"],
    ];
    for (const [text, expected] of rows) assert.equal(scrub(text), expected);
  });

  it("is not written when a secret is still in it", async () => {
    const blind = { scrub: (text: string) => text, finds: createScrubber(["opensesame"]).finds };
    const complained: string[] = [];
    const output = join(folder, "leak.tar.gz");
    const parts = { items: [item("a.txt", "opensesame")], scrubber: blind, print: () => undefined };
    const options = { output, name: NAME, wallMs: 0 };
    const code = await support(options, { ...parts, complain: (line) => complained.push(line) });
    assert.equal(code, EXIT.cannotRun);
    assert.match(complained.join(), /a secret is still in duogate-support-test\/a\.txt/);
    assert.throws(() => statSync(output));
  });

  it("is for its owner alone, in a new file, and tar reads it", async () => {
    const output = join(folder, "plain.tar.gz");
    const failing: Item = { name: "gone.txt", about: "x", gather: () => Promise.reject(new Error("not there")) };
    const { code, printed } = await bundle([item("one.txt", "first\n"), failing], [], output);
    assert.deepEqual([code, statSync(output).mode & 0o777], [EXIT.ok, 0o600]);
    assert.match(printed, /one\.txt +a test\n/);
    const names = execFileSync("tar", ["-tzf", output], { encoding: "utf8" });
    assert.equal(names, `${NAME}/one.txt\n${NAME}/gone.txt\n`);
    const text = execFileSync("tar", ["-xOzf", output], { encoding: "utf8" });
    assert.equal(text, "first\n(not collected: not there)\n");
    const again = await bundle([], [], output);
    assert.deepEqual([again.code, /exists: remove it/.test(again.complained)], [EXIT.cannotRun, true]);
    const link = join(folder, "link.tar.gz");
    symlinkSync(join(folder, "target"), link);
    assert.equal((await bundle([], [], link)).code, EXIT.cannotRun);
  });

  it("keeps the end of what is too long, without the line that the cut divides", async () => {
    const output = join(folder, "long.tar.gz");
    const line = `${"x".repeat(1023)}\n`;
    await bundle([item("long.txt", `${line.repeat(5000)}the end\n`)], [], output);
    const text = execFileSync("tar", ["-xOzf", output], { encoding: "utf8", maxBuffer: 1 << 24 });
    assert.match(text, /^\(cut\)\nx{1023}\n/);
    assert.match(text, /\nthe end\n$/);
  });
});

describe("the secrets that are looked for", () => {
  it("are those of valid, broken and commented lines", () => {
    const text = ["[duo]", "skey=a1b2", "  ; secret_key = c3d4 ", "http_proxy = user:p%40ss@proxy", "ikey = DIPUBLIC"];
    assert.deepEqual(secretsOfConfig(text.join("\n")), ["a1b2", "c3d4", "user:p%40ss", "p%40ss", "user:p@ss", "p@ss"]);
  });

  it("tear no holes where they are too short, or are the mask's own word", () => {
    const { scrub, finds } = createScrubber(["ab", "", "secret"]);
    assert.equal(scrub("about a cab and a [secret]"), "about a cab and a [secret]");
    assert.equal(finds(Buffer.from("about [secret]")), false);
  });
});
