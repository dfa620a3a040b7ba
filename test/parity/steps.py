"""One training step in torch, in float32 and in float64 from the same state, with the same sides at kinks (decisions.py).

A gap is the largest of what rounding did to a tensor in one run, and where one element decides it (that of a channel whose batch
variance is nearly 0, say) that is one throw of a die: torch's own error there differs tenfold between runs whose pictures differ in
the last bit. So the gap is the largest of five float32 runs, four of them on pictures changed by up to one unit in the last place, all
with the same sides at kinks. That moves float64 too, by 0.03 to 0.43 of what float32 is off (root mean square, the median over the
tensors of each model), which widens a gap by less than a tenth.
"""
import copy

import torch

import decisions
from training import gap_of, trembling

# Further float32 runs, on pictures changed in the last bit.
TREMBLES = 4
COUNTER = "counter:optimizer"


def cross_entropy(logits, y):
    """The losses of single pictures."""
    return torch.nn.functional.cross_entropy(logits, y, reduction="none")


class Run:
    """A model and an optimizer in one precision. `optimizer` is its class, settings, and what it keeps by our names."""

    def __init__(self, model, optimizer, dtype, losses=cross_entropy):
        self.model = copy.deepcopy(model).to(dtype).train()
        self.make, self.settings, self.slots = optimizer
        self.dtype, self.losses = dtype, losses

    def forward(self, state, data, patch):
        """Loads the state and gives the losses of single pictures, ready to go backward."""
        x, y = data
        with torch.no_grad():
            for key, value in self.model.state_dict().items():
                value.copy_(state[key])
        self.model.zero_grad(set_to_none=True)
        with patch:
            return self.losses(self.model(x.to(self.dtype)), y)

    def update(self, state, parameters, gradients):
        """What the optimizer makes of parameters: new weights and slots by name."""
        weights = {key: torch.nn.Parameter(p.detach().clone()) for key, p in parameters.items()}
        optimizer = self.make(weights.values(), **self.settings)
        for key, p in weights.items():
            p.grad = gradients[key]
            for ours, theirs in self.slots.items():
                optimizer.state[p][theirs] = state[f"{ours}:{key}"].to(self.dtype).clone()
            optimizer.state[p]["step"] = state[COUNTER].clone() if COUNTER in state else 0
        optimizer.step()
        after = {key: p.detach() for key, p in weights.items()}
        for key, p in weights.items():
            after.update({f"{ours}:{key}": optimizer.state[p][theirs] for ours, theirs in self.slots.items()})
        return after

    def step(self, state, data, patch):
        """The losses, the gradients, and the state after the step."""
        losses = self.forward(state, data, patch)
        losses.mean().backward()
        # Frozen parameters are no part of the state.
        parameters = {key: p for key, p in self.model.named_parameters() if p.requires_grad}
        gradients = {key: p.grad for key, p in parameters.items()}
        after = self.update(state, parameters, gradients)
        after.update({key: value.clone() for key, value in self.model.named_buffers()})
        if COUNTER in state:
            after[COUNTER] = state[COUNTER] + 1
        return losses.detach(), gradients, after


class Step:
    """A step of two runs from one state: what was undecided in it, gaps, and what float64 makes of given sides."""

    def __init__(self, single, double, state, data, name, trembles=TREMBLES):
        self.double, self.state, self.data = double, state, data
        kinks, self.undecided, sides = [], [], []
        result = single.step(state, data, decisions.recording(kinks))
        self.loss, self.after = result[0].mean(), result[2]
        self.followed = double.step(state, data, decisions.following(kinks, self.undecided, sides))
        self.shapes = [side.shape for side in sides]
        expected = named(self.followed)
        self.gaps = dict.fromkeys(expected, 0.0)
        for run in range(trembles + 1):
            if run > 0:
                result = single.step(state, trembling(data, f"tremble:{name}:{run}"), decisions.imposing(sides))
            for key, value in named(result).items():
                self.gaps[key] = max(self.gaps[key], gap_of(value.double(), expected[key].double()))

    def kinks(self):
        """Where in each kink's output, of the shape in its name, rounding decides."""
        for i, ((positions, _), shape) in enumerate(zip(self.undecided, self.shapes)):
            yield {"name": f"kink:{i}:{','.join(map(str, shape))}"}, positions

    def deciding(self, sides):
        """How many of these sides are others than torch's float32 took, and the losses, gradients and state in float64 with them."""
        given = [(positions, torch.tensor(chosen, dtype=mine.dtype)) for (positions, mine), chosen in zip(self.undecided, sides)]
        differ = sum(int((a != b).sum()) for (_, a), (_, b) in zip(self.undecided, given))
        return differ, self.double.step(self.state, self.data, decisions.choosing(given)) if differ else self.followed

    def described(self, results):
        """Results by name, with gaps."""
        losses, gradients, after = results
        yield {"name": "loss", "gap": self.gaps["loss"]}, losses.mean()
        for key, value in {**prefixed(gradients), **after}.items():
            yield {"name": key, "gap": self.gaps[key]}, value.double()


def prefixed(gradients):
    return {f"grad:{key}": value for key, value in gradients.items()}


def named(results):
    losses, gradients, after = results
    return {"loss": losses, **prefixed(gradients), **after}
