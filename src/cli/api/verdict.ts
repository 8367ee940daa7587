// What an answer of Duo's means for the exit code, and what a failure means for a person. Pure.

import { displayLine } from "../../core/display-text.ts";
import { type DuoFailure, type DuoFailureCode, failureClass } from "../../core/failure.ts";
import { EXIT } from "../exit-codes.ts";
import type { EndpointName } from "./endpoints.ts";

/** SECURITY: of the calls that decide about somebody, only the plain word `allow` or `success` gives 0. */
export function exitCodeOf(endpoint: EndpointName, response: unknown): number {
  switch (endpoint) {
    case "preauth":
    case "auth":
    case "auth-status":
      return ofResult(resultOf(response));
    case "enroll-status":
      if (response === "success") return EXIT.ok;
      return response === "waiting" ? EXIT.undecided : EXIT.denied;
    default:
      return EXIT.ok;
  }
}

function ofResult(result: unknown): number {
  if (result === "allow") return EXIT.ok;
  // No result at all: auth --async gave a txid, or v1's status is still under way.
  return result === "auth" || result === "waiting" || result === undefined ? EXIT.undecided : EXIT.denied;
}

function resultOf(response: unknown): unknown {
  return typeof response === "object" && response !== null && "result" in response ? response.result : undefined;
}

/** For `local-trouble`, wherever it is told. */
export const LOCAL_TROUBLE_REMEDY =
  "the log's detail has the error: ss -s and ss -tunap show who holds the ports, LimitNOFILE of duogated.service bounds its descriptors, nft list ruleset, ip route and nf_conntrack_count show what lets nothing out, top who leaves it no time";

const REMEDY: Partial<Readonly<Record<DuoFailureCode, string>>> = {
  "bad-keys": "compare ikey and host with the Duo Admin Panel",
  "bad-signature": "compare skey and host with the Duo Admin Panel",
  forbidden: "these keys belong to another kind of application than Auth API or UNIX Application",
  "bad-clock": "set this machine's clock",
  "local-trouble": LOCAL_TROUBLE_REMEDY,
  "rate-limited": "wait before you try again",
};

/** The lines for a person; the first names Duo's code, message and detail where there are such. */
export function describeFailure(failure: DuoFailure): { readonly lines: readonly string[]; readonly code: number } {
  const detail = displayLine(failure.detail, 512);
  const remedy = REMEDY[failure.code];
  const lines = (first: string) => (remedy === undefined ? [first] : [first, remedy]);
  const said = failure.duoCode === undefined ? detail : `${failure.duoCode} ${detail}`;
  const kind = failureClass(failure.code);
  if (kind === "outage") {
    const answered = failure.code === "server-error";
    return {
      lines: lines(answered ? `Duo is in trouble: ${said}` : `Duo could not be reached (${failure.code}): ${detail}`),
      code: EXIT.unreachable,
    };
  }
  if (kind === "local") {
    return { lines: lines(`this machine could not send the request: ${detail}`), code: EXIT.unreachable };
  }
  if (kind === "nonsense" && failure.duoCode === undefined) {
    return { lines: lines(`what answered is not Duo's Auth API: ${detail}`), code: EXIT.unreachable };
  }
  return { lines: lines(`Duo refused the request: ${said}`), code: EXIT.refused };
}
