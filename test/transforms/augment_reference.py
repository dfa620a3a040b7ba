"""Writes the goldens of the kernels of augmentations with torchvision on PIL pictures.

Command, from the repository's root:  python3 test/transforms/augment_reference.py

Digests are the first 16 hex digits of the SHA-256 of the result's pixels.
"""

import json
import os
import sys

import PIL
import torchvision

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from augment_cases import cases, digest  # noqa: E402


def main():
    rows = []
    for case, image in cases(20, 12):
        rows.append(json.dumps({**case, "size": [image.width, image.height], "digest": digest(image.tobytes())}))
    source = f"Pillow {PIL.__version__}, torchvision {torchvision.__version__}"
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "augment.golden.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'{{\n "source": {json.dumps(source)},\n "kernels": [\n  ' + ",\n  ".join(rows) + "\n ]\n}\n")


main()
