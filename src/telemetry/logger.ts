// The daemon's log: one line of JSON for each event, on pino. Owns levels, time, the names of the fixed fields and the
// last defence against secrets and control characters in a line. It decides nothing about what is worth a line; audit.ts
// and the callers do. Made once by main.

import { type DestinationStream, destination as fileDestination, type Logger as PinoLogger, pino } from "pino";
import { type Clock, systemClock } from "../core/clock.ts";
import { safeFields, safeText } from "./safe-fields.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface Logger {
  debug(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
  /** Written whatever the configured level: for the audit trail. */
  always(level: LogLevel, message: string, fields?: object): void;
  /** A logger whose lines all carry `fields` too, such as the transaction. */
  with(fields: object): Logger;
}

export interface LoggerOptions {
  /** The least serious level that is written. */
  readonly level: LogLevel;
  /** Where lines go, each with its LF; standard output where absent. */
  readonly destination?: DestinationStream;
  readonly clock?: Clock;
}

/**
 * Lines have `level`, `time` (ISO 8601 in UTC, milliseconds) and `msg`, and then the fields given. No call throws,
 * whatever the fields hold. There is no syslog prefix such as `<4>`: it would make a line that is no JSON.
 */
export function createLogger(options: LoggerOptions): Logger {
  const clock = options.clock ?? systemClock;
  const lines = pino(
    {
      level: "debug",
      base: null,
      messageKey: "msg",
      timestamp: () => `,"time":"${new Date(clock.wallMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    escaping(options.destination ?? standardOutput()),
  );
  return new SafeLogger(lines, options.level, {});
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

class SafeLogger implements Logger {
  readonly #lines: PinoLogger;
  readonly #level: LogLevel;
  readonly #common: object;

  constructor(lines: PinoLogger, level: LogLevel, common: object) {
    this.#lines = lines;
    this.#level = level;
    this.#common = common;
  }

  debug(message: string, fields?: object): void {
    this.#write("debug", message, fields);
  }

  info(message: string, fields?: object): void {
    this.#write("info", message, fields);
  }

  warn(message: string, fields?: object): void {
    this.#write("warn", message, fields);
  }

  error(message: string, fields?: object): void {
    this.#write("error", message, fields);
  }

  always(level: LogLevel, message: string, fields: object = {}): void {
    // The names of the fixed fields stay ours: a field of the same name would come second and win.
    const { level: _level, time: _time, msg: _msg, ...safe } = safeFields(this.#common, fields);
    this.#lines[level](safe, "%s", safeText(message));
  }

  with(fields: object): Logger {
    return new SafeLogger(this.#lines, this.#level, safeFields(this.#common, fields));
  }

  #write(level: LogLevel, message: string, fields: object | undefined): void {
    if (RANK[level] >= RANK[this.#level]) this.always(level, message, fields);
  }
}

// JSON escapes C0 controls by itself. These it may leave as they are: DEL, C1, format characters (bidi, zero-width),
// line and paragraph separators, lone surrogates. Each can make a terminal or a log viewer show another line than this.
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** In a line of JSON such characters stand only inside strings, so that an escape means the same and loses nothing. */
function escaping(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(line.replace(UNSAFE, escapeCharacter)) };
}

function escapeCharacter(character: string): string {
  // By UTF-16 unit: a character beyond U+FFFF becomes the pair that JSON wants.
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** Synchronous, so that the line about a decision is out before the decision is. */
function standardOutput(): DestinationStream {
  const stream = fileDestination({ fd: 1, sync: true });
  // A reader that went away (EPIPE) must not end the daemon, and there is nowhere left to say so.
  stream.on("error", () => undefined);
  return stream;
}
