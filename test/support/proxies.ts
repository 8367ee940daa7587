// HTTP proxies for tests: tinyproxy from Debian, with Basic credentials, and one that says what it is told to say.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const TINYPROXY = "/usr/bin/tinyproxy";

/** Why a test with tinyproxy cannot run here; false when it can. */
export function noTinyproxy(): string | false {
  try {
    accessSync(TINYPROXY, constants.X_OK);
    return false;
  } catch {
    return `${TINYPROXY} is missing: apt-get install tinyproxy`;
  }
}

export interface TestProxy {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** tinyproxy that wants these credentials, letters and digits alone, and tunnels to `allowedPort` and nowhere else. */
export async function startTinyproxy(user: string, password: string, allowedPort: number): Promise<TestProxy> {
  const folder = mkdtempSync(join(tmpdir(), "duogate-proxy-"));
  const port = await freePort();
  const lines = [`Port ${port}`, "Listen 127.0.0.1", "Allow 127.0.0.1", "LogLevel Info", `ConnectPort ${allowedPort}`];
  writeFileSync(join(folder, "tinyproxy.conf"), [...lines, `BasicAuth ${user} ${password}`, ""].join("\n"));
  const child = spawn(TINYPROXY, ["-d", "-c", join(folder, "tinyproxy.conf")], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  await listening(child);
  return {
    host: "127.0.0.1",
    port,
    async close() {
      child.kill("SIGKILL");
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

/** For what cannot be asked for any free port: the kernel is asked before; another program could take it meanwhile. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function listening(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error("tinyproxy has no output");
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (line.includes("Accepting connections")) {
      child.stdout.resume();
      return;
    }
  }
  throw new Error(`tinyproxy did not start: ${said.join("\n")}`);
}

export interface ScriptedProxy extends TestProxy {
  /** What clients have sent, one text for each connection. */
  readonly heads: readonly string[];
  readonly open: number;
}

/** Answers every CONNECT with what `answer` does to its socket. */
export async function startScriptedProxy(answer: (socket: Socket) => void): Promise<ScriptedProxy> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const at = heads.push("") - 1;
    sockets.add(socket);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    socket.on("data", (bytes) => {
      const before = heads[at] ?? "";
      heads[at] = before + bytes.toString("latin1");
      if (!before.includes("\r\n\r\n") && heads[at].includes("\r\n\r\n")) answer(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    host: "127.0.0.1",
    port: address.port,
    heads,
    get open() {
      return sockets.size;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
