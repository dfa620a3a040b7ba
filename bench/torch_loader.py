"""torch's DataLoader for the loader benchmark: one request a line on standard input, one answer a line on standard output, both JSON."""
import gzip
import json
import pathlib
import sys
import tempfile
import time

import torch
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms

loaders = {}


def fashion(folder):
    """torchvision's own FashionMNIST over the files of a folder, which it wants inflated in a layout of its own."""
    root = tempfile.TemporaryDirectory()
    raw = pathlib.Path(root.name) / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for path in pathlib.Path(folder).glob("*.gz"):
        (raw / path.stem).write_bytes(gzip.open(path).read())
    return datasets.FashionMNIST(root.name, train=True, transform=pipeline(28, [0.2860], [0.3530]))


def jpeg(folder):
    return datasets.ImageFolder(folder, pipeline(32, [0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616]))


def pipeline(size, mean, std):
    return transforms.Compose([
        transforms.RandomCrop(size, padding=4),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize(mean, std),
    ])


def open(kind, folder, pictures, workers):
    dataset = {"fashion": fashion, "jpeg": jpeg}[kind](folder)
    step = len(dataset) // pictures
    part = Subset(dataset, range(0, pictures * step, step))
    # Workers start once and stay, as Ocelli's do.
    loaders[workers] = DataLoader(part, batch_size=128, shuffle=True, num_workers=workers, persistent_workers=True)
    return {}


def epoch(workers):
    start = time.perf_counter()
    count = sum(len(labels) for _, labels in loaders[workers])
    return {"milliseconds": (time.perf_counter() - start) * 1000, "pictures": count}


def info():
    import torchvision

    torch.set_num_threads(1)
    return {"torch": torch.__version__, "torchvision": torchvision.__version__, "threads": 1}


requests = {f.__name__: f for f in (open, epoch, info)}

if __name__ == "__main__":
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(requests[name](**arguments)), flush=True)
