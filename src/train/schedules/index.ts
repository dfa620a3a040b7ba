/** Learning rates over time. */
export type { ScheduleKind, ScheduleKinds } from './kinds.ts';
export { type Schedule, type ScheduleOptions, schedule, type Warmup } from './schedule.ts';
