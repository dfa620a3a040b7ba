/** A page that takes one training step of a large network on WASM and says how much memory ONNX Runtime took. */
import { webRuntime } from '../../../src/runtime/ort-web.ts';
import type { Range } from '../../parity/fill.ts';
import { largeStep } from '../large.ts';

/** The memories that WebAssembly modules of this page made. They never shrink. */
const memories: WebAssembly.Memory[] = [];
const { Memory } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    memories.push(this);
  }
};

async function takeLargeStep(ranges: readonly Range[]): Promise<{ readonly loss: number; readonly wasmBytes: number }> {
  const runtime = await webRuntime({ threads: 2, wasmBase: '/ort/' });
  const loss = await largeStep(runtime, ranges);
  return { loss, wasmBytes: memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) };
}

Object.assign(globalThis, { takeLargeStep });
