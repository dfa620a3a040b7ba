/** Checkpoints: reading, writing, matching, and the official weights. */

export { type DownloadedFile, type DownloadOptions, type DownloadProgress, download } from '../files/download.ts';
export type { Checkpoint, CheckpointFormat, Container, JsonValue, OtherEntry, TensorEntry } from './checkpoint.ts';
export * from './convert.ts';
export * from './inspect.ts';
export { type MappedStateDict, mapStateDict } from './mapping/apply.ts';
export { findMap, mapNames } from './mapping/known.ts';
export { type DropRule, type KeyMap, type KeyRule, parseMap, type RenameRule } from './mapping/rules.ts';
export type { ViewSteps } from './mapping/view.ts';
export * from './match.ts';
export * from './official.ts';
export { openCheckpoint } from './open.ts';
export * from './pth-writer.ts';
export * from './safetensors-writer.ts';
export * from './state-dict.ts';
export type { TensorToWrite } from './tensors.ts';
