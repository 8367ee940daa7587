// Whether what came over the control socket has a shape: the daemon may be another version, or not be itself any more. Small
// tests of values, and nothing of what the answers mean.

export type Test = (value: unknown) => boolean;

export const isText: Test = (value) => typeof value === "string";
export const isNumber: Test = (value) => typeof value === "number" && Number.isFinite(value);

export function optional(test: Test): Test {
  return (value) => value === undefined || test(value);
}

export function listOf(test: Test): Test {
  return (value) => Array.isArray(value) && value.every((one) => test(one));
}

/** An object whose every value passes. */
export function recordOf(test: Test): Test {
  return (value) => isObject(value) && Object.values(value).every((one) => test(one));
}

/** An object with these fields of its own; others are let be. */
export function shape(tests: Readonly<Record<string, Test>>): Test {
  return (value) => {
    if (!isObject(value)) return false;
    const fields = new Map<string, unknown>(Object.entries(value));
    return Object.entries(tests).every(([name, test]) => test(fields.get(name)));
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
