// The metrics of the process and its event loop, under the names that Prometheus' own client libraries use, read when somebody
// scrapes. prom-client's default ones would do, but they start a timer that wakes the process a hundred times a second, whether
// anybody looks or not. Called by metrics.ts.

import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { Counter, Gauge, type Registry } from "prom-client";
import type { LoopDelayMeter } from "./loop-delay.ts";

export function addProcessMetrics(registry: Registry, delay: LoopDelayMeter, startedAtMs: number): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number | undefined) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const value = read();
        if (value !== undefined) this.set(value);
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  counter("process_cpu_seconds_total", "Processor time that the daemon has used, user and system.", cpuSeconds);
  gauge("process_resident_memory_bytes", "Resident memory of the daemon.", () => process.memoryUsage.rss());
  gauge("process_open_fds", "Open file descriptors of the daemon.", openDescriptors);
  gauge("process_max_fds", "Limit of open file descriptors.", descriptorLimit);
  gauge("process_start_time_seconds", "When the daemon started, in seconds since 1970.", () => startedAtMs / 1000);
  counter(
    "duogate_event_loop_busy_seconds_total",
    "Time that the event loop was at work, not waiting.",
    () => performance.eventLoopUtilization().active / 1000,
  );
  addLoopDelay(registry, delay);
}

function addLoopDelay(registry: Registry, delay: LoopDelayMeter): void {
  new Gauge({
    name: "duogate_event_loop_delay_seconds",
    help: "How late the event loop ran its timers since the last scrape: p50, p99 and max. Absent at the first scrape.",
    labelNames: ["stat"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [stat, value] of Object.entries(delay.read() ?? {})) this.set({ stat }, value);
    },
  });
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Without the one that reads them. Undefined where /proc is not to be had. */
function openDescriptors(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length - 1;
  } catch {
    return undefined;
  }
}

function descriptorLimit(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}
