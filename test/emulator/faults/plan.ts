// Owns which fault meets the next request or connection: first planned, first used.

import type { Endpoint } from "../store/records.ts";
import { isConnectFault, isEndpointFault, isTlsFault } from "./check.ts";
import type { ConnectFault, EndpointFault, Fault, FaultTarget, TlsFault } from "./fault.ts";

interface Planned {
  readonly fault: Fault;
  left: number;
}

/** The faults that are planned. */
export class FaultPlan {
  readonly #planned = new Map<FaultTarget, Planned[]>();

  /** Plans a fault for the next `times` uses of the target; Infinity until cleared. */
  add(target: FaultTarget, fault: Fault, times: number): void {
    const list = this.#planned.get(target) ?? [];
    list.push({ fault, left: times });
    this.#planned.set(target, list);
  }

  clear(): void {
    this.#planned.clear();
  }

  forConnect(): ConnectFault | undefined {
    const fault = this.#take("connect");
    return isConnectFault(fault) ? fault : undefined;
  }

  forTls(): TlsFault | undefined {
    const fault = this.#take("tls");
    return isTlsFault(fault) ? fault : undefined;
  }

  forEndpoint(endpoint: Endpoint): EndpointFault | undefined {
    const fault = this.#take(endpoint);
    return isEndpointFault(fault) ? fault : undefined;
  }

  #take(target: FaultTarget): Fault | undefined {
    const list = this.#planned.get(target);
    const first = list?.[0];
    if (list === undefined || first === undefined) return undefined;
    first.left -= 1;
    if (first.left <= 0) list.shift();
    return first.fault;
  }
}
