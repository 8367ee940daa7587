// Questions about the files of an image and the libraries in it, answered by find and readelf. Called by the image test.

import { execFileSync } from "node:child_process";
import { createReadStream } from "node:fs";

/** The regular files below a folder, by their paths from there, sorted. */
export function filesBelow(folder: string): readonly string[] {
  return find(folder, "-type", "f", "-printf", "%P\\n").split("\n").sort();
}

/** What find(1) finds on this file system, one a line. */
export function find(folder: string, ...expression: readonly string[]): string {
  return execFileSync("find", [folder, "-xdev", ...expression], { encoding: "utf8" }).trim();
}

/** Whether a file of any size has that text in it. */
export async function holds(file: string, text: string): Promise<boolean> {
  let end = "";
  for await (const chunk of createReadStream(file, { encoding: "latin1", highWaterMark: 1 << 20 })) {
    if (`${end}${chunk}`.includes(text)) return true;
    end = String(chunk).slice(-text.length);
  }
  return false;
}

/** The names that a shared library defines for others, and those that it takes from them. */
export function exported(library: string): readonly string[] {
  const symbols = execFileSync("readelf", ["--dyn-syms", "--wide", library], { encoding: "utf8" });
  return [...symbols.matchAll(/GLOBAL\s+DEFAULT\s+[0-9]+ (\w+)/gu)].map(([, name = ""]) => name).sort();
}

/** The libraries that it asks the loader for. */
export function needed(library: string): readonly string[] {
  const dynamic = execFileSync("readelf", ["--dynamic", "--wide", library], { encoding: "utf8" });
  return [...dynamic.matchAll(/\(NEEDED\).*\[(.+)\]/gu)].map(([, name = ""]) => name).sort();
}
