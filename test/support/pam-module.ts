// The real PAM module in a real PAM transaction, with a private folder of services: no root, nothing in /etc. Used by the
// integration and fault tests; what a login showed and what it returned is all that it knows.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPam } from "../../src/ffi/pam.ts";
import type { PamMessage } from "../../src/ffi/pam-channel.ts";
import type { PamCodeName } from "../../src/ffi/pam-codes.ts";
import type { PamRequest } from "../../src/ffi/pam-request.ts";
import { repositoryFile } from "./repository.ts";

/** What the user types; a function is called when the prompt is there, and undefined cancels. */
export type Typed = string | ((prompt: string) => Promise<string | undefined> | string | undefined);

export interface ModuleLogin {
  readonly socket: string;
  readonly user?: string;
  readonly service?: string;
  /** Module arguments besides socket= and owner=. */
  readonly args?: string;
  readonly owner?: number;
  readonly items?: NonNullable<PamRequest["items"]>;
  readonly answers?: readonly Typed[];
  /** PAM_SILENT. */
  readonly silent?: boolean;
  readonly processEnv?: NonNullable<PamRequest["processEnv"]>;
  /** Aborting it kills the process that the module runs in. */
  readonly signal?: AbortSignal;
  /** Sees each message when it is shown. */
  readonly onShown?: (message: PamMessage) => void;
}

/** One line of the conversation: a message shown, or a prompt with its answer. */
export interface Spoken {
  readonly style: PamMessage["style"];
  readonly text: string;
  readonly answer?: string | undefined;
}

export interface ModuleOutcome {
  /** The code's name, or `killed`. */
  readonly code: PamCodeName | "killed";
  readonly spoken: readonly Spoken[];
  readonly elapsedMs: number;
}

/** Where `make -C native` puts the module. Throws when it is not there. */
export function modulePath(): string {
  const path = repositoryFile("native/build/pam_duogate.so");
  if (!existsSync(path)) throw new Error("the module is not built; run: make -C native");
  return path;
}

/** Runs pam_authenticate with the module as the only line of the stack. */
export async function runModule(login: ModuleLogin): Promise<ModuleOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "duogate-pam-"));
  const service = login.service ?? "login";
  const owner = login.owner ?? process.getuid?.() ?? 0;
  const args = `socket=${login.socket} owner=${owner} ${login.args ?? ""}`;
  writeFileSync(join(folder, service), `auth required ${modulePath()} ${args}\n`);
  writeFileSync(join(folder, "other"), "auth required pam_deny.so\n");
  const spoken: Spoken[] = [];
  const began = performance.now();
  try {
    const result = await runPam({
      service,
      user: login.user ?? "alice",
      confdir: folder,
      steps: ["authenticate"],
      items: login.items ?? {},
      processEnv: login.processEnv ?? {},
      silent: login.silent ?? false,
      ...(login.signal === undefined ? {} : { signal: login.signal }),
      converse: conversation(login, spoken),
    });
    const elapsedMs = performance.now() - began;
    if (!result.ok && result.error.code === "aborted") return { code: "killed", spoken, elapsedMs };
    if (!result.ok) throw new Error(`the transaction could not be run: ${JSON.stringify(result.error)}`);
    const { name, code } = result.value.last;
    if (name === undefined) throw new Error(`${code} is no PAM code`);
    return { code: name, spoken, elapsedMs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function conversation({ answers = [], onShown }: ModuleLogin, spoken: Spoken[]): PamRequest["converse"] {
  let asked = 0;
  const one = async ({ style, text }: PamMessage): Promise<readonly (string | undefined)[]> => {
    onShown?.({ style, text });
    if (!style.startsWith("prompt")) {
      spoken.push({ style, text });
      return [];
    }
    const typed = answers[asked];
    asked += 1;
    const answer = typeof typed === "function" ? await typed(text) : typed;
    spoken.push({ style, text, answer });
    return [answer];
  };
  return async (messages) => {
    const given: string[] = [];
    for (const message of messages) {
      for (const answer of await one(message)) {
        if (answer === undefined) return undefined;
        given.push(answer);
      }
    }
    return given;
  };
}
