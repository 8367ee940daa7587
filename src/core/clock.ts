// Time as a parameter: monotonic milliseconds, wall-clock seconds and timers come through this port, so that tests
// turn the hands. The system's clock is the only implementation outside tests.

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds from an arbitrary start. */
  now(): number;
  /** Milliseconds since 1970, which can jump. For dates in requests and logs only. */
  wallMs(): number;
  /** Calls back once after `ms`. The timer keeps the process alive. */
  after(ms: number, callback: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, callback) {
    const handle = setTimeout(callback, ms);
    return { cancel: () => clearTimeout(handle) };
  },
};
