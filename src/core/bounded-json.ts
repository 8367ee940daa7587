// JSON that another process wrote, with an end to its depth: what is read without trouble can be nested so deeply that to write
// it again takes more stack than there is, and a command of root's would end with a trace of its own code.

/** An answer of the daemon, or of Duo, has less than ten. */
export const DEPTH_MAX = 32;

/** As JSON.parse, which throws; throws also where lists and objects are nested more than DEPTH_MAX deep. */
export function parseBounded(text: string): unknown {
  if (depthOf(text) > DEPTH_MAX) throw new SyntaxError(`nested more than ${DEPTH_MAX} deep`);
  return JSON.parse(text);
}

/** Of a text that is JSON; any other makes JSON.parse throw. No regular expression: a long string would take its stack. */
function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const one = text[at];
    if (one === '"') inString = !inString;
    else if (inString) at += one === "\\" ? 1 : 0;
    else if (one === "[" || one === "{") depth += 1;
    else if (one === "]" || one === "}") depth -= 1;
    most = Math.max(most, depth);
  }
  return most;
}
