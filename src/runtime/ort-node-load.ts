/** Loads ONNX Runtime's native library. */

/**
 * The package onnxruntime-node. The library reports its use to Microsoft unless it is told not to before it is loaded, so it is
 * told, where the user has not said otherwise. In a worker that would come too late: its environment is a copy that native code
 * does not see, so whoever starts one calls `quiet` first.
 */
export function loadNative(): Promise<typeof import('onnxruntime-node')> {
  quiet();
  return import('onnxruntime-node');
}

/** Turns the reporting off for this process unless ORT_DISABLE_TELEMETRY has a value. */
export function quiet(): void {
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
}
