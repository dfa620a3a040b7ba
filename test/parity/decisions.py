"""What rounding decides at kinks, and runs that follow given decisions.

An input of ReLU, ReLU6, hard sigmoid, hard swish or max pooling may be so near a kink that float32's error takes it to the other side.
Either side is right, and each gives other gradients. So the float64 run that a float32 run is held against takes the same side
wherever the input is within REACH times torch's own largest float32 error of that layer's kink, and its own side everywhere else.
"""
from contextlib import contextmanager

import torch
import torch.nn.functional as F

# As many of torch's own errors as a result may be off.
REACH = 5


class Bounded:
    """slope * x + offset between two bounds, constant beyond them."""

    def __init__(self, x, low, high, slope=1.0, offset=0.0):
        self.x, self.low, self.high, self.slope, self.offset = x.detach().clone(), low, high, slope, offset

    def sides(self):
        """Which inputs pass a gradient on."""
        return (self.x > self.low) & (self.x < self.high)

    def distances(self):
        """How far inputs would have to move to change sides."""
        return torch.minimum((self.x - self.low).abs(), (self.x - self.high).abs())

    def apply(self, x, sides):
        return torch.where(sides, x, x.clamp(self.low, self.high).detach()) * self.slope + self.offset


class HardSwish:
    """x * hardsigmoid(x), whose derivative jumps at -3 and 3."""

    def __init__(self, x):
        self.x = x.detach().clone()

    def sides(self):
        """0 below -3, 1 up to 3, 2 above."""
        return (self.x >= -3).long() + (self.x > 3)

    def distances(self):
        return torch.minimum((self.x + 3).abs(), (self.x - 3).abs())

    def apply(self, x, sides):
        kept = x.detach()
        slope = torch.where(sides == 1, kept / 3 + 0.5, (sides == 2).to(x.dtype))
        return kept * (kept + 3).clamp(0, 6) / 6 + slope * (x - kept)


class MaxPool:
    """The largest of each window."""

    def __init__(self, x, **pool):
        self.x, self.pool = x.detach().clone(), pool

    def sides(self):
        """Where in its plane each window's largest stands."""
        return F.max_pool2d_with_indices(self.x, **self.pool)[1]

    def distances(self):
        kernel, padding, stride = (self.pool[key] for key in ("kernel_size", "padding", "stride"))
        after = padding + (stride - 1 if self.pool["ceil_mode"] else 0)
        padded = F.pad(self.x, (padding, after, padding, after), value=-1e30)
        windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride).flatten(4)
        first, second = windows.topk(2, dim=-1).values.unbind(-1)
        # Zeros that a ReLU has cut pass nothing on, so it is nobody's concern which of them is the largest.
        return torch.where(first > 0, (first - second) / 2, torch.full_like(first, float("inf")))

    def apply(self, x, sides):
        return x.flatten(2).gather(2, sides.flatten(2)).reshape(sides.shape)


@contextmanager
def patch(visit):
    """Replaces functions with kinks by `visit(kink, x, original)`; `original` is called without arguments."""
    names = ("relu", "hardtanh", "hardsigmoid", "hardswish", "max_pool2d")
    originals = {name: getattr(F, name) for name in names}

    def relu(x, inplace=False):
        return visit(Bounded(x, 0.0, float("inf")), x, lambda: originals["relu"](x))

    def hardtanh(x, low=-1.0, high=1.0, inplace=False):
        return visit(Bounded(x, low, high), x, lambda: originals["hardtanh"](x, low, high))

    def hardsigmoid(x, inplace=False):
        return visit(Bounded(x, -3.0, 3.0, 1 / 6, 0.5), x, lambda: originals["hardsigmoid"](x))

    def hardswish(x, inplace=False):
        return visit(HardSwish(x), x, lambda: originals["hardswish"](x))

    def max_pool2d(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
        pool = dict(kernel_size=kernel_size, stride=stride or kernel_size, padding=padding, dilation=dilation, ceil_mode=ceil_mode)
        return visit(MaxPool(x, **pool), x, lambda: originals["max_pool2d"](x, **pool))

    for function in (relu, hardtanh, hardsigmoid, hardswish, max_pool2d):
        setattr(F, function.__name__, function)
    try:
        yield
    finally:
        for name, function in originals.items():
            setattr(F, name, function)


def recording(kinks):
    """Runs as always, keeping every kink in the order of the run."""
    def visit(kink, x, original):
        kinks.append(kink)
        return original()

    return patch(visit)


def following(single, undecided, sides):
    """Runs float64 with the decisions of a float32 run. Keeps what was undecided, positions and decisions of every kink, and all sides."""
    records = iter(single)

    def visit(kink, x, original):
        record = next(records)
        error = (record.x.double() - kink.x).abs().max()
        positions = (kink.distances() <= REACH * error).flatten().nonzero()[:, 0]
        chosen = record.sides().flatten()[positions]
        undecided.append((positions, chosen))
        sides.append(with_choices(kink, positions, chosen))
        return kink.apply(x, sides[-1])

    return patch(visit)


def imposing(sides):
    """Runs with these sides everywhere."""
    given = iter(sides)

    def visit(kink, x, original):
        return kink.apply(x, next(given))

    return patch(visit)


def choosing(undecided):
    """Runs float64 with these decisions."""
    choices = iter(undecided)

    def visit(kink, x, original):
        return kink.apply(x, with_choices(kink, *next(choices)))

    return patch(visit)


def with_choices(kink, positions, chosen):
    sides = kink.sides().contiguous()
    sides.view(-1)[positions] = chosen
    return sides
