// Owns the list of devices in a preauth reply and the choice of a device for a factor.

import type { Account, Phone } from "../store/account.ts";
import { offeredCapabilities } from "../store/limits.ts";
import type { Capability } from "../store/users.ts";
import type { World } from "../store/world.ts";

/** `devices[]` of a preauth reply, phones first. */
export function deviceList(world: World, account: Account): readonly object[] {
  const phones = account.phones.map((phone) => ({
    device: phone.device,
    type: "phone",
    display_name: phone.display_name,
    name: phone.name ?? "",
    number: phone.number,
    capabilities: withAuto(offeredCapabilities(world, account, phone)),
    ...(phone.nextSms === undefined ? {} : { sms_nextcode: phone.nextSms }),
  }));
  const tokens = account.tokens.map(({ device, name }) => ({ device, name, type: "token" }));
  return [...phones, ...tokens];
}

/** A phone that can be rung in any way can also be left to Duo's choice. */
function withAuto(capabilities: readonly Capability[]): readonly string[] {
  const rings = capabilities.includes("push") || capabilities.includes("phone");
  return [...(rings ? ["auto"] : []), ...capabilities];
}

/** The phone that `device` names (an ID, or `auto` for the first that can); `undefined` if there is none that can. */
export function choosePhone(account: Account, device: string, capability: Capability): Phone | undefined {
  const able = account.phones.filter(({ capabilities }) => capabilities.includes(capability));
  return device === "auto" ? able[0] : able.find((phone) => phone.device === device);
}
