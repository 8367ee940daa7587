// Reads test/vectors/frames.txt, the vectors that the C and the TypeScript suites share, and renders decoded messages
// in the canonical form that it uses.

import { readFileSync } from "node:fs";
import type { DaemonMessage, HelperMessage, Start } from "../../src/wire/messages.ts";
import { repositoryFile } from "./repository.ts";

export interface FrameVector {
  readonly name: string;
  readonly from: string;
  readonly bytes: Buffer;
  readonly expect: string;
  /** Decodes, but another encoding of the same message is the canonical one. */
  readonly oneWay: boolean;
}

export function frameVectors(): readonly FrameVector[] {
  const text = readFileSync(repositoryFile("test/vectors/frames.txt"), "utf8");
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  const blocks = lines.join("\n").split(/\n\s*\n/);
  return blocks.filter((block) => block.trim() !== "").map(parseBlock);
}

function parseBlock(block: string): FrameVector {
  const rows = block
    .trim()
    .split("\n")
    .map((row) => /^(\S+)\s*(.*)$/.exec(row.trim()));
  const all = (key: string) => rows.filter((row) => row?.[1] === key).map((row) => row?.[2] ?? "");
  const [name, from, expect] = [all("vector")[0], all("from")[0], all("expect")[0]];
  if (name === undefined || from === undefined || expect === undefined) throw new Error(`bad vector block:\n${block}`);
  const hex = all("hex").join("").replaceAll(/\s/g, "");
  return { name, from, expect, bytes: Buffer.from(hex, "hex"), oneWay: all("one-way").length > 0 };
}

export function render(message: HelperMessage | DaemonMessage): string {
  switch (message.kind) {
    case "start":
      return renderStart(message);
    case "answer":
      return message.given ? `ANSWER given text=${quote(message.text)}` : 'ANSWER cancelled text=""';
    case "welcome":
      return `WELCOME version=${message.version} transaction=${quote(message.transaction)}`;
    case "prompt":
      return `PROMPT echo=${message.echo ? "on" : "off"} text=${quote(message.text)}`;
    case "keepalive":
      return "KEEPALIVE";
    case "verdict":
      return `VERDICT ${message.verdict} nonce=${message.nonce.toString("hex")}`;
    default:
      return `${message.kind.toUpperCase()} text=${quote(message.text)}`;
  }
}

function renderStart(start: Start): string {
  const flags =
    (start.interactive ? 1 : 0) | (start.showsMessages ? 2 : 0) | (start.unattended ? 4 : 0) | (start.again ? 8 : 0);
  const facts = Object.entries(start.facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${kebab(name)}=${typeof value === "number" ? value : quote(String(value))}`);
  const head = `START version=${start.version} flags=0x0${flags} nonce=${start.nonce.toString("hex")}`;
  return [head, ...facts].join(" ");
}

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function quote(text: string): string {
  const escaped = [...Buffer.from(text)].map((byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
      ? `\\x${byte.toString(16).padStart(2, "0")}`
      : String.fromCharCode(byte),
  );
  return `"${escaped.join("")}"`;
}
