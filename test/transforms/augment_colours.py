"""Digests of all 2^24 colours under the kernels that mix channels: python3 augment_colours.py

The picture is 4096 x 4096; pixel i is red i >> 16, green i >> 8 & 255, blue i & 255.
"""

import hashlib
import json

import numpy as np
from PIL import Image
from torchvision.transforms import functional as F

FACTORS = [-0.5, 0.0, 0.37]


def digest(image):
    return hashlib.sha256(image.tobytes()).hexdigest()


def main():
    index = np.arange(1 << 24, dtype=np.uint32)
    colours = np.stack([index >> 16, index >> 8 & 255, index & 255], axis=1).astype(np.uint8)
    image = Image.fromarray(colours.reshape(4096, 4096, 3), "RGB")
    print(json.dumps({
        "gray": digest(F.to_grayscale(image, 1)),
        "hue": [[factor, digest(F.adjust_hue(image, factor))] for factor in FACTORS],
        "saturation": [[factor, digest(F.adjust_saturation(image, factor))] for factor in (0.7, 1.9)],
    }))


main()
