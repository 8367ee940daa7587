// duogate.conf made of translated Duo Unix files: [duo] from the first, [service:NAME] from each further one with what differs,
// and above each line what its owner should know. Pure. Called by cli/import.

import type { Option } from "../option.ts";
import { ALL_OPTIONS } from "../options.ts";
import type { Finding, Translation } from "./finding.ts";

export interface ImportedService {
  readonly service: string;
  readonly file: string;
  readonly translation: Translation;
}

const WIDTH = 118;
const DUO_OPTIONS = ALL_OPTIONS.filter(({ section }) => section === "duo");

/** The text, and what was found while the sections were fitted together. */
export function renderImport(
  file: string,
  main: Translation,
  services: readonly ImportedService[],
): { readonly text: string; readonly findings: readonly (Finding & { readonly service: string })[] } {
  const found: (Finding & { readonly service: string })[] = [];
  const sections = services.map(({ service, file: from, translation }) => {
    const { values, findings } = differences(main, translation);
    found.push(...findings.map((finding) => ({ ...finding, service })));
    return section(`service:${service}`, from, { values, findings: [...translation.findings, ...findings] });
  });
  const head =
    "# Made by duogate import. duogate check says whether it is valid; docs/CONFIG.md explains every option.\n";
  return { text: [head, section("duo", file, main), ...sections].join("\n"), findings: found };
}

function section(name: string, file: string, { values, findings }: Translation): string {
  const said = (key: string | undefined) =>
    findings.filter((one) => one.key === key).flatMap(({ line, text }) => comment(line, text));
  const written = DUO_OPTIONS.filter(({ key }) => values.has(key));
  const keys = new Set(written.map(({ key }) => key));
  // What is about a line that is not here stands at the top.
  const loose = findings.filter(({ key }) => key !== undefined && !keys.has(key));
  const top = [...said(undefined), ...loose.flatMap(({ line, key, text }) => comment(line, `${key}: ${text}`))];
  const lines = written.flatMap(({ key }) => [...said(key), `${key} = ${values.get(key) ?? ""}`]);
  return `${[...comment(undefined, `From ${file}.`), ...top, `[${name}]`, ...lines].join("\n")}\n`;
}

/** What a service's section needs so that it means what its own file said, whatever [duo] has. */
function differences(main: Translation, service: Translation): Translation {
  const values = new Map<string, string>();
  const findings: Finding[] = [];
  const differs = (key: string) => service.values.get(key) !== main.values.get(key);
  const otherApplication = differs("ikey") || differs("skey");
  for (const option of DUO_OPTIONS) {
    const { key } = option;
    if (!(key === "ikey" || key === "skey" ? otherApplication : differs(key))) continue;
    const value = service.values.get(key) ?? valueOfNone(option);
    if (value === undefined) {
      const text = `${key} of [duo] holds here too, which this file did not have: write your own value here`;
      findings.push({ line: undefined, key: undefined, text });
    } else if (service.values.has(key) || value !== main.values.get(key)) values.set(key, value);
  }
  return { values, findings };
}

/** How a line says what the absence of one says in Duo Unix. */
function valueOfNone(option: Option<unknown>): string | undefined {
  if (option.key === "groups") return "*";
  return option.required || option.without !== undefined ? undefined : option.type.show(option.fallback);
}

function comment(line: number | undefined, text: string): readonly string[] {
  const words = `${line === undefined ? "" : `line ${line}: `}${text}`.split(" ");
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= WIDTH) lines.push(`# ${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
