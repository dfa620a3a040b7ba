"""The hash of (key, index) of src/base/random.ts, in NumPy, and the tensors that test/gradients/fill.ts fills with it."""
import numpy as np

U32 = np.uint32


def hash_text(text):
    """FNV-1a of the text's UTF-16 code units."""
    value = 0x811C9DC5
    for unit in np.frombuffer(text.encode("utf-16-le"), "<u2"):
        value = ((value ^ int(unit)) * 0x01000193) & 0xFFFFFFFF
    return value


def mix32(x):
    """The "lowbias32" mixing of 32 bits, elementwise."""
    x = np.asarray(x, U32)
    with np.errstate(over="ignore"):
        x = (x ^ (x >> U32(16))) * U32(0x7FEB352D)
        x = (x ^ (x >> U32(15))) * U32(0x846CA68B)
    return x ^ (x >> U32(16))


def uniform(name, count):
    """The first `count` numbers in [0, 1) of the named stream under seed 0, float64 with 24 random bits."""
    key = int(mix32(hash_text(name)))
    offset = U32((key * 0x9E3779B9) & 0xFFFFFFFF)
    with np.errstate(over="ignore"):
        bits = mix32(mix32(np.arange(count, dtype=U32) + offset) ^ U32(key))
    return (bits >> U32(8)).astype(np.float64) * 2.0**-24


def fill(name, spec):
    """The array an input of a case stands for."""
    shape, dtype = spec["shape"], spec.get("dtype", "float32")
    low, high = spec.get("low", -1), spec.get("high", 1)
    count = int(np.prod(shape, dtype=np.int64))
    u = uniform(name, count)
    if "values" in spec:
        values = np.asarray(spec["values"], np.float64)
    elif dtype == "bool":
        values = u >= 0.5
    elif dtype.startswith("float"):
        values = low + (high - low) * u
    else:
        values = np.floor(low + (high - low) * u)
    return values.astype(dtype).reshape(shape)
