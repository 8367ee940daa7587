// Mutants of what stands at the edges: duo/, wire/, core/ and config/.

import { type Mutant, mutantsOf } from "./mutant.ts";

export const EDGE_MUTANTS: readonly Mutant[] = [
  ...mutantsOf(
    "src/duo/trust.ts",
    ["integration/tls"],
    [
      ['subject: { ...certificate.subject, CN: "" }', "subject: certificate.subject"],
      [
        'if (typeof certificate.subjectaltname !== "string")',
        "if (false)",
        "Node refuses a certificate without names too, once the common name is kept from it: this check has the better words",
      ],
    ],
  ),
  ...mutantsOf(
    "src/duo/transport-connect.ts",
    ["integration/tls"],
    [
      [', minVersion: "TLSv1.2"', ""],
      ["rejectUnauthorized: true", "rejectUnauthorized: false"],
      ["checkServerIdentity: identityFault", "checkServerIdentity: () => undefined"],
      ["ca: [...settings.caCertificates], ", ""],
    ],
  ),
  ...mutantsOf(
    "src/duo/signature.ts",
    ["unit/duo/signature"],
    [
      ["/[!'()*]/g", "/[!'()]/g"],
      ["compare(keyA, keyB) || compare(valueA, valueB)", "compare(keyA, keyB)"],
      ["request.host.toLowerCase()", "request.host"],
      ['String(n).padStart(2, "0")', "String(n)"],
      ["request.path, request.parameters].join", "request.parameters].join"],
    ],
  ),
  ...mutantsOf(
    "src/duo/signature-v5.ts",
    ["unit/duo/signature-v5"],
    [
      ['name.startsWith("x-duo-")', "true"],
      ["if (new Set(covered.map(([name]) => name)).size !== covered.length)", "if (false)"],
      ['if (flat.some((part) => part.includes("\\0")))', "if (false)"],
      ["sha512Hex(request.body), ", ""],
    ],
  ),
  ...mutantsOf(
    "src/duo/client.ts",
    ["unit/duo/client"],
    [
      ["if (!call.repeatable) return", "if (false) return"],
      ["if (signal.aborted) return", "if (false) return"],
      ["offset.ms === datedBy && !(await synchronise(signal))", "!(await synchronise(signal))"],
    ],
  ),
  ...mutantsOf(
    "src/duo/clock-offset.ts",
    ["unit/duo/clock-offset"],
    [["if (Math.abs(offset) > OFFSET_MAX_MS) return false;", ""]],
  ),
  ...mutantsOf(
    "src/duo/retry.ts",
    ["unit/duo/retry"],
    [
      ["tries >= budget.tries", "tries > budget.tries"],
      [" || waited + wait > budget.waitMs", ""],
      ["if (signal.aborted) return result;", ""],
    ],
  ),
  ...mutantsOf(
    "src/duo/outage.ts",
    ["unit/duo/outage"],
    [["if (this.#closed || result.ok || !provesAbsence(result.error)) return;", "if (this.#closed) return;"]],
  ),
  ...mutantsOf(
    "src/wire/frame.ts",
    ["unit/wire/frame", "unit/wire/vectors"],
    [
      ["else if (length > FRAME_MAX)", "else if (false)"],
      ["if (length === 0)", "if (false)"],
      ["this.#buffer?.fill(0);", ""],
    ],
  ),
  ...mutantsOf(
    "src/wire/fields.ts",
    ["unit/wire/vectors", "unit/wire/frame"],
    [
      ["if (bytes.includes(0)) throw", "if (false) throw"],
      ["fatal: true", "fatal: false"],
      ["if (CONTROL.test(text)) throw", "if (false) throw"],
      ["if (!this.done) throw", "if (false) throw"],
      ["if (length < min || length > max) throw", "if (length < min) throw"],
      ["if (this.#bytes.length - this.#at < length) throw", "if (false) throw"],
    ],
  ),
  ...mutantsOf(
    "src/wire/start-facts.ts",
    ["unit/wire/vectors"],
    [
      ['throw new FieldError("duplicate-fact")', "continue"],
      ['required(numbers.get("budget"))', '(numbers.get("budget") ?? 0)'],
      ['required(texts.get("user"))', '(texts.get("user") ?? "")'],
    ],
  ),
  ...mutantsOf(
    "src/wire/messages.ts",
    ["unit/wire/vectors"],
    [
      ["if (status !== 1 && status !== 2) throw", "if (false) throw"],
      ["status === 1 ? ANSWER_MAX : 0", "ANSWER_MAX"],
    ],
  ),
  ...mutantsOf(
    "src/core/display-text.ts",
    ["unit/core/display-text"],
    [
      ["[\\p{Cc}\\p{Cf}", "[\\p{Cc}"],
      ['.replaceAll("\\r\\n", "\\n").replace(UNSAFE, "?")', '.replaceAll("\\r\\n", "\\n")'],
      ['replace(/[\\n\\t]+/g, " ")', 'replace(/[\\t]+/g, " ")'],
    ],
  ),
  ...mutantsOf(
    "src/core/secret.ts",
    ["unit/core/secret"],
    [
      ["toJSON(): string {\n    return MASK;", "toJSON(): string {\n    return this.#value;"],
      ["[INSPECT](): string {\n    return MASK;", "[INSPECT](): string {\n    return this.#value;"],
    ],
  ),
  ...mutantsOf(
    "src/config/trusted-file.ts",
    ["unit/config/load", "unit/config/credentials"],
    [
      ["0o037 : 0o077", "0o037 : 0o007"],
      ["if (stats.uid !== 0 && stats.uid !== euid)", "if (false)"],
      [" | constants.O_NOFOLLOW", ""],
      ["const folder = await folderFault(path);\n  if (folder) return err(folder);", "await folderFault(path);"],
    ],
  ),
];
