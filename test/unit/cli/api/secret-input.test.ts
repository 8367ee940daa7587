// Secrets from standard input: the first line of a pipe, or what is typed on a terminal and shown nowhere.

import assert from "node:assert/strict";
import { PassThrough, Readable } from "node:stream";
import { describe, it } from "node:test";
import { secretInput } from "../../../../src/cli/api/secret-input.ts";

const nowhere = new PassThrough();

function piped(...chunks: readonly string[]): Promise<string | undefined> {
  const input = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  return secretInput(() => input, nowhere)
    .read("Passcode: ")
    .then((secret) => secret?.reveal());
}

/** A terminal on which `keys` are pressed. */
async function pressed(keys: string) {
  const raw: boolean[] = [];
  const terminal = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => void raw.push(on),
  });
  const screen = new PassThrough();
  const source = secretInput(() => terminal, screen);
  const reading = source.read("Passcode: ");
  terminal.write(keys);
  const secret = await reading;
  return { secret: secret?.reveal(), raw, shown: String(screen.read()), isTerminal: source.isTerminal };
}

describe("a secret from a pipe", () => {
  it("is the first line, without its end", async () => {
    assert.equal(await piped("123456\n"), "123456");
    assert.equal(await piped("123456\r\nmore"), "123456");
    assert.equal(await piped("123456"), "123456");
    assert.equal(await piped("12", "34", "56\n", "x"), "123456");
  });

  it("is none when the line is empty or endless", async () => {
    assert.equal(await piped(), undefined);
    assert.equal(await piped("\n123456"), undefined);
    assert.equal(await piped("x".repeat(5000)), undefined);
    assert.equal(await piped("x".repeat(4096)), "x".repeat(4096));
  });
});

describe("a secret from a terminal", () => {
  it("is read in raw mode, and only the question is shown", async () => {
    const { secret, raw, shown, isTerminal } = await pressed("12x\x7f3456\r");
    assert.deepEqual([secret, shown, isTerminal], ["123456", "Passcode: \n", true]);
    assert.deepEqual(raw, [true, false]);
  });

  for (const [name, key] of [
    ["Ctrl-C", "\x03"],
    ["Ctrl-D", "\x04"],
    ["Enter alone", "\r"],
  ] as const) {
    it(`is none after ${name}`, async () => {
      const { secret, raw } = await pressed(key);
      assert.equal(secret, undefined);
      assert.equal(raw.at(-1), false);
    });
  }
});
