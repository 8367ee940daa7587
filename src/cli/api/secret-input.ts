// Reading one secret from standard input: a line of a file or pipe, or what is typed on a terminal, without echo. The
// only way for a secret into `duogate api`, because arguments and the environment can be read by others.

import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { Secret } from "../../core/secret.ts";

export interface SecretInput {
  /** Somebody can be asked. */
  readonly isTerminal: boolean;
  /** The first line; undefined when there is none, it is empty, or the user gave up. `question` is for a terminal. */
  read(question: string): Promise<Secret | undefined>;
}

const MAX_BYTES = 4096;

/** `input` is a function because a program that needs no secret should not touch its standard input. */
export function secretInput(input: () => NodeJS.ReadableStream, screen: NodeJS.WritableStream): SecretInput {
  const isTerminal = () => "isTTY" in input() && Reflect.get(input(), "isTTY") === true;
  return {
    get isTerminal() {
      return isTerminal();
    },
    async read(question) {
      const line = isTerminal() ? await typed(input(), screen, question) : await firstLine(input());
      return line === undefined || line === "" ? undefined : new Secret(line);
    },
  };
}

async function firstLine(input: NodeJS.ReadableStream): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (bytes.includes(0x0a) || size > MAX_BYTES) break;
  }
  const line = Buffer.concat(chunks).toString().split("\n")[0]?.replace(/\r$/, "") ?? "";
  return Buffer.byteLength(line) > MAX_BYTES ? undefined : line;
}

function typed(
  input: NodeJS.ReadableStream,
  screen: NodeJS.WritableStream,
  question: string,
): Promise<string | undefined> {
  // readline edits the line in raw mode, so the terminal does not echo; its own echo goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  screen.write(question);
  return new Promise((resolve) => {
    lines.once("line", resolve);
    lines.once("SIGINT", () => lines.close());
    lines.once("close", () => resolve(undefined));
  }).then((line) => {
    lines.close();
    screen.write("\n");
    return typeof line === "string" ? line : undefined;
  });
}
