// The one file that libpam reads where there is no folder of services at all: /etc/pam.conf, whose lines begin with the name
// of the service. Cut into the text of each service, with the numbers of its lines kept. Pure. Called by source.ts.

interface OwnedLine {
  readonly raw: string;
  /** In lower case; "" for comments and empty lines. */
  readonly service: string;
  /** The name stands here; in a continued line it stands above. */
  readonly named: boolean;
}

/** The lines of `service` without its name, at their places; undefined where it has none. */
export function serviceText(conf: string, service: string): string | undefined {
  const lines = ownedLines(conf);
  const wanted = service.toLowerCase();
  if (!lines.some((line) => line.service === wanted)) return undefined;
  return lines
    .map((line) => {
      if (line.service !== wanted) return "";
      return line.named ? line.raw.replace(/^([ \t]*)[^ \t]+/, "$1") : line.raw;
    })
    .join("\n");
}

/** Every service that has a line. */
export function serviceNames(conf: string): readonly string[] {
  const names = new Set(ownedLines(conf).map(({ service }) => service));
  return [...names].filter((name) => /^[a-z0-9_][a-z0-9_.@+-]*$/.test(name));
}

function ownedLines(conf: string): readonly OwnedLine[] {
  let above: string | undefined;
  return conf.split("\n").map((raw) => {
    const named = above === undefined;
    const service = above ?? nameOf(raw);
    // As in lines.ts: a backslash behind a comment continues nothing.
    above = !raw.includes("#") && /\\[ \t]*$/.test(raw) ? service : undefined;
    return { raw, service, named };
  });
}

function nameOf(line: string): string {
  const [, name = ""] = /^[ \t]*([^ \t#]+)[ \t]/.exec(line) ?? [];
  return name.toLowerCase();
}
