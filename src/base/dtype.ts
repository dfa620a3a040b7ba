/** Element types: their sizes and the typed arrays that hold them. */

/** The arrays that hold a tensor's values, by element type. Halves are held as their 16 bits, booleans as 0 or 1. */
export interface ArrayOf {
  float64: Float64Array;
  float32: Float32Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  int16: Int16Array;
  int8: Int8Array;
  uint64: BigUint64Array;
  uint32: Uint32Array;
  uint16: Uint16Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}

export type DType = keyof ArrayOf;
export type TypedArray = ArrayOf[DType];

interface DTypeInfo<D extends DType> {
  /** Bytes of one element. */
  readonly size: number;
  readonly floating: boolean;
  readonly array: {
    new (length: number): ArrayOf[D];
    new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): ArrayOf[D];
    readonly BYTES_PER_ELEMENT: number;
  };
}

/** Size and array of every element type. */
export const dtypes: { readonly [D in DType]: DTypeInfo<D> } = {
  float64: { size: 8, floating: true, array: Float64Array },
  float32: { size: 4, floating: true, array: Float32Array },
  float16: { size: 2, floating: true, array: Uint16Array },
  bfloat16: { size: 2, floating: true, array: Uint16Array },
  int64: { size: 8, floating: false, array: BigInt64Array },
  int32: { size: 4, floating: false, array: Int32Array },
  int16: { size: 2, floating: false, array: Int16Array },
  int8: { size: 1, floating: false, array: Int8Array },
  uint64: { size: 8, floating: false, array: BigUint64Array },
  uint32: { size: 4, floating: false, array: Uint32Array },
  uint16: { size: 2, floating: false, array: Uint16Array },
  uint8: { size: 1, floating: false, array: Uint8Array },
  bool: { size: 1, floating: false, array: Uint8Array },
};

export function isDType(name: string): name is DType {
  return Object.hasOwn(dtypes, name);
}
