"""What rounding decides at kinks: where an input of ReLU, ReLU6 or max pooling is within float32's error of the kink, either side is
right, and each gives other gradients. `sides` runs a step in float64 with such decisions taken the one way and the other.
"""
from contextlib import contextmanager

import torch
import torch.nn.functional as F

from fill import uniform

# How many of torch's own largest errors of a layer an input may be off and still be called undecided.
REACH = 2


@contextmanager
def patched(relu, hardtanh, max_pool):
    saved = F.relu, F.hardtanh, F.max_pool2d
    F.relu, F.hardtanh, F.max_pool2d = relu, hardtanh, max_pool
    try:
        yield
    finally:
        F.relu, F.hardtanh, F.max_pool2d = saved


def recording(inputs):
    """Keeps the inputs of all kinks, in the order of the run."""
    relu, hardtanh, max_pool = F.relu, F.hardtanh, F.max_pool2d

    def kept(function):
        def run(x, *args, **kwargs):
            inputs.append(x.detach().clone())
            return function(x, *args, **kwargs)
        return run

    return patched(kept(relu), kept(hardtanh), kept(max_pool))


def leaning(errors, side):
    """Undecided inputs of ReLU pass for side 1 and are cut for side -1; undecided maxima lean by a hash of their place."""
    max_pool_original = F.max_pool2d
    errors = iter(errors)

    def hardtanh(x, low=-1.0, high=1.0, inplace=False):
        reach = side * REACH * next(errors)
        return torch.where((x > low - reach) & (x < high + reach), x, x.clamp(low, high).detach())

    def relu(x, inplace=False):
        return hardtanh(x, 0.0, float("inf"))

    def max_pool(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
        noise = torch.from_numpy(2 * uniform("kink", x.numel()) - 1).reshape(x.shape)
        leant = x.detach() + side * REACH * next(errors) * noise
        _, places = max_pool_original(leant, kernel_size, stride, padding, dilation, ceil_mode, return_indices=True)
        return x.flatten(2).gather(2, places.flatten(2)).reshape(places.shape)

    return patched(relu, hardtanh, max_pool)


def errors_of(single, double):
    """The largest float32 error of each kink's input."""
    return [(a.double() - b).abs().max().item() for a, b in zip(single, double)]
