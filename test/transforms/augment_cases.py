"""torchvision's answers, on PIL pictures, for the kernels that augmentations are made of.

A case is an object: the kernel's name, a picture {key, style, width, height, channels}, and the kernel's arguments. Pictures
are filled by the integer hash of src/base/random.ts, as test/transforms/augment-pictures.ts fills them.
"""

import hashlib
import math
import random
from fractions import Fraction

import numpy as np
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

STYLES = ["noise", "dull", "flat", "two", "smooth", "dark"]
MODES = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]


def mix32(x):
    x = x.astype(np.uint32)
    x = (x ^ (x >> 16)) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> 15)) * np.uint32(0x846CA68B)
    return x ^ (x >> 16)


def random_bits(key, count):
    index = np.arange(count, dtype=np.uint32)
    return mix32(mix32(index + np.uint32((key * 0x9E3779B9) & 0xFFFFFFFF)) ^ np.uint32(key))


def picture(spec):
    width, height, channels = spec["width"], spec["height"], spec["channels"]
    bits = (random_bits(spec["key"], width * height * channels) & 255).astype(np.int64)
    index = np.arange(width * height * channels)
    style = spec["style"]
    if style == "noise":
        data = bits
    elif style == "dull":
        data = 96 + (bits & 31)
    elif style == "flat":
        data = np.full_like(bits, 77)
    elif style == "two":
        data = np.where(bits & 1, 200, 10)
    elif style == "smooth":
        pixel = index // channels
        data = (pixel % width * 5 + pixel // width * 3 + index % channels * 40) & 255
    else:
        data = bits & 7
    array = data.astype(np.uint8).reshape(height, width, channels)
    return Image.fromarray(array if channels == 3 else array[:, :, 0], "RGB" if channels == 3 else "L")


def spec(draw, sizes=None):
    width, height = draw.choice(sizes) if sizes else draw.choice(
        [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3), (2, 7), (32, 32), (28, 28)]
        + [(draw.randint(1, 60), draw.randint(1, 60)) for _ in range(8)]
    )
    return {"key": draw.getrandbits(32), "style": draw.choice(STYLES), "width": width, "height": height,
            "channels": draw.choice([1, 3])}


def fill(draw, channels):
    if draw.random() < 0.3:
        return draw.randint(0, 255)
    return [draw.randint(0, 255) for _ in range(channels)]


def pil_fill(value):
    return tuple(value) if isinstance(value, list) and len(value) > 1 else value[0] if isinstance(value, list) else value


def angle(draw):
    if draw.random() < 0.3:
        return draw.choice([-720, -360, -270, -180, -90, -45, -30, 0, 15, 30, 45, 60, 90, 120, 135, 180, 225, 270, 315, 360, 450])
    return draw.uniform(-400, 400)


def factor(draw):
    return draw.choice([0.0, 1.0, draw.randint(0, 40) / 20, draw.randint(0, 40) / 20, draw.uniform(0, 1), draw.uniform(0, 3)])


def sine_and_cosine(x):
    """Of an angle below a quarter turn, rounded once (Taylor's series in fractions)."""
    x, term, sums = Fraction(x), Fraction(1), [Fraction(0), Fraction(0)]
    for n in range(40):
        sums[n % 2] += term if n % 4 < 2 else -term
        term = term * x / (n + 1)
    return float(sums[1]), float(sums[0]), float(sums[1] / sums[0])


def round_tangent(draw):
    """
    Degrees of a round tangent, where many places fall exactly between pixels, so that the last bits of sine and cosine
    choose the pixel. The C library rounds some of them the other way; those angles are left out.
    """
    while True:
        angle = math.degrees(math.atan(draw.randint(-99, 99) / 100))
        x = math.radians(angle)
        if sine_and_cosine(x) == (math.sin(x), math.cos(x), math.tan(x)):
            return angle


def arguments(kernel, draw, image):
    width, height, channels = image["width"], image["height"], image["channels"]
    if kernel == "crop":
        return {"left": draw.randint(-9, width + 3), "top": draw.randint(-9, height + 3),
                "cropWidth": draw.randint(1, 50), "cropHeight": draw.randint(1, 50)}
    if kernel == "pad":
        mode = draw.choice(["constant", "edge", "reflect", "symmetric"])
        most = 20 if mode in ("constant", "edge") else min(width, height)
        return {"borders": [draw.randint(0, most) for _ in range(4)], "mode": mode, "fill": fill(draw, channels)}
    if kernel == "resizedCrop":
        w, h = draw.randint(1, width), draw.randint(1, height)
        return {"left": draw.randint(0, width - w), "top": draw.randint(0, height - h), "cropWidth": w, "cropHeight": h,
                "toWidth": draw.randint(1, 50), "toHeight": draw.randint(1, 50), "mode": draw.choice(MODES)}
    if kernel == "grayscale":
        return {"outputChannels": draw.choice([1, 3])}
    if kernel == "posterize":
        return {"bits": draw.randint(0, 8)}
    if kernel == "solarize":
        return {"threshold": draw.choice([0, 128, 255, 256, draw.uniform(0, 255)])}
    if kernel in ("brightness", "contrast", "saturation", "sharpness"):
        return {"factor": factor(draw)}
    if kernel == "hue":
        return {"factor": draw.choice([-0.5, 0.0, 0.5, draw.uniform(-0.5, 0.5)])}
    if kernel == "rotate":
        center = [draw.uniform(-5, width + 5), draw.uniform(-5, height + 5)] if draw.random() < 0.3 else None
        return {"angle": angle(draw), "interpolation": draw.choice(["nearest", "bilinear"]),
                "expand": draw.random() < 0.4, "center": center, "fill": fill(draw, channels)}
    if kernel == "affine" and draw.random() < 0.3:
        tangent = round_tangent(draw)
        return {"angle": 0.0, "translate": [0, 0], "scale": 1.0, "shear": draw.choice([[tangent, 0.0], [0.0, tangent]]),
                "interpolation": "bilinear", "center": draw.choice([None, [0, 0]]), "fill": fill(draw, channels)}
    if kernel == "affine":
        center = [draw.uniform(-5, width + 5), draw.uniform(-5, height + 5)] if draw.random() < 0.3 else None
        shear = [draw.choice([0.0, draw.uniform(-60, 60), 45.0]), draw.choice([0.0, 0.0, draw.uniform(-60, 60), 30.0])]
        scale = draw.choice([1.0, 0.5, 2.0, draw.uniform(0.3, 3), 0.0007])
        return {"angle": draw.choice([0.0, angle(draw)]), "translate": [draw.randint(-9, 9), draw.randint(-9, 9)],
                "scale": scale, "shear": shear, "interpolation": draw.choice(["nearest", "bilinear"]),
                "center": center, "fill": fill(draw, channels)}
    return {}


def answer(case):
    image = picture(case["picture"])
    kernel = case["kernel"]
    if kernel == "flipHorizontally":
        return F.hflip(image)
    if kernel == "flipVertically":
        return F.vflip(image)
    if kernel == "crop":
        return F.crop(image, case["top"], case["left"], case["cropHeight"], case["cropWidth"])
    if kernel == "pad":
        return F.pad(image, case["borders"], pil_fill(case["fill"]), case["mode"])
    if kernel == "resizedCrop":
        size = [case["toHeight"], case["toWidth"]]
        mode = InterpolationMode(case["mode"])
        return F.resized_crop(image, case["top"], case["left"], case["cropHeight"], case["cropWidth"], size, mode)
    if kernel == "grayscale":
        return F.to_grayscale(image, case["outputChannels"])
    if kernel in ("invert", "autocontrast", "equalize"):
        return getattr(F, kernel)(image)
    if kernel == "posterize":
        return F.posterize(image, case["bits"])
    if kernel == "solarize":
        return F.solarize(image, case["threshold"])
    if kernel in ("brightness", "contrast", "saturation", "sharpness", "hue"):
        return getattr(F, "adjust_" + kernel)(image, case["factor"])
    if kernel == "rotate":
        return F.rotate(image, case["angle"], InterpolationMode(case["interpolation"]), case["expand"], case["center"],
                        pil_fill(case["fill"]))
    if kernel == "affine":
        return F.affine(image, case["angle"], case["translate"], case["scale"], case["shear"],
                        InterpolationMode(case["interpolation"]), pil_fill(case["fill"]), case["center"])
    raise ValueError(kernel)


KERNELS = ["flipHorizontally", "flipVertically", "crop", "pad", "resizedCrop", "grayscale", "invert", "posterize", "solarize",
           "autocontrast", "equalize", "brightness", "contrast", "saturation", "sharpness", "hue", "rotate", "affine"]


def cases(seed, count):
    """`count` cases of every kernel, with the answers as (case, PIL picture)."""
    draw = random.Random(seed)
    for kernel in KERNELS:
        for _ in range(count):
            image = spec(draw)
            case = {"kernel": kernel, "picture": image, **arguments(kernel, draw, image)}
            yield case, answer(case)


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]
