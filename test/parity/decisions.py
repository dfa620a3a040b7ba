"""What rounding decides at kinks, and runs that follow given decisions.

An input of ReLU, ReLU6 or max pooling may be so near its kink that float32's error takes it to the other side. Either side is
right, and each gives other gradients. So the float64 run that a float32 run is held against takes the same side wherever the
input is within REACH times torch's own largest float32 error of that layer's kink, and its own side everywhere else.
"""
import torch
import torch.nn.functional as F

from kinks import patched

# As many of torch's own errors as a result may be off.
REACH = 5


class Kink:
    """One application of a function with kinks: which side each input is on, and how far from the kink."""

    def __init__(self, x, low=None, high=None, pool=None):
        self.x, self.low, self.high, self.pool = x, low, high, pool

    def sides(self):
        """What passes a gradient on; of pools, where in its plane each window's largest stands."""
        if self.pool is None:
            return (self.x > self.low) & (self.x < self.high)
        return F.max_pool2d_with_indices(self.x, **self.pool)[1]

    def distances(self):
        """How far inputs would have to move to change sides."""
        if self.pool is None:
            return torch.minimum((self.x - self.low).abs(), (self.x - self.high).abs())
        kernel, padding, stride = (self.pool[key] for key in ("kernel_size", "padding", "stride"))
        after = padding + (stride - 1 if self.pool["ceil_mode"] else 0)
        padded = F.pad(self.x, (padding, after, padding, after), value=-1e30)
        windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride).flatten(4)
        first, second = windows.topk(2, dim=-1).values.unbind(-1)
        # Zeros that a ReLU has cut pass nothing on, so it is nobody's concern which of them is the largest.
        return torch.where(first > 0, (first - second) / 2, torch.full_like(first, float("inf")))


def apply(kink, x, sides):
    if kink.pool is None:
        return torch.where(sides, x, x.clamp(kink.low, kink.high).detach())
    return x.flatten(2).gather(2, sides.flatten(2)).reshape(sides.shape)


def patch(visit):
    """Replaces functions with kinks by `visit(kink, x, original)`; `original` is called without arguments."""
    originals = F.relu, F.hardtanh, F.max_pool2d

    def relu(x, inplace=False):
        return visit(Kink(x.detach().clone(), 0.0, float("inf")), x, lambda: originals[0](x))

    def hardtanh(x, low=-1.0, high=1.0, inplace=False):
        return visit(Kink(x.detach().clone(), low, high), x, lambda: originals[1](x, low, high))

    def max_pool(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
        pool = dict(kernel_size=kernel_size, stride=stride or kernel_size, padding=padding, dilation=dilation, ceil_mode=ceil_mode)
        return visit(Kink(x.detach().clone(), pool=pool), x, lambda: originals[2](x, **pool))

    return patched(relu, hardtanh, max_pool)


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
        return apply(kink, x, sides[-1])

    return patch(visit)


def imposing(sides):
    """Runs with these sides everywhere."""
    given = iter(sides)

    def visit(kink, x, original):
        return apply(kink, x, next(given))

    return patch(visit)


def choosing(undecided):
    """Runs float64 with these decisions."""
    choices = iter(undecided)

    def visit(kink, x, original):
        return apply(kink, x, with_choices(kink, *next(choices)))

    return patch(visit)


def with_choices(kink, positions, chosen):
    sides = kink.sides().contiguous()
    sides.view(-1)[positions] = chosen
    return sides
