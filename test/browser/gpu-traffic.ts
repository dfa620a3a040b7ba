/** Counts what a page writes into GPU buffers, maps to read, and allocates, by putting itself between the page and WebGPU. */

/** Bytes, one number for each transfer or allocation. */
export interface Traffic {
  readonly up: readonly number[];
  readonly down: readonly number[];
  /** Buffers that shaders compute in. */
  readonly made: readonly number[];
}

/** The part of WebGPU that moves bytes; TypeScript's own types do not have it. */
interface Descriptor {
  readonly size: number;
  readonly usage: number;
  readonly mappedAtCreation?: boolean;
}
interface Gpu {
  readonly GPUDevice?: { readonly prototype: { createBuffer(descriptor: Descriptor): object } };
  readonly GPUQueue?: {
    readonly prototype: {
      writeBuffer(buffer: object, offset: number, data: ArrayBufferView, from?: number, size?: number): void;
    };
  };
  readonly GPUBuffer?: {
    readonly prototype: { readonly size: number; mapAsync(mode: number, ...more: readonly number[]): Promise<void> };
  };
}

/** GPUMapMode.READ and GPUBufferUsage.STORAGE. */
const READ = 0x1;
const STORAGE = 0x80;

/** Begins to count; what it returns gives the transfers since its last call. */
export function countTraffic(): () => Traffic {
  const { GPUDevice, GPUQueue, GPUBuffer } = globalThis as Gpu;
  let up: number[] = [];
  let down: number[] = [];
  let made: number[] = [];
  if (GPUDevice && GPUQueue && GPUBuffer) {
    const { createBuffer } = GPUDevice.prototype;
    GPUDevice.prototype.createBuffer = function (descriptor) {
      if (descriptor.mappedAtCreation) up.push(descriptor.size);
      if (descriptor.usage & STORAGE) made.push(descriptor.size);
      return createBuffer.call(this, descriptor);
    };
    const { writeBuffer } = GPUQueue.prototype;
    GPUQueue.prototype.writeBuffer = function (buffer, offset, data, from, size) {
      up.push(size ?? data.byteLength);
      writeBuffer.call(this, buffer, offset, data, from, size);
    };
    const { mapAsync } = GPUBuffer.prototype;
    GPUBuffer.prototype.mapAsync = function (mode, ...more) {
      if (mode === READ) down.push(this.size);
      return mapAsync.call(this, mode, ...more);
    };
  }
  return () => {
    const counted = { up, down, made };
    up = [];
    down = [];
    made = [];
    return counted;
  };
}
