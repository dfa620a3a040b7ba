"""Blurred pictures for the live comparison: python3 augment_blur.py SEED COUNT BYTES_FILE

Writes the answers' pixels one after the other to BYTES_FILE and prints the cases as JSON, each with its answer's size.
"""

import json
import os
import random
import sys

from torchvision.transforms import functional as F

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from augment_cases import picture, spec  # noqa: E402


def main():
    draw = random.Random(int(sys.argv[1]))
    listed = []
    with open(sys.argv[3], "wb") as file:
        for _ in range(int(sys.argv[2])):
            image = spec(draw)
            # torch mirrors at most what the picture has.
            sides = [draw.choice([k for k in (1, 3, 5, 9, 23) if k // 2 < side]) for side in (image["width"], image["height"])]
            case = {"kernel": "gaussianBlur", "picture": image, "kernelSize": sides, "sigma": draw.uniform(0.1, 4)}
            blurred = F.gaussian_blur(picture(image), case["kernelSize"], [case["sigma"]])
            file.write(blurred.tobytes())
            channels = len(blurred.getbands())
            listed.append({"case": case, "width": blurred.width, "height": blurred.height, "channels": channels})
    print(json.dumps(listed))


main()
