// The menu of Auth API v2: made from the devices of *this* preauth reply and their capabilities, because risk-based
// policies change them from login to login. Order and names are Duo Unix's: pushes, then calls, then SMS.

import { displayLine } from "../../core/display-text.ts";
import type { FactorKind, FactorMenu, FactorOption } from "../api.ts";
import type { Device } from "./schemas.ts";

const LABEL_MAX_BYTES = 72;
const KINDS: readonly FactorKind[] = ["push", "phone", "sms"];

export function menuOf(devices: readonly Device[]): FactorMenu {
  // `push2` is the push to the second phone, whatever the first one can do.
  const phones = devices.filter((device) => device.type !== "token").map((device, i) => ({ device, number: i + 1 }));
  const options = KINDS.flatMap((kind) =>
    phones
      .filter(({ device }) => device.capabilities.includes(kind))
      .map(
        ({ device, number }): FactorOption => ({
          name: `${kind}${number}`,
          kind,
          label: displayLine(labelOf(kind, device), LABEL_MAX_BYTES),
          target: device.device,
        }),
      ),
  );
  // SMS only sends codes, so it is nothing that Enter or autopush may choose.
  const preferred = options.find(({ kind }) => kind !== "sms");
  return { options, preferred, phones: ownerOf(phones.map(({ device }) => device)) };
}

/** By one of the devices, because a policy can leave some out. */
function ownerOf(phones: readonly Device[]): string | undefined {
  return phones.map(({ device }) => device).sort()[0];
}

function labelOf(kind: FactorKind, device: Device): string {
  const name = device.number || device.display_name || device.name || device.device;
  if (kind === "push") return `Duo Push to ${name}`;
  if (kind === "phone") return `Phone call to ${name}`;
  const next = device.sms_nextcode ? ` (next code starts with: ${device.sms_nextcode})` : "";
  return `SMS passcodes to ${name}${next}`;
}
