"""Writes PNG and BMP files that Pillow's own writers cannot make."""

import os
import struct
import zlib

import numpy as np

ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def write_png(path, rng, width, height, depth, kind, interlaced):
    """A PNG of random samples with random row filters, which Pillow's own writer cannot make."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    samples = rng.integers(0, 1 << depth, (height, width, channels))
    if depth == 16:
        samples[::2] >>= 8
    raw = b""
    for x, y, dx, dy in ADAM7 if interlaced else ((0, 0, 1, 1),):
        part = samples[y::dy, x::dx]
        if part.size == 0:
            continue
        bits = ((part[..., None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8)
        rows = np.packbits(bits.reshape(part.shape[0], -1), axis=1).astype(int)
        step = max(1, depth * channels // 8)
        above = np.zeros_like(rows[0])
        for row in rows:
            left = np.concatenate([np.zeros(step, int), row[:-step]])[: len(row)]
            corner = np.concatenate([np.zeros(step, int), above[:-step]])[: len(row)]
            estimate = left + above - corner
            near = [abs(estimate - v) for v in (left, above, corner)]
            paeth = np.where((near[0] <= near[1]) & (near[0] <= near[2]), left, np.where(near[1] <= near[2], above, corner))
            mode = int(rng.integers(0, 5))
            guess = (0, left, above, (left + above) // 2, paeth)[mode]
            raw += bytes([mode]) + ((row - guess) & 255).astype(np.uint8).tobytes()
            above = row
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    packed = zlib.compress(raw)
    palette = chunk(b"PLTE", rng.integers(0, 256, 3 * 200).astype(np.uint8).tobytes()) if kind == 3 else b""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"gAMA", b"\0\0\xb1\x8f") + palette)
        for at in range(0, len(packed), 97):
            file.write(chunk(b"IDAT", packed[at : at + 97]))
        file.write(chunk(b"IEND", b""))


def write_bmp(folder, pixels):
    """Bitmaps of every depth and layout; returns their paths."""
    height, width = pixels.shape[:2]
    red, green, blue = (pixels[..., channel].astype(np.uint32) for channel in range(3))
    colors = np.random.default_rng(0).integers(0, 256, (32, 4)).astype(np.uint8).tobytes()
    paths = []

    def save(name, bits, rows, compression=0, masks=(), palette=b"", count=0, flip=1):
        rows = [row.tobytes() for row in rows[::-1]]
        body = b"".join(row + bytes(-len(row) % 4) for row in rows)
        extra = struct.pack(f"<{len(masks)}I", *masks) + palette
        start = 54 + len(extra)
        header = struct.pack("<IiiHHIIiiII", 40, width, flip * height, 1, bits, compression, len(body), 2835, 2835, count, 0)
        paths.append(os.path.join(folder, name))
        with open(paths[-1], "wb") as file:
            file.write(b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + header + extra + body)

    save("555.bmp", 16, ((red >> 3) << 10 | (green >> 3) << 5 | blue >> 3).astype("<u2"))
    save("555-masks.bmp", 16, ((red >> 3) << 10 | (green >> 3) << 5 | blue >> 3).astype("<u2"), 3, (0x7C00, 0x3E0, 0x1F))
    save("565.bmp", 16, ((red >> 3) << 11 | (green >> 2) << 5 | blue >> 3).astype("<u2"), 3, (0xF800, 0x7E0, 0x1F))
    save("32.bmp", 32, (red << 16 | green << 8 | blue).astype("<u4"))
    save("32-masks.bmp", 32, (red << 16 | green << 8 | blue).astype("<u4"), 3, (0xFF0000, 0xFF00, 0xFF))
    save("32-high-masks.bmp", 32, (red << 24 | green << 16 | blue << 8).astype("<u4"), 3, (0xFF000000, 0xFF0000, 0xFF00))
    save("top-down.bmp", 24, np.ascontiguousarray(pixels[::-1, :, ::-1]), flip=-1)
    save("few-colors.bmp", 8, pixels[..., 0] // 8, palette=colors, count=32)
    save("beyond-colors.bmp", 8, pixels[..., 0], palette=colors, count=32)
    nibbles = (pixels[..., :1] >> np.arange(7, 3, -1)) & 1
    save("4-bit.bmp", 4, np.packbits(nibbles.reshape(height, -1).astype(np.uint8), axis=1), palette=colors[:64])
    return paths
