/** Settings of the native back end that no contract can see. */
import { expect, test } from 'vitest';
import { nodeRuntime } from './ort-node.ts';

test("ONNX Runtime's reporting of its use is off before the library is loaded, unless the user has set it", async () => {
  const before = process.env.ORT_DISABLE_TELEMETRY;
  try {
    delete process.env.ORT_DISABLE_TELEMETRY;
    await nodeRuntime();
    expect(process.env.ORT_DISABLE_TELEMETRY).toBe('1');
    process.env.ORT_DISABLE_TELEMETRY = '0';
    await nodeRuntime();
    expect(process.env.ORT_DISABLE_TELEMETRY).toBe('0');
  } finally {
    if (before === undefined) delete process.env.ORT_DISABLE_TELEMETRY;
    else process.env.ORT_DISABLE_TELEMETRY = before;
  }
});
