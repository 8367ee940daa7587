// A control.sock that a taken-over daemon would serve: raw bytes on a real Unix socket, whatever a test wants, counted.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

export interface HostileServer {
  readonly path: string;
  /** What the next connections are served, once they have asked something. */
  serve(answer: (socket: Socket) => void): void;
  /** Bytes that readers have taken, what lies in the kernel's buffers included. */
  readonly written: () => number;
}

export async function hostileServer(t: TestContext): Promise<HostileServer> {
  const folder = mkdtempSync(join(tmpdir(), "duogate-hostile-"));
  const path = join(folder, "control.sock");
  let answer: (socket: Socket) => void = (socket) => socket.destroy();
  let written = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => {
      sockets.delete(socket);
      written += socket.bytesWritten;
    });
    socket.once("data", () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return {
    path,
    serve(next) {
      answer = next;
      written = 0;
    },
    written: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, written),
  };
}

/** `start`, then `more` for as long as somebody reads. */
export function endless(start: string, more: string): (socket: Socket) => void {
  return (socket) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(more));
    };
    socket.on("drain", pour);
    socket.write(start);
    pour();
  };
}

/** A byte now and then, without an end. */
export function dripping(start: string, byte: string, everyMs: number): (socket: Socket) => void {
  return (socket) => {
    socket.write(start);
    const timer = setInterval(() => socket.write(byte), everyMs);
    socket.once("close", () => clearInterval(timer));
  };
}

export function httpAnswer(status: number, body: string): string {
  return `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
