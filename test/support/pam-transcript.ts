// Transcripts of logins: what the user saw and typed, what PAM returned, what Duo was asked and what was logged, as text in
// which nothing varies from run to run. Compared with test/integration/transcripts/NAME.txt, by this one function.
// Run the tests with DUOGATE_UPDATE_TRANSCRIPTS=1 to write the files anew, and read the difference before you keep it.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import type { RecordedRequest } from "../emulator/store/records.ts";
import type { LogLine } from "./gateway.ts";
import type { Spoken } from "./pam-module.ts";
import { repositoryFile } from "./repository.ts";

export interface Login {
  readonly spoken: readonly Spoken[];
  /** The PAM code, or the verdict where a scripted helper stood in for the module. */
  readonly result: string;
  readonly requests: readonly RecordedRequest[];
  readonly lines: readonly LogLine[];
  /** Values that differ from run to run, with the word that stands for each. */
  readonly names: ReadonlyMap<string, string>;
}

const FOLDER = "test/integration/transcripts";
const UPDATE = "DUOGATE_UPDATE_TRANSCRIPTS";

/** Fields of a log line whose values vary. */
const VARYING: Readonly<Record<string, string>> = {
  time: "<time>",
  transaction: "<transaction>",
  duo_txid: "<txid>",
  duration_ms: "<ms>",
  peer_pid: "<pid>",
  peer_uid: "<uid>",
  caller_uid: "<uid>",
};

/** Fails with the difference when the login is not the recorded one. */
export function expectTranscript(name: string, login: Login): void {
  const path = repositoryFile(`${FOLDER}/${name}.txt`);
  const actual = transcript(login);
  if (process.env[UPDATE] === "1") writeFileSync(path, actual);
  assert.equal(actual, readFileSync(path, "utf8"), `the transcript differs from ${FOLDER}/${name}.txt`);
}

function transcript({ spoken, result, requests, lines, names }: Login): string {
  const parts = [
    ...spoken.flatMap(spokenLines),
    `result  ${result}`,
    ...requests.filter(({ endpoint }) => endpoint !== "auth_status").map(requestLine),
    ...lines.filter((line) => "transaction" in line).map(logLine),
  ];
  const named = [...names].reduce((text, [value, word]) => text.replaceAll(value, word), parts.join("\n"));
  return `${named.replace(INVISIBLE, (character) => `<${character.codePointAt(0)?.toString(16)}>`)}\n`;
}

/** What a reader of the file would not see, or would see elsewhere. */
const INVISIBLE = /(?!\n)[\p{Cc}\p{Cf}]/gu;

const WORDS = { "text-info": "info", "error-msg": "error", "prompt-echo-on": "prompt", "prompt-echo-off": "secret" };

function spokenLines({ style, text, answer }: Spoken): readonly string[] {
  const shown = text.split("\n").map((line, i) => `${(i === 0 ? WORDS[style] : "").padEnd(8)}|${line}`);
  if (!style.startsWith("prompt")) return shown;
  return [...shown, answer === undefined ? "cancels" : `types   |${answer}`];
}

function requestLine({ endpoint, params }: RecordedRequest): string {
  const pairs = Object.entries(params)
    .map(([key, value]) => `${key}=${steady(key, value)}`)
    .sort();
  return `duo     ${endpoint} ${pairs.join(" ")}`;
}

function steady(key: string, value: string): string {
  if (key === "passcode" || key === "txid") return `<${key}>`;
  if (key !== "pushinfo") return value;
  // A machine without a network has no address to show.
  const withoutAddress = value.split("&").filter((pair) => !/^Server(%20|\+)IP=/.test(pair));
  return withoutAddress.join("&").replace(/Request=[0-9a-f]{8}\b/, "Request=<request>");
}

function logLine(line: LogLine): string {
  const fields = Object.entries(line).map(([key, value]) => `${key}=${VARYING[key] ?? JSON.stringify(value)}`);
  return `log     ${fields.join(" ")}`;
}
