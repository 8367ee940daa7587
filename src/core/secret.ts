// A holder for values that must never be printed: keys, passcodes, tokens. It shows itself as "[secret]" to string
// conversion, JSON, util.inspect and template literals; only reveal() gives the value, so every use can be found.

const INSPECT = Symbol.for("nodejs.util.inspect.custom");
const MASK = "[secret]";

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. SECURITY: call it only where the value leaves for Duo or is compared, never into a log. */
  reveal(): string {
    return this.#value;
  }

  /** Equality without revealing; used when a reload asks whether the keys changed. */
  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [INSPECT](): string {
    return MASK;
  }
}
