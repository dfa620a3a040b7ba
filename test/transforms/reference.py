"""Writes the goldens of resize, sizes, crops and presets with Pillow and torchvision.

Command, from the repository's root:  python3 test/transforms/reference.py

Pictures are filled by the integer hash of src/base/random.ts: byte i of picture `key` is randomBits(key, i) & 255.
Digests are the first 16 hex digits of the SHA-256 of the result's bytes (float32: little-endian).
"""

import hashlib
import json
import os
import re

import numpy as np
import PIL
import torchvision
from PIL import Image
from torchvision.transforms import functional as F
from torchvision.transforms._presets import ImageClassification

MODES = {
    "nearest": Image.NEAREST,
    "box": Image.BOX,
    "bilinear": Image.BILINEAR,
    "hamming": Image.HAMMING,
    "bicubic": Image.BICUBIC,
    "lanczos": Image.LANCZOS,
}


def mix32(x):
    x = x.astype(np.uint32)
    x = (x ^ (x >> 16)) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> 15)) * np.uint32(0x846CA68B)
    return x ^ (x >> 16)


def random_bits(key, count):
    index = np.arange(count, dtype=np.uint32)
    return mix32(mix32(index + np.uint32((key * 0x9E3779B9) & 0xFFFFFFFF)) ^ np.uint32(key))


def picture(key, width, height):
    data = (random_bits(key, width * height * 3) & 255).astype(np.uint8)
    return Image.fromarray(data.reshape(height, width, 3), "RGB")


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def resize_cases():
    fixed = [
        (1, 1, 5, 7), (5, 7, 1, 1), (1, 300, 3, 9), (300, 1, 9, 3), (2, 2, 3, 3), (17, 13, 17, 29), (17, 13, 40, 13),
        (31, 22, 31, 22), (640, 3, 7, 90), (3, 640, 90, 7), (97, 89, 96, 88), (500, 375, 341, 256), (64, 48, 256, 192),
    ]
    bits = random_bits(2024, 400).reshape(-1, 4)
    drawn = [tuple(int(v) % limit + 1 for v, limit in zip(row, (120, 120, 120, 120))) for row in bits[:60]]
    wide = [tuple(int(v) % limit + 1 for v, limit in zip(row, (700, 9, 11, 240))) for row in bits[60:70]]
    cases = []
    for key, (width, height, to_width, to_height) in enumerate(fixed + drawn + wide, 1):
        image = picture(key, width, height)
        results = {name: digest(image.resize((to_width, to_height), mode).tobytes()) for name, mode in MODES.items()}
        cases.append([key, width, height, to_width, to_height, *results.values()])
    return cases


def size_cases():
    cases = []
    for width, height, size, limit in random_bits(77, 800).reshape(-1, 4).tolist():
        width, height, size = width % 900 + 1, height % 900 + 1, size % 300 + 1
        limit = size + 1 + limit % 400
        plain = F._compute_resized_output_size((height, width), [size])
        capped = F._compute_resized_output_size((height, width), [size], limit)
        cases.append([width, height, size, *plain[::-1], limit, *capped[::-1]])
    return cases


def crop_cases():
    sizes = [(w, h, cw, ch) for w in (1, 4, 5, 8, 9) for h in (3, 6, 7) for cw, ch in ((1, 1), (4, 4), (5, 5), (6, 3), (9, 10))]
    return [[w, h, cw, ch, digest(F.center_crop(picture(5, w, h), [ch, cw]).tobytes())] for w, h, cw, ch in sizes]


def preset_cases():
    """One case for every distinct classification preset, each on a picture of another shape."""
    presets = [
        (256, 224, "bilinear"), (232, 224, "bilinear"), (224, 224, "bicubic"), (256, 224, "bicubic"), (255, 240, "bilinear"),
        (288, 288, "bicubic"), (320, 300, "bicubic"), (384, 380, "bicubic"), (456, 456, "bicubic"), (528, 528, "bicubic"),
        (600, 600, "bicubic"), (384, 384, "bilinear"), (480, 480, "bilinear"), (342, 299, "bilinear"), (40, 64, "lanczos"),
        (33, 32, "nearest"), (256, 227, "bilinear"),
    ]
    cases = []
    for key, (resize, crop, mode) in enumerate(presets, 1000):
        width, height = (int(v) % 300 + 40 for v in random_bits(key, 2))
        preset = ImageClassification(crop_size=crop, resize_size=resize, interpolation=F.InterpolationMode(mode))
        cases.append([key, width, height, resize, crop, mode, digest(preset(picture(key, width, height)).numpy().tobytes())])
    return cases


def gray_cases():
    """Presets of one channel, on pictures that Pillow has made gray."""
    presets = [
        (28, 28, "bilinear", 0.5, 0.25), (32, 28, "bicubic", 0.286, 0.353), (40, 64, "lanczos", 0.1307, 0.3081),
        (33, 32, "nearest", 0.5, 0.25), (256, 224, "bilinear", 0.449, 0.226),
    ]
    cases = []
    for key, (resize, crop, mode, mean, std) in enumerate(presets, 3000):
        width, height = (int(v) % 300 + 20 for v in random_bits(key, 2))
        preset = ImageClassification(
            crop_size=crop, resize_size=resize, mean=(mean,), std=(std,), interpolation=F.InterpolationMode(mode))
        gray = picture(key, width, height).convert("L")
        cases.append([key, width, height, resize, crop, mean, std, mode, digest(preset(gray).numpy().tobytes())])
    return cases


def main():
    goldens = {
        "source": f"Pillow {PIL.__version__}, torchvision {torchvision.__version__}",
        "modes": list(MODES),
        "resize": resize_cases(),
        "sizes": size_cases(),
        "crops": crop_cases(),
        "presets": preset_cases(),
        "grays": gray_cases(),
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "transforms.golden.json")
    text = json.dumps(goldens, indent=1)
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: "[" + re.sub(r"\s*\n\s*", " ", found.group(1)) + "]", text)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text + "\n")


main()
