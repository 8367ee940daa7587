// The house rule of src/: imports point down only, rooms on one floor never import each other, no cycles, type imports
// included; and each outside package has one room where it may be used.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { repositoryFile } from "../support/repository.ts";

const FLOORS: readonly (readonly string[])[] = [
  ["core"],
  ["config", "wire", "duo", "policy", "ffi", "telemetry", "host"],
  ["login"],
  ["gateway"],
  ["cli", "main.ts"],
];
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  commander: ["cli"],
  "ffi-napi": ["ffi"],
  ini: ["config"],
  pino: ["telemetry"],
  "prom-client": ["telemetry"],
  undici: ["duo"],
  zod: ["duo", "ffi"],
};

const root = repositoryFile("src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
const imports = new Map(files.map((file) => [file, importsOf(readFileSync(join(root, file), "utf8"))]));

/** Every specifier of a static or dynamic import, of a re-export, and of a `require` or `createRequire` call. */
function importsOf(text: string): readonly string[] {
  const pattern = /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|(?:import|require\w*)\(\s*"([^"]+)"/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? "");
}

const roomOf = (file: string): string => file.split("/")[0] ?? "";
const floorOf = (room: string): number => FLOORS.findIndex((rooms) => rooms.includes(room));
const local = (file: string, specifier: string): string => normalize(join(dirname(file), specifier));

test("every file of src/ is in a room of the plan", () => {
  assert.ok(files.length > 50);
  assert.deepEqual(
    files.filter((file) => floorOf(roomOf(file)) < 0),
    [],
  );
});

test("imports point down, and never into another room of the same floor", () => {
  const wrong = files.flatMap((file) =>
    (imports.get(file) ?? [])
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => local(file, specifier))
      .filter((target) => {
        const [from, to] = [roomOf(file), roomOf(target)];
        return floorOf(to) < 0 || floorOf(to) > floorOf(from) || (floorOf(to) === floorOf(from) && !within(from, to));
      })
      .map((target) => `${file} imports ${target}`),
  );
  assert.deepEqual(wrong, []);
});

/** The top floor is one: main.ts calls cli/. */
function within(from: string, to: string): boolean {
  return from === to || (from === "main.ts" && to === "cli");
}

test("there is no cycle, of files or of folders inside a room", () => {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
    if (done.has(file) || path.includes(file)) return;
    for (const specifier of imports.get(file) ?? []) {
      if (specifier.startsWith(".")) visit(local(file, specifier), [...path, file]);
    }
    done.add(file);
  };
  for (const file of files) visit(file, []);
  assert.deepEqual(cycles, []);
});

test("each outside package stays in its room", () => {
  const wrong = files.flatMap((file) =>
    (imports.get(file) ?? [])
      .filter((specifier) => !specifier.startsWith(".") && !specifier.startsWith("node:"))
      .filter((specifier) => {
        const name = Object.keys(PACKAGES).find((known) => specifier === known || specifier.startsWith(`${known}/`));
        return name === undefined || PACKAGES[name]?.includes(roomOf(file)) !== true;
      })
      .map((specifier) => `${file} imports ${specifier}`),
  );
  assert.deepEqual(wrong, []);
});
