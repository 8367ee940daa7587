// A configuration's text as a terminal may have it: without the secret keys and without a proxy's credentials. SECURITY:
// everything that `duogate import` prints goes through here. Pure.

const SECRET_LINE = /((?:skey|secret_key|client_secret)[ \t]*=[ \t]*)(.*?)[ \t\r]*$/gim;
const PROXY_LINE = /^([ \t]*[#;]?[ \t]*http_proxy[ \t]*=[ \t]*(?:https?:\/\/)?)[^\r\n]*@/gim;

/** Masks `text` wherever a secret key has its name in front. */
export function masked(text: string): string {
  return mask(text, () => "[secret]");
}

/** Both masked, so that a key that one of them does not have shows as a change. */
export function maskedPair(before: string, after: string): readonly [string, string] {
  const [old, young] = [secretsOf(before), secretsOf(after)];
  return [
    mask(before, (value) => (young.has(value) ? "[secret]" : "[old secret]")),
    mask(after, (value) => (old.has(value) ? "[secret]" : "[new secret]")),
  ];
}

function mask(text: string, name: (value: string) => string): string {
  return text
    .replace(SECRET_LINE, (_line, head: string, value: string) => head + name(value))
    .replace(PROXY_LINE, "$1[credentials]@");
}

function secretsOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(SECRET_LINE)].map((match) => match[2] ?? ""));
}
