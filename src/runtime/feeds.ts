/** Checks of what goes into a run, so that mistakes are named before ONNX Runtime sees them. */
import { OcelliError } from '../base/errors.ts';
import { describeTensor, elementCount, type Tensor } from '../base/tensor.ts';
import type { SessionPort } from './runtime.ts';

function describePort(port: SessionPort): string {
  return `${port.dtype}[${port.shape.join(', ')}]`;
}

function checkTensor(what: string, port: SessionPort, tensor: Tensor, dims: Map<string, number>): void {
  const fits =
    tensor.dtype === port.dtype &&
    tensor.shape.length === port.shape.length &&
    port.shape.every((dim, axis) => typeof dim === 'string' || dim === tensor.shape[axis]);
  if (!fits) {
    throw new OcelliError('shape', `${what} "${port.name}" is ${describePort(port)}, ${describeTensor(tensor)} came`);
  }
  if (tensor.data.length !== elementCount(tensor.shape)) {
    const moved = tensor.data.length === 0 ? '; it may have been moved to a worker by an earlier run' : '';
    throw new OcelliError(
      'shape',
      `${what} "${port.name}": ${describeTensor(tensor)} has ${tensor.data.length} values, not ${elementCount(tensor.shape)}${moved}`,
    );
  }
  port.shape.forEach((dim, axis) => {
    // Expressions such as floor(H/2) are left to ONNX Runtime.
    if (typeof dim !== 'string' || !/^\w+$/.test(dim)) return;
    const size = tensor.shape[axis] as number;
    const known = dims.get(dim);
    if (known !== undefined && known !== size) {
      throw new OcelliError('shape', `${what} "${port.name}": dim ${dim} is ${size} here and ${known} in another input`);
    }
    dims.set(dim, size);
  });
}

/**
 * @param what how messages call the tensors: "input", "output"
 * @param ports what there may be
 * @param complete whether every port must be given
 * @throws shape naming the tensor, what is expected and what came
 */
export function checkTensors(
  what: string,
  ports: readonly SessionPort[],
  tensors: Readonly<Record<string, Tensor>>,
  complete: boolean,
): void {
  const names = ports.map((port) => port.name);
  for (const name of Object.keys(tensors)) {
    if (!names.includes(name)) {
      throw new OcelliError('shape', `there is no ${what} "${name}"; there are: ${names.join(', ') || 'none'}`);
    }
  }
  const dims = new Map<string, number>();
  for (const port of ports) {
    const tensor = Object.hasOwn(tensors, port.name) ? tensors[port.name] : undefined;
    if (tensor) checkTensor(what, port, tensor, dims);
    else if (complete) throw new OcelliError('shape', `${what} "${port.name}" is missing; it is ${describePort(port)}`);
  }
}
