// Whom Duo is asked for. COMPAT(duo_unix): su to root asks for the caller, su to anybody else for the target, every
// other service for PAM_USER (which sudo sets to the caller by itself). `subject` in the configuration says otherwise.

export type SubjectChoice = "default" | "caller" | "target";
export type SubjectRule = "user" | "caller" | "caller-if-root";

const SU_SERVICES: ReadonlySet<string> = new Set(["su", "su-l"]);

/** `caller-if-root`: the caller when the target's uid is 0, else the target; needs the target's passwd entry. */
export function subjectRule(service: string, choice: SubjectChoice): SubjectRule {
  switch (choice) {
    case "caller":
      return "caller";
    case "target":
      return "user";
    default:
      return SU_SERVICES.has(service) ? "caller-if-root" : "user";
  }
}

/** What fits START and Duo: longer ones can only come from GECOS. */
const NAME_MAX_BYTES = 256;

/** A user name that may be sent to Duo and written to a log: no control or format characters, not blank, not endless. */
export function isUsableName(name: string): boolean {
  return (
    name.trim() !== "" && Buffer.byteLength(name) <= NAME_MAX_BYTES && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(name)
  );
}
