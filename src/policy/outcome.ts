// What a failure on the way to Duo means for the login: the total table phase × failure × failmode → verdict.
// SECURITY: the only place where an outage can become an allow.

import { type DuoFailure, failureClass } from "../core/failure.ts";
import { allowFailmodeSafe, deny, type Verdict } from "../core/verdict.ts";

export type Failmode = "safe" | "secure";

/**
 * `before-factor`: no preauth of this login has asked for a factor, so none has been sent.
 * `after-factor`: from then on, in later attempts of the same login too. failmode has no say there: somebody who can cut
 * the network after a push was refused must not get in.
 */
export type Phase = "before-factor" | "after-factor";

/**
 * The verdict for a failed call.
 *
 *   class             before-factor, safe   before-factor, secure   after-factor
 *   outage            allow failmode-safe   unavailable             unavailable
 *   misconfiguration  misconfigured         misconfigured           misconfigured
 *   local             deny                  deny                    deny
 *   refused           deny                  deny                    deny
 *   nonsense          deny                  deny                    deny
 *   cancelled         deny                  deny                    deny
 */
export function outcomeOf(failure: DuoFailure, phase: Phase, failmode: Failmode): Verdict {
  switch (failureClass(failure.code)) {
    case "outage":
      return outage(phase, failmode);
    case "misconfiguration":
      return { kind: "misconfigured", reason: misconfigured(failure) };
    case "local":
      // SECURITY: any user can take the machine's last port or descriptor: failmode has no say.
      return deny("local-trouble");
    case "refused":
      return deny("duo-refused");
    case "nonsense":
      return deny("duo-nonsense");
    default:
      return deny("out-of-time");
  }
}

/** Duo will not use this factor for this login (400 on auth): the user may choose another one, within `prompts`. */
export function mayChooseAgain(failure: DuoFailure): boolean {
  return failure.stage === "auth" && failure.code === "bad-request";
}

function misconfigured({ code }: DuoFailure): "duo-clock" | "duo-proxy" | "duo-keys" {
  if (code === "bad-clock") return "duo-clock";
  return code === "proxy-refused" ? "duo-proxy" : "duo-keys";
}

function outage(phase: Phase, failmode: Failmode): Verdict {
  if (phase === "after-factor") return { kind: "unavailable", reason: "outage-after-factor" };
  return failmode === "safe" ? allowFailmodeSafe() : { kind: "unavailable", reason: "failmode-secure" };
}
