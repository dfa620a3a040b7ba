"""Writes pictures.golden.json: small pictures of every kind and what Pillow's convert('RGB') makes of them.

Command, from the repository's root:  python3 test/platform/reference.py
"""

import base64
import hashlib
import json
import os
import sys
import tempfile

import numpy as np
import PIL
from PIL import Image

sys.dont_write_bytecode = True

from make_pictures import generate  # noqa: E402


def main():
    y, x = np.mgrid[0:9, 0:13]
    rgb = np.stack([x * 19, y * 28, (x * y * 7) % 256], axis=-1).astype(np.uint8)
    pictures = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in generate(folder, Image.fromarray(rgb, "RGB")):
            image = Image.open(path).convert("RGB")
            with open(path, "rb") as file:
                data = base64.b64encode(file.read()).decode()
            digest = hashlib.sha256(image.tobytes()).hexdigest()[:16]
            pictures[os.path.basename(path)] = [image.width, image.height, digest, data]
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "pictures.golden.json"), "w", encoding="utf-8") as file:
        file.write(json.dumps({"source": f"Pillow {PIL.__version__}", "pictures": pictures}, indent=0) + "\n")


main()
