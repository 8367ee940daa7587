#!/bin/sh
# Prints the folders of the packages that duogate runs with, from package-lock.json, one a line. With --all also those whose
# headers are compiled into the addons; nothing of them is loaded at run time, but their licences count.
# Fails when node_modules is not what package-lock.json says. Usage: run-time-packages.sh ROOT [--all]
set -eu
node - "$@" <<'END'
const { readFileSync } = require("node:fs");
const [root, all] = process.argv.slice(2);
const headers = ["node-addon-api", "get-uv-event-loop-napi-h", "get-symbol-from-current-process-h"];
const read = (path) => JSON.parse(readFileSync(`${root}/${path}`, "utf8"));
const wanted = Object.entries(read("package-lock.json").packages)
  .filter(([folder, { dev }]) => folder !== "" && dev !== true)
  .filter(([folder]) => all === "--all" || !headers.includes(folder.split("node_modules/").pop()));
for (const [folder, { version }] of wanted) {
  const installed = read(`${folder}/package.json`).version;
  if (installed !== version) throw new Error(`${folder} is ${installed}, not ${version}: run npm ci`);
}
console.log(wanted.map(([folder]) => folder).sort().join("\n"));
END
