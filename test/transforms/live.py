"""Pillow's and torchvision's answers for the live comparison: python3 live.py OUT_FOLDER WEIGHTS_JSON PICTURE...

Makes pictures of many kinds in OUT_FOLDER (nothing outside it is written), then prints JSON: for every picture the digest of
`convert('RGB')` and, for some, of every distinct classification preset of WEIGHTS_JSON. Generated pictures' pixels are also
kept as NAME.rgb, so that a difference can be measured.
"""

import hashlib
import json
import os
import re
import sys

from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms._presets import ImageClassification

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../platform"))

from make_pictures import generate  # noqa: E402

FAMILIES = re.compile(r"^(EfficientNet|MNASNet|ResNet|ResNeXt|Wide_ResNet|MobileNet_V2|SqueezeNet)")


def distinct_presets(path):
    with open(path, encoding="utf-8") as file:
        weights = json.load(file)["weights"]
    found = set()
    for enum, entries in weights.items():
        if FAMILIES.match(enum):
            found |= {entry["tr"] for entry in entries.values() if isinstance(entry, dict)}
    presets = []
    for text in sorted(found):
        number = lambda name, default: int((re.search(name + r"=(\d+)", text) or [0, default])[1])
        triple = lambda name, default: [float(v) for v in (re.search(name + r"=\(([^)]*)\)", text) or [0, default])[1].split(",")]
        mode = (re.search(r"InterpolationMode\.(\w+)", text) or [0, "BILINEAR"])[1].lower()
        presets.append({
            "kind": "classification", "resize": number("resize_size", 256), "crop": number("crop_size", 0),
            "interpolation": mode, "mean": triple("mean", "0.485,0.456,0.406"), "std": triple("std", "0.229,0.224,0.225"),
        })
    gray = {"kind": "classification", "interpolation": "bilinear", "channels": "gray", "mean": [0.5], "std": [0.25]}
    return presets + [{**gray, "resize": 28, "crop": 28}, {**gray, "resize": 232, "crop": 224}]


def digest(data):
    return hashlib.sha256(data).hexdigest()


def main():
    folder, weights, *photos = sys.argv[1:]
    presets = distinct_presets(weights)
    made = generate(folder, Image.open(photos[0]).convert("RGB").resize((213, 157), Image.BICUBIC))
    # Every preset on photographs and on one generated picture of each kind of content; all others are compared decoded.
    whole = set(photos) | {os.path.join(folder, name) for name in (
        "rgba.png", "gray-alpha.png", "gray16.png", "palette.png", "cmyk.jpg", "progressive.jpg", "alpha.webp", "transparent.gif")}
    pictures = []
    for path in photos + made:
        image = Image.open(path).convert("RGB")
        if path in made:
            with open(path + ".rgb", "wb") as file:
                file.write(image.tobytes())
        outputs = []
        for preset in presets if path in whole else []:
            run = ImageClassification(
                crop_size=preset["crop"], resize_size=preset["resize"], mean=preset["mean"], std=preset["std"],
                interpolation=InterpolationMode(preset["interpolation"]),
            )
            outputs.append(digest(run(image.convert("L") if "channels" in preset else image).numpy().tobytes()))
        pictures.append({"path": path, "width": image.width, "height": image.height, "rgb": digest(image.tobytes()),
                         "presets": outputs, "made": path in made})
    print(json.dumps({"presets": presets, "pictures": pictures}))


main()
