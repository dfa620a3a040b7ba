"""What numpy, Pillow and torchvision read in data sets' files: hashes of all pixels and labels, and of folders the order.

Goldens for the unit tests, reading.golden.json:  /usr/bin/python3 test/data/reference.py '["goldens", {}]'
"""
import gzip
import hashlib
import json
import pathlib
import sys
import tarfile
import tempfile
import warnings

import numpy
import torch
import torchvision
from PIL import Image

warnings.filterwarnings("ignore")


def digest(array):
    return hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest()


def idx(folder, prefix):
    """By torchvision's own reader of MNIST files, and beside it by numpy."""
    answer = {}
    for kind, name, skip in (("images", "images-idx3-ubyte", 16), ("labels", "labels-idx1-ubyte", 8)):
        raw = gzip.open(f"{folder}/{prefix}-{name}.gz").read()
        with tempfile.NamedTemporaryFile() as file:
            file.write(raw)
            file.flush()
            values = torchvision.datasets.mnist.read_sn3_pascalvincent_tensor(file.name).numpy()
        assert (values.ravel() == numpy.frombuffer(raw, numpy.uint8, offset=skip)).all()
        answer[kind] = digest(values)
        answer[f"{kind}Shape"] = list(values.shape)
    return answer


def cifar(path):
    """The binary layout as its authors describe it, channels last as torchvision gives them."""
    records = numpy.fromfile(path, numpy.uint8).reshape(-1, 3073)
    pixels = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return {"pixels": digest(pixels), "labels": digest(records[:, 0]), "count": len(records)}


def folder(path):
    """torchvision's ImageFolder: its classes, paths, labels, and the pixels of every picture."""
    dataset = torchvision.datasets.ImageFolder(path)
    pixels = hashlib.sha256()
    for picture, _ in dataset:
        pixels.update(picture.tobytes())
    return {
        "classes": dataset.classes,
        "paths": [name[len(path) + 1 :] for name, _ in dataset.samples],
        "labels": dataset.targets,
        "pixels": pixels.hexdigest(),
    }


def normalized(path, mean, std, count):
    """The first pictures through ToTensor and Normalize: hash of float32 [count, 3, 32, 32]."""
    transform = torchvision.transforms.Compose([torchvision.transforms.ToTensor(), torchvision.transforms.Normalize(mean, std)])
    dataset = torchvision.datasets.ImageFolder(path, transform)
    return {"values": digest(torch.stack([dataset[i][0] for i in range(count)]).numpy())}


def goldens():
    here = pathlib.Path(__file__).parent
    shared = here.parent.parent.parent / "shared" / "data" / "cifar10"
    jpeg = hashlib.sha256()
    with tarfile.open(shared / "test_jpeg.tar.gz") as archive:
        for number in range(100):
            jpeg.update(Image.open(archive.extractfile(f"test/airplane/{number:04}.jpg")).convert("RGB").tobytes())
    values = {
        "fashion": idx("/usr/share/datasets/fashion-mnist", "t10k"),
        "cifar": cifar(shared / "test_1000.bin"),
        "airplanes": jpeg.hexdigest(),
    }
    (here / "reading.golden.json").write_text(json.dumps(values, indent=2) + "\n")
    return {}


if __name__ == "__main__":
    name, arguments = json.loads(sys.argv[1])
    print(json.dumps(globals()[name](**arguments)))
