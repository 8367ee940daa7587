// What a support bundle is made of: one item for each thing that somebody who helps would ask for. Each is gathered by itself, so
// that one that fails is a line in the bundle and not the end of it. Reads; changes nothing. Called by run-support.ts.

import { readFile } from "node:fs/promises";
import { err, ok, type Result } from "../../core/result.ts";
import { readPamService } from "../../host/pam/service.ts";
import { machineSource } from "../../host/pam/source.ts";
import type { RunProgram } from "../../host/program.ts";
import { ANYBODY } from "../../host/sshd.ts";
import { UNITS } from "../../host/units.ts";
import { jsonText } from "../api/show.ts";
import { askDaemon } from "../control/control-client.ts";
import { said } from "./said.ts";
import { versions } from "./versions.ts";

export interface Item {
  /** Of its file in the bundle. */
  readonly name: string;
  /** For the list that is printed. */
  readonly about: string;
  /** Err: why it could not be had. */
  readonly gather: () => Promise<Result<string, string>>;
}

export interface CollectParts {
  readonly version: string;
  readonly configPath: string;
  /** Undefined where it cannot be read. */
  readonly configText: string | undefined;
  readonly controlSocket: string;
  readonly run: RunProgram;
  readonly wallMs: number;
  /** What `duogate doctor` prints. */
  readonly doctor: () => Promise<string>;
}

const JOURNAL_LINES = 500;
const SERVICES = ["sshd", "sudo", "sudo-i", "su", "su-l", "login", "other"];
/** What decides about a login, and nothing that names users or hosts. */
const SSHD_KEYS =
  /^(usepam|kbdinteractiveauthentication|challengeresponseauthentication|passwordauthentication|pubkeyauthentication|authenticationmethods|permitrootlogin|logingracetime|maxauthtries|maxstartups|persourcepenalties|gssapiauthentication|kerberosauthentication|hostbasedauthentication|forcecommand|usedns) /i;
const SUDO_LINES = /timestamp|passwd_tries|password tries|passw\w* timeout|pam|^Sudo version/i;

export function itemsOf(parts: CollectParts): readonly Item[] {
  const { version, configPath, configText, controlSocket, run, wallMs, doctor } = parts;
  return [
    { name: "versions.txt", about: "versions and the clock", gather: () => versions(version, wallMs, run) },
    {
      name: "duogate.conf",
      about: `${configPath}, without its keys`,
      gather: async () => (configText === undefined ? err(`${configPath} cannot be read`) : ok(configText)),
    },
    { name: "doctor.txt", about: "what duogate doctor says", gather: async () => ok(await doctor()) },
    { name: "status.json", about: "the running daemon's status", gather: () => status(controlSocket) },
    {
      name: "units.txt",
      about: "systemd's units",
      gather: () => said(run, "systemctl", ["show", "--no-pager", ...UNITS]),
    },
    { name: "journal.txt", about: `the last ${JOURNAL_LINES} lines of the daemon`, gather: () => journal(run) },
    { name: "pam.txt", about: "the PAM files of sshd, sudo, su and login", gather: pamFiles },
    { name: "sshd.txt", about: "sshd's settings that matter to a login", gather: () => sshd(run) },
    {
      name: "sudo.txt",
      about: "sudo's settings that matter",
      gather: async () => keep(await said(run, "sudo", ["-V"]), SUDO_LINES),
    },
  ];
}

async function status(socket: string): Promise<Result<string, string>> {
  const answer = await askDaemon(socket, "GET", "/status");
  return answer.ok ? ok(`${jsonText(answer.value)}\n`) : answer;
}

function journal(run: RunProgram): Promise<Result<string, string>> {
  const lines = ["--no-pager", "--output=short-iso", `--lines=${JOURNAL_LINES}`];
  return said(run, "journalctl", [...lines, ...UNITS.map((unit) => `--unit=${unit}`)]);
}

async function sshd(run: RunProgram): Promise<Result<string, string>> {
  const connection = `user=${ANYBODY.user},host=${ANYBODY.address},addr=${ANYBODY.address}`;
  return keep(await said(run, "sshd", ["-T", "-C", connection]), SSHD_KEYS);
}

/** The lines that are wanted, and those that `said` adds. */
function keep(text: Result<string, string>, wanted: RegExp): Result<string, string> {
  if (!text.ok) return text;
  return ok(
    `${text.value
      .split("\n")
      .filter((line) => wanted.test(line) || line.startsWith("("))
      .join("\n")}\n`,
  );
}

/** Each file once, with those that it includes. */
async function pamFiles(): Promise<Result<string, string>> {
  const source = machineSource();
  const paths = new Set(SERVICES.flatMap((name) => readPamService(name, source).files));
  const texts = await Promise.all(
    [...paths].map(async (path) => {
      const text = await readFile(path, "utf8").catch((error: unknown) => `(not collected: ${String(error)})\n`);
      return `==> ${path} <==\n${text}`;
    }),
  );
  return ok(texts.join("\n"));
}
