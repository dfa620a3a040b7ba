"""Makes small pictures of many kinds with Pillow, for goldens and for the live comparison."""

import os
import struct
import zlib

import numpy as np
from PIL import Image


def generate(folder, rgb):
    """Saves `rgb` as pictures of every kind that decoders are known to disagree on; returns their paths."""
    rng = np.random.default_rng(1)
    pixels = np.asarray(rgb)
    gray = rgb.convert("L")
    noise = rng.integers(0, 256, pixels.shape[:2]).astype(np.uint8)
    rgba = Image.fromarray(np.dstack([pixels, noise]), "RGBA")
    la = Image.merge("LA", (gray, Image.fromarray(noise)))
    wide = (rng.integers(0, 65536, pixels.shape[:2])).astype(np.uint16)
    dark = np.asarray(gray).astype(np.uint16) * 3
    cmyk = np.array(rgb.convert("CMYK"))
    cmyk[..., 3] = noise // 2
    cmyk = Image.fromarray(cmyk, "CMYK")
    palette = rgb.quantize(50)
    few = rgb.quantize(13)
    made_size = (min(37, rgb.width), min(23, rgb.height))
    paths = []

    def save(name, image, **options):
        path = os.path.join(folder, name)
        image.save(path, **options)
        paths.append(path)

    exif = Image.Exif()
    exif[0x0112] = 6
    save("baseline.jpg", rgb, quality=90)
    save("444.jpg", rgb, subsampling=0)
    save("422.jpg", rgb, subsampling=1)
    save("low.jpg", rgb, quality=5)
    save("progressive.jpg", rgb, progressive=True)
    save("rotated.jpg", rgb, exif=exif)
    save("gray.jpg", gray)
    save("gray-progressive.jpg", gray, progressive=True)
    save("odd.jpg", rgb.crop((0, 0, min(17, rgb.width), min(33, rgb.height))))
    save("one.jpg", rgb.crop((0, 0, 1, 1)))
    save("cmyk.jpg", cmyk, quality=90)
    save("cmyk-444.jpg", cmyk, subsampling=0)
    save("cmyk-progressive.jpg", cmyk, progressive=True)
    save("rgb.png", rgb)
    save("rotated.png", rgb, exif=exif)
    save("rgba.png", rgba)
    save("gray.png", gray)
    save("gray-alpha.png", la)
    save("one-bit.png", gray.convert("1"))
    save("palette.png", palette)
    save("palette-transparent.png", palette, transparency=3)
    save("palette-4bit.png", few)
    save("palette-2bit.png", rgb.quantize(4))
    save("palette-1bit.png", rgb.quantize(2))
    save("rgb-key.png", rgb, transparency=tuple(int(v) for v in pixels[3, 4]))
    save("gray-key.png", gray, transparency=90)
    save("gray16.png", Image.fromarray(wide))
    save("gray16-dark.png", Image.fromarray(dark))
    save("animated.png", rgb, save_all=True, append_images=[rgb.transpose(Image.FLIP_LEFT_RIGHT)])
    for depth, kind, name in ((16, 2, "rgb16"), (16, 6, "rgba16"), (16, 4, "gray-alpha16"), (8, 2, "rgb8"), (4, 0, "gray4"), (2, 0, "gray2"),
                              (1, 0, "gray1"), (16, 0, "gray16"), (8, 3, "palette8"), (8, 6, "rgba8"), (8, 0, "gray8")):
        for interlaced in (False, True):
            path = os.path.join(folder, f"made-{name}{'-interlaced' if interlaced else ''}.png")
            write_png(path, rng, *made_size, depth, kind, interlaced)
            paths.append(path)
    save("lossy.webp", rgb)
    save("lossless.webp", rgb, lossless=True)
    save("alpha.webp", rgba)
    save("alpha-lossless.webp", rgba, lossless=True, exact=True)
    save("animated.webp", rgb, save_all=True, append_images=[rgb.transpose(Image.FLIP_LEFT_RIGHT)], lossless=True)
    save("palette.gif", rgb)
    save("gray.gif", gray)
    save("interlaced.gif", palette, interlace=True)
    save("plain.gif", palette, interlace=False)
    save("transparent.gif", palette, transparency=3)
    save("animated.gif", palette, save_all=True, append_images=[rgb.rotate(90).quantize(50)])
    save("two-colors.gif", gray.convert("1"))
    save("rgb.bmp", rgb)
    save("rgba.bmp", rgba)
    save("gray.bmp", gray)
    save("one-bit.bmp", gray.convert("1"))
    save("palette.bmp", palette)
    save("plain.tif", rgb)
    save("rgba.tif", rgba)
    save("gray.tif", gray)
    save("gray16.tif", Image.fromarray(wide))
    save("gray16-dark.tif", Image.fromarray(dark))
    save("palette.tif", palette)
    save("one-bit.tif", gray.convert("1"))
    save("cmyk.tif", cmyk)
    save("lzw.tif", rgb, compression="tiff_lzw")
    save("deflate.tif", rgb, compression="tiff_adobe_deflate")
    save("jpeg.tif", rgb, compression="jpeg")
    return paths


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
