// The value of metrics_listen: an address of the loopback interface with a port. SECURITY: no other address is taken, and no
// name, which a resolver could lead elsewhere. Used by options.ts.

import { isIPv4 } from "node:net";
import { displayLine } from "../core/display-text.ts";
import { err, ok } from "../core/result.ts";
import type { LoopbackPlace } from "./config.ts";
import { complaint } from "./problem.ts";
import type { ValueType } from "./value-types.ts";

const REMEDY = "write 127.0.0.1:9640 or [::1]:9640";

export const loopbackPlace: ValueType<LoopbackPlace | undefined> = {
  label: "a loopback address with a port",
  read(raw) {
    const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*)):([1-9][0-9]{0,4})$/.exec(raw) ?? [];
    const port = Number(digits);
    const host = bracketed ?? plain;
    if (host === undefined || !(port <= 65_535)) {
      return err(complaint("bad-value", `"${displayLine(raw, 64)}" is not an address with a port`, REMEDY));
    }
    const loopback = bracketed === undefined ? isIPv4(host) && host.startsWith("127.") : host === "::1";
    if (loopback) return ok(Object.freeze({ host, port }));
    const message = `"${displayLine(host, 64)}" is not an address of the loopback interface`;
    return err(
      complaint("bad-value", message, `${REMEDY}; for other machines, put a proxy with a login of its own before it`),
    );
  },
  show: (value) =>
    value === undefined ? "" : `${value.host.includes(":") ? `[${value.host}]` : value.host}:${value.port}`,
};
