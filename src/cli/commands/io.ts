// What every command is given of the world outside: made once by main.ts, which alone reads argv and the environment.

import type { SecretInput } from "../api/secret-input.ts";

export interface CommandIo {
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  readonly secrets: SecretInput;
  /** One line, or several, on standard output. */
  readonly print: (line: string) => void;
  /** The same on standard error, with the program's name. */
  readonly complain: (line: string) => void;
  /** Where a person looks on: undefined where standard output is no terminal. */
  readonly screen?: Screen;
  /** Sets the exit code. */
  readonly finish: (code: number) => void;
}

export interface Screen {
  /** Unless NO_COLOR asks for none. */
  readonly colour: boolean;
  /** Shows what is being done, in the place of what was shown before; "" takes it away. */
  readonly progress: (what: string) => void;
}

export const DEFAULT_CONFIG = "/etc/duogate/duogate.conf";
