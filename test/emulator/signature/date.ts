// Owns the reading of a request's timestamp: RFC 2822 with English names only.
// Date.parse is not used, it also takes forms that Duo refuses. Called by verify.ts.

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const shape =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(?<day>\d{1,2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2}) (?<zone>[+-]\d{4}|GMT|UTC|UT)$/;

function zoneMinutes(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5));
  return zone.startsWith("-") ? -minutes : minutes;
}

/** Milliseconds since the epoch, or `undefined` if the text is no RFC 2822 date in English. */
export function parseRequestDate(text: string): number | undefined {
  const groups = shape.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const month = months.indexOf(groups["month"] ?? "");
  if (month < 0) return undefined;
  const at = (name: string): number => Number(groups[name]);
  const utc = Date.UTC(at("year"), month, at("day"), at("hour"), at("minute"), at("second"));
  return utc - zoneMinutes(groups["zone"] ?? "") * 60_000;
}
