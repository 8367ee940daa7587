// Owns the table of certificates the emulator can show: the good one and the hostile ones.
// A new kind of bad certificate is a new row; the authority makes it from the row alone.

/** What makes a certificate. Times are in days from now. */
export interface CertificateRecipe {
  /** Names the good certificate carries are added when this is absent. */
  readonly names?: readonly string[];
  readonly notBeforeDays: number;
  readonly notAfterDays: number;
  /** Signed by the emulator's authority, which clients trust, or by its own key. */
  readonly issuer: "authority" | "itself";
}

const validNow = { notBeforeDays: -1, notAfterDays: 7 } as const;

/** The certificates by name. */
export const certificateRecipes = {
  good: { ...validNow, issuer: "authority" },
  "wrong-name": { ...validNow, issuer: "authority", names: ["DNS:other.duosecurity.test"] },
  expired: { notBeforeDays: -9, notAfterDays: -2, issuer: "authority" },
  "not-yet-valid": { notBeforeDays: 2, notAfterDays: 9, issuer: "authority" },
  "self-signed": { ...validNow, issuer: "itself" },
} as const satisfies Readonly<Record<string, CertificateRecipe>>;

/** A row of the table. */
export type CertificateKind = keyof typeof certificateRecipes;

/** The names of a good certificate, as subjectAltName entries. */
export const goodNames: readonly string[] = ["DNS:localhost", "IP:127.0.0.1", "DNS:*.duosecurity.test"];
