// Owns how the demo looks: colours and the few signs beyond ASCII. Knows nothing of logins and writes nothing itself.
// Called by everything in test/demo that makes text for a person.

export interface Signs {
  readonly right: string;
  readonly wrong: string;
  readonly bar: string;
  readonly arrow: string;
  /** Corners clockwise from the top left, then the horizontal and the vertical line. */
  readonly box: readonly [string, string, string, string, string, string];
}

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly signs: Signs;
}

const unicodeSigns: Signs = { right: "✓", wrong: "✗", bar: "│", arrow: "→", box: ["╭", "╮", "╯", "╰", "─", "│"] };
const asciiSigns: Signs = { right: "*", wrong: "!", bar: "|", arrow: "->", box: ["+", "+", "+", "+", "-", "|"] };

/**
 * Colour only on a terminal that has it, and never under NO_COLOR (https://no-color.org: present and not empty).
 * Signs beyond ASCII only where the locale says UTF-8: a container's log often has none.
 */
export function createPaint(env: NodeJS.ProcessEnv, isTerminal: boolean): Paint {
  const refused = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  const style = isTerminal && !refused ? sgr : () => (text: string) => text;
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return {
    bold: style(1),
    dim: style(2),
    red: style(31),
    green: style(32),
    yellow: style(33),
    cyan: style(36),
    signs: /utf-?8/i.test(locale) ? unicodeSigns : asciiSigns,
  };
}

function sgr(code: number): (text: string) => string {
  return (text) => (text === "" ? "" : `\x1b[${code}m${text}\x1b[0m`);
}

/** A box around plain lines. `paintLine` colours a line after it was padded, so that the frame stays straight. */
export function boxed(
  { signs, dim }: Paint,
  title: string,
  lines: readonly string[],
  paintLine: (line: string) => string = (line) => line,
): readonly string[] {
  const [topLeft, topRight, bottomRight, bottomLeft, across, down] = signs.box;
  const width = Math.max(title.length + 3, ...lines.map((line) => line.length), 34);
  const top = dim(`${topLeft}${across} ${title} ${across.repeat(width - title.length - 1)}${topRight}`);
  const bottom = dim(`${bottomLeft}${across.repeat(width + 2)}${bottomRight}`);
  const body = lines.map((line) => `${dim(down)} ${paintLine(line.padEnd(width))} ${dim(down)}`);
  return [top, ...body, bottom];
}
