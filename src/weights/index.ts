/** Checkpoints: reading, writing, matching, and the official weights. */

export { type DownloadedFile, type DownloadOptions, type DownloadProgress, download } from '../files/download.ts';
export type { Checkpoint, CheckpointFormat, Container, JsonValue, OtherEntry, TensorEntry } from './checkpoint.ts';
export * from './convert.ts';
export * from './inspect.ts';
export * from './match.ts';
export * from './official.ts';
export { openCheckpoint } from './open.ts';
export * from './pth-writer.ts';
export * from './safetensors-writer.ts';
export * from './state-dict.ts';
export type { TensorToWrite } from './tensors.ts';
