/** Fair timing of rivals: they take turns, round after round, and are compared within each round. */
import { setTimeout as sleep } from 'node:timers/promises';

/** ONNX Runtime's threads spin for a while after a run; the next rival waits until they are quiet. */
const QUIET_MS = 150;

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs every rival once to warm up and then `rounds` times, in another order each round.
 * @param rivals functions by name that give the milliseconds of one run
 * @param rounds their number, or a function that gives it from the milliseconds that the warm-up runs took together
 * @returns the milliseconds of every round by name
 */
export async function interleave(rivals, rounds) {
  const names = Object.keys(rivals);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  let warm = 0;
  let wanted = typeof rounds === 'number' ? rounds : 1;
  for (let round = -1; round < wanted; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + names.length) % names.length];
      await sleep(QUIET_MS);
      const milliseconds = await rivals[name]();
      if (round >= 0) times[name].push(milliseconds);
      else warm += milliseconds;
    }
    if (round < 0 && typeof rounds === 'function') wanted = rounds(warm);
  }
  return times;
}

/** The milliseconds of one run: the mean of a turn of about `wanted` milliseconds, long enough to be timed. */
export function timed(run, wanted) {
  let runs = 1;
  return async () => {
    const start = performance.now();
    for (let i = 0; i < runs; i++) await run();
    const milliseconds = (performance.now() - start) / runs;
    runs = runsFor(milliseconds, wanted);
    return milliseconds;
  };
}

/** torch's milliseconds of one run of what its worker has loaded, in turns as `timed` has them. */
export function timedTorch(torch, wanted) {
  let runs = 1;
  return async () => {
    const { milliseconds } = await torch.ask('infer', { runs });
    runs = runsFor(milliseconds, wanted);
    return milliseconds;
  };
}

/** The median over rounds of a's time divided by b's in the same round. */
export function ratio(times, a, b) {
  return median(times[a].map((time, round) => time / times[b][round]));
}

/** How many runs make a turn of about `wanted` milliseconds, between 1 and 100. */
export function runsFor(milliseconds, wanted = 300) {
  return Math.min(100, Math.max(1, Math.round(wanted / milliseconds)));
}
