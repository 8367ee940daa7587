// The reporter of `npm test`: quiet about what passes, complete about what fails or is skipped. It prints each failure
// as it comes, each skip with its reason, and leaves the counts in the file that $DUOGATE_TEST_COUNTS names.

import { writeFileSync } from "node:fs";
import { inspect } from "node:util";

interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly file?: string;
    readonly skip?: string | boolean;
    readonly message?: string;
    readonly nesting?: number;
    readonly details?: {
      readonly error?: { readonly cause?: unknown; readonly failureType?: string };
      readonly type?: string;
    };
  };
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

// node:test takes the default export of a reporter module; biome.json allows it for this file.
export default async function* reporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const event of events) {
    if (event.type === "test:stdout" || event.type === "test:stderr") yield event.data.message ?? "";
    const end = endOf(event);
    if (end === undefined) continue;
    counts[end] += 1;
    if (end === "skipped") yield `  skipped  ${event.data.name}: ${reasonOf(event)}\n`;
    if (end === "failed") yield failureText(event);
  }
  const file = process.env["DUOGATE_TEST_COUNTS"];
  if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
}

/** How a test ended. A file and a suite are no tests of their own, unless they fail without one of theirs failing. */
function endOf({ type, data }: TestEvent): keyof Counts | undefined {
  if (type !== "test:pass" && type !== "test:fail") return undefined;
  if (data.details?.error?.failureType === "subtestsFailed") return undefined;
  const container = data.details?.type === "suite" || isFile(data.name);
  // Before the containers: a suite that is skipped as a whole reports none of its tests.
  if (data.skip !== undefined && data.skip !== false) return "skipped";
  if (container && type === "test:pass") return undefined;
  return type === "test:pass" ? "passed" : "failed";
}

function reasonOf({ data }: TestEvent): string {
  return typeof data.skip === "string" && data.skip !== "" ? data.skip : "no reason given";
}

function failureText({ data }: TestEvent): string {
  return `  FAILED   ${data.name}\n           ${data.file ?? ""}\n${indent(describe(data.details?.error))}\n`;
}

function isFile(name: string | undefined): boolean {
  return name?.endsWith(".test.js") === true;
}

function describe(error: { readonly cause?: unknown } | undefined): string {
  const cause = error?.cause ?? error;
  if (cause instanceof Error) return inspect(cause, { depth: 4, maxStringLength: 4000 });
  return typeof cause === "string" ? cause : inspect(cause);
}

function indent(text: string): string {
  return text.replace(/^/gm, "           ");
}
