"""Parameters that torchvision draws, and torch's Beta numbers: python3 augment_draws.py SEED COUNT

Prints JSON: for every parameter of `theirs` in augment-draws.ts, COUNT numbers.
"""

import json
import math
import sys

import torch
from PIL import Image
from torchvision import transforms as T


def main():
    torch.manual_seed(int(sys.argv[1]))
    count = int(sys.argv[2])
    out = {}

    def note(name, value):
        out.setdefault(name, []).append(float(value))

    photo = Image.new("RGB", (120, 90))
    panorama = Image.new("RGB", (300, 40))
    sample = torch.zeros(3, 40, 56)
    for _ in range(count):
        top, left, h, w = T.RandomResizedCrop.get_params(photo, (0.08, 1), (3 / 4, 4 / 3))
        for name, value in (("area", w * h), ("aspect", w / h), ("left", left), ("top", top)):
            note("resized crop, " + name, value)
        top, left, h, w = T.RandomResizedCrop.get_params(panorama, (0.5, 1), (1, 4))
        for name, value in (("width", w), ("height", h), ("left", left), ("top", top)):
            note("resized crop of a panorama, " + name, value)
        top, left, _, _ = T.RandomCrop.get_params(photo, (64, 100))
        note("crop, left", left)
        note("crop, top", top)
        top, left, h, w, _ = T.RandomErasing.get_params(sample, (0.02, 0.33), (0.3, 3.3), [0])
        for name, value in (("area", w * h), ("aspect", h / w), ("left", left), ("top", top)):
            note("erasing, " + name, value)
        _, _, h, w, _ = T.RandomErasing.get_params(sample, (0.8, 1), (0.3, 3.3), [0])
        note("erasing of most, area", w * h)
        order, *factors = T.ColorJitter.get_params([0.6, 1.4], [0, 2.5], [0.9, 1.1], [-0.1, 0.3])
        note("jitter, order", sum(int(index) * 4 ** place for place, index in enumerate(order)))
        for name, value in zip(("brightness", "contrast", "saturation", "hue"), factors):
            note("jitter, " + name, value)
        angle, (dx, dy), scale, (sx, sy) = T.RandomAffine.get_params([-30, 50], [0.1, 0.3], [0.5, 2], [-5, 10, -20, 0], (56, 40))
        for name, value in (("angle", angle), ("dx", dx), ("dy", dy), ("scale", scale), ("sx", sx), ("sy", sy)):
            note("affine, " + name, value)
        note("normal", torch.empty(1).normal_())
        note("dirichlet", torch._sample_dirichlet(torch.tensor([0.7, 0.7, 0.7]))[1])
        for alpha in (0.2, 0.4, 1.0, 3.0):
            note(f"beta {alpha:g}", torch.distributions.Beta(alpha, alpha).sample())
        share = float(torch.distributions.Beta(1.0, 1.0).sample())
        x, y = int(torch.randint(56, (1,))), int(torch.randint(40, (1,)))
        half_width, half_height = (int(0.5 * math.sqrt(1 - share) * side) for side in (56, 40))
        inside = [min(side, at + half) - max(0, at - half) for side, at, half in ((56, x, half_width), (40, y, half_height))]
        note("cut, width", inside[0])
        note("cut, area", inside[0] * inside[1])
    print(json.dumps(out))


main()
