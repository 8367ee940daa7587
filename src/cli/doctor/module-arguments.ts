// The arguments of a pam_duogate line, read as the module reads them (native/src/args.c): one that it does not take refuses
// every login through that line. Pure. Called by line-findings.ts.

import type { PamModuleEntry } from "../../host/pam/entry.ts";
import { moduleName } from "../../host/pam/modules.ts";

export interface ModuleArguments {
  /** Undefined: the module's own place, by the rights of the program that loads it. */
  readonly socket: string | undefined;
  readonly failmode: "safe" | "secure";
  readonly owner: number | undefined;
  readonly timeoutMs: number;
  readonly debug: boolean;
  /** Each argument that the module refuses, with what to write instead. */
  readonly refused: readonly { readonly argument: string; readonly instead: string }[];
}

export const DEFAULT_SOCKET = "/run/duogate/pam.sock";
const DEFAULT_TIMEOUT_S = 115;
const TIMEOUT_S = { min: 3, max: 3600 } as const;
const NO_UID = 0xffff_ffff;
/** sun_path with its NUL. */
const SOCKET_PATH_BYTES = 108;

const KNOWN = "write socket=PATH, failmode=secure|safe, owner=UID, timeout=SECONDS or debug";

export function isDuogate(entry: PamModuleEntry): boolean {
  return moduleName(entry) === "pam_duogate";
}

export function moduleArguments({ args }: PamModuleEntry): ModuleArguments {
  const refused: { argument: string; instead: string }[] = [];
  const values = new Map<string, string>();
  for (const argument of args) {
    const instead = take(argument, values);
    if (instead !== undefined) refused.push({ argument, instead });
  }
  const number = (name: string) => (values.has(name) ? Number(values.get(name)) : undefined);
  return {
    socket: values.get("socket"),
    failmode: values.get("failmode") === "safe" ? "safe" : "secure",
    owner: number("owner"),
    timeoutMs: (number("timeout") ?? DEFAULT_TIMEOUT_S) * 1000,
    debug: values.has("debug"),
    refused,
  };
}

/** Notes the argument, or says what to write instead. */
function take(argument: string, values: Map<string, string>): string | undefined {
  const equals = argument.indexOf("=");
  const name = equals < 0 ? argument : argument.slice(0, equals);
  const value = equals < 0 ? undefined : argument.slice(equals + 1);
  const fault = (name === "debug") === (value === undefined) ? faultOf(name, value ?? "") : KNOWN;
  if (fault !== undefined) return fault;
  if (values.has(name)) return "it is given twice; keep one of them";
  values.set(name, value ?? "");
  return undefined;
}

function faultOf(name: string, value: string): string | undefined {
  switch (name) {
    case "debug":
      return undefined;
    case "failmode":
      return value === "safe" || value === "secure" ? undefined : "write failmode=secure or failmode=safe";
    case "owner":
      return isNumber(value, 0, NO_UID - 1) ? undefined : "write owner=UID with digits only";
    case "timeout":
      return isNumber(value, TIMEOUT_S.min, TIMEOUT_S.max)
        ? undefined
        : "write timeout=SECONDS from 3 to 3600, digits only";
    case "socket":
      return isSocketPath(value) ? undefined : "write an absolute path without . and .. parts, shorter than 108 bytes";
    case "conf":
      return "remove it: it is pam_duo's; duogate reads /etc/duogate/duogate.conf, and [service:NAME] in it is for one service";
    default:
      return KNOWN;
  }
}

function isNumber(text: string, min: number, max: number): boolean {
  return /^[0-9]{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max;
}

function isSocketPath(path: string): boolean {
  const parts = path.split("/");
  return (
    path.startsWith("/") &&
    parts.at(-1) !== "" &&
    !parts.some((part) => part === "." || part === "..") &&
    Buffer.byteLength(path) < SOCKET_PATH_BYTES
  );
}
