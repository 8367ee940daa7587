// Owns the list of devices in a preauth reply and the choice of a device for a factor.

import type { Account, Phone } from "../store/account.ts";
import type { Capability } from "../store/users.ts";

/** `devices[]` of a preauth reply, phones first. */
export function deviceList(account: Account): readonly object[] {
  const phones = account.phones.map((phone) => ({
    device: phone.device,
    type: "phone",
    display_name: phone.display_name,
    name: phone.name ?? "",
    number: phone.number,
    capabilities: [...(canRing(phone) ? ["auto"] : []), ...phone.capabilities],
    ...(phone.nextSms === undefined ? {} : { sms_nextcode: phone.nextSms }),
  }));
  const tokens = account.tokens.map(({ device, name }) => ({ device, name, type: "token" }));
  return [...phones, ...tokens];
}

function canRing(phone: Phone): boolean {
  return phone.capabilities.includes("push") || phone.capabilities.includes("phone");
}

/** The phone that `device` names (an ID, or `auto` for the first that can); `undefined` if there is none that can. */
export function choosePhone(account: Account, device: string, capability: Capability): Phone | undefined {
  const able = account.phones.filter(({ capabilities }) => capabilities.includes(capability));
  return device === "auto" ? able[0] : able.find((phone) => phone.device === device);
}
