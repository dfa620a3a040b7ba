"""The values both sides compute with: every number is a hash of (name, index), the same as src/base/random.ts draws.

A tensor is `low + (high - low) * uniform(name, i)` in float64, rounded to float32. A picture is a smooth field (bilinear between
the corners of a coarse hashed grid) plus hashed noise. Only sums, products and one division are used, in the same order as
fill.ts, so both sides get the same bits.
"""
import numpy as np

GRID = 7  # cells of a picture's smooth field along each side


def mix32(x):
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x7FEB352D)
    x = x ^ (x >> np.uint32(15))
    x = x * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def stream_key(name, seed=0):
    """FNV-1a of the name mixed with the seed."""
    h = 0x811C9DC5
    for unit in name.encode("ascii"):
        h = (h ^ unit) * 0x01000193 & 0xFFFFFFFF
    return mix32(np.array([seed ^ h], np.uint32))[0]


def uniform(name, count):
    """`count` numbers in [0, 1) with 24 bits each, as float64."""
    key = stream_key(name)
    with np.errstate(over="ignore"):
        index = np.arange(count, dtype=np.uint32) + key * np.uint32(0x9E3779B9)
    return (mix32(mix32(index) ^ key) >> np.uint32(8)).astype(np.float64) * 2.0**-24


def fill(name, shape, low, high):
    """float32 values between `low` and `high`."""
    values = low + (high - low) * uniform(name, int(np.prod(shape)))
    return values.astype(np.float32).reshape(shape)


def pictures(name, shape):
    """float32 pictures [N, C, H, W] within [-2, 2]: 3/4 smooth, 1/4 noise."""
    n, c, h, w = shape
    grid = uniform(name + ":grid", n * c * (GRID + 1) ** 2).reshape(n, c, GRID + 1, GRID + 1)

    def axis(size):
        at = np.arange(size, dtype=np.float64) * GRID / size
        whole = np.floor(at).astype(np.int64)
        return whole, at - whole

    y, fy = axis(h)
    x, fx = axis(w)
    fy = fy[:, None]
    top = grid[:, :, y][:, :, :, x] * (1 - fx) + grid[:, :, y][:, :, :, x + 1] * fx
    bottom = grid[:, :, y + 1][:, :, :, x] * (1 - fx) + grid[:, :, y + 1][:, :, :, x + 1] * fx
    smooth = top * (1 - fy) + bottom * fy
    noise = uniform(name + ":noise", n * c * h * w).reshape(shape)
    return (3 * smooth + noise - 2).astype(np.float32)
