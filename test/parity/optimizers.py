"""Training steps of torch's optimizers for the live test, from the same state in float32 and float64.

Requests come in the order of a run. {"model": name, "optimizer": name, "alone": bool} begins one; with `alone` float64 also takes all
steps on its own. {"step": "single"} takes the next step in float32 and gives the state after it under `state:<name>`. {"step": "both"}
takes it in float64 too, and names the inputs whose sides at kinks are undecided in it (decisions.py); then {"sides": [[...], ...]} says
which sides Ocelli's step took there and gets what a float64 step that takes the same ones makes of the same state, with torch's
float32-float64 gaps, and the state after float32's step.

A gap is the largest of what rounding did to a tensor in one run, and where one element decides it (that of a channel whose batch
variance is nearly 0, say) that is one throw of a die: torch's own error there differs tenfold between runs whose pictures differ in
the last bit. So the gap is the largest of five float32 runs, four of them on pictures changed by up to one unit in the last place, all
with the same sides at kinks. That moves float64 too, by 0.03 to 0.43 of what float32 is off (root mean square, the median over the
tensors of each model), which widens a gap by less than a tenth.

An adaptive optimizer squares gradients and divides by roots of their means, and both make the largest gap over a tensor a matter of
luck. A gradient that is all rounding, as of a bias that the next batch norm takes out again, divided by its own size becomes a whole
step, in one direction or the other; where torch has one such element the gap is as large as a step, where it has none Ocelli might. A
square is off in proportion to the gradient, so the gap is decided by the few largest elements. So what is curved in the gradient is
held element by element against how far torch's optimizer moves it, in float64, when the gradient is off by up to 5 of its tensor's
gaps, plus 5 roundings of the tensor's largest value. What is linear in the gradient, and the gradient itself, has torch's own gap.
"""
import copy
import functools

import torch

import decisions
from fill import uniform
from live import serve
from models import apply_ranges, build, read_ranges
from tensorflow_rmsprop import TensorFlowRMSprop
from training import HALF_ULP, batch, gap_of, without_chance

GAPS = 5
# Further float32 runs, on pictures changed in the last bit.
TREMBLES = 4
# Where between no gap and all of them the optimizer is tried.
OFF_BY = (-1, -0.4, 0.4, 1)

# The class, its settings, what it keeps under our names, and which of that is curved in the gradient; then so are the weights.
OPTIMIZERS = {
    "sgd": (torch.optim.SGD, dict(lr=0.01, momentum=0.9, weight_decay=1e-4), {"momentum": "momentum_buffer"}, []),
    "rmsprop": (
        torch.optim.RMSprop,
        dict(lr=1e-4, momentum=0.9, weight_decay=1e-5),
        {"meanSquare": "square_avg", "momentum": "momentum_buffer"},
        ["meanSquare", "momentum"],
    ),
    "rmspropTensorFlow": (
        TensorFlowRMSprop,
        dict(lr=0.016, momentum=0.9, eps=1e-3, weight_decay=1e-5),
        {"meanSquare": "square_avg", "momentum": "momentum_buffer"},
        ["meanSquare", "momentum"],
    ),
    "adamw": (torch.optim.AdamW, dict(lr=1e-3), {"mean": "exp_avg", "meanSquare": "exp_avg_sq"}, ["meanSquare"]),
}
COUNTER = "counter:optimizer"


class Run:
    """A model and an optimizer in one precision."""

    def __init__(self, model, optimizer, dtype):
        self.model = copy.deepcopy(model).to(dtype).train()
        self.make, self.settings, self.slots, _ = OPTIMIZERS[optimizer]
        self.dtype = dtype

    def forward(self, state, data, patch):
        """Loads the state and gives the losses of single pictures, ready to go backward."""
        x, y = data
        with torch.no_grad():
            for key, value in self.model.state_dict().items():
                value.copy_(state[key])
        self.model.zero_grad(set_to_none=True)
        with patch:
            return torch.nn.functional.cross_entropy(self.model(x.to(self.dtype)), y, reduction="none")

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
        parameters = dict(self.model.named_parameters())
        gradients = {key: p.grad for key, p in parameters.items()}
        after = self.update(state, parameters, gradients)
        after.update({key: value.clone() for key, value in self.model.state_dict().items() if key not in parameters})
        if COUNTER in state:
            after[COUNTER] = state[COUNTER] + 1
        return losses.detach(), gradients, after


class Comparison:
    """One run of a model under an optimizer: along torch's float32, each step also in float64; and float64 all on its own."""

    def __init__(self, name, optimizer, alone):
        model = alive(name)
        self.single, self.double = (Run(model, optimizer, dtype) for dtype in (torch.float32, torch.float64))
        self.curved = OPTIMIZERS[optimizer][3]
        self.state = {key: value.clone() for key, value in model.state_dict().items()}
        for key, p in model.named_parameters():
            for slot in self.single.slots:
                ones = slot == "meanSquare" and optimizer == "rmspropTensorFlow"
                self.state[f"{slot}:{key}"] = (torch.ones_like if ones else torch.zeros_like)(p).detach()
        if optimizer == "adamw":
            self.state[COUNTER] = torch.tensor(0.0)
        # The state of the float64 run on its own, where one is wanted.
        self.alone = None
        if alone:
            self.alone = {key: value.double() if value.is_floating_point() and key != COUNTER else value for key, value in self.state.items()}
        self.number = 0

    def take_step(self, both):
        """The step from the float32 state; with `both` in float64 too, with float32's decisions, and of float64 on its own."""
        self.number += 1
        self.data = batch(self.number, 0)
        kinks, self.undecided = [], []
        single = self.single.step(self.state, self.data, decisions.recording(kinks))
        losses, _, self.after = single
        yield {"name": "loss"}, losses.mean()
        if not both:
            yield from self.move_on()
            return
        sides = []
        self.followed = self.double.step(self.state, self.data, decisions.following(kinks, self.undecided, sides))
        self.gaps = self.measure_gaps(single, sides)
        if self.alone is not None:
            losses, _, self.alone = self.double.step(self.alone, self.data, decisions.recording([]))
            yield {"name": "loss alone"}, losses.mean()
        for i, (positions, _) in enumerate(self.undecided):
            yield {"name": f"kink:{i}"}, positions

    def measure_gaps(self, single, sides):
        """The gaps of losses, gradients and state."""
        losses, gradients, after = self.followed
        double = {"loss": losses, **{f"grad:{key}": value for key, value in gradients.items()}, **after}
        gaps = dict.fromkeys(double, 0.0)
        x, y = self.data
        for run in range(TREMBLES + 1):
            if run > 0:
                noise = torch.from_numpy(2 * uniform(f"tremble:{self.number}:{run}", x.numel()) - 1).float().reshape(x.shape)
                single = self.single.step(self.state, (x * (1 + noise * 2.0**-23), y), decisions.imposing(sides))
            losses, gradients, after = single
            for name, value in {"loss": losses, **{f"grad:{key}": value for key, value in gradients.items()}, **after}.items():
                gaps[name] = max(gaps[name], gap_of(value.double(), double[name].double()))
        return gaps

    def expected(self, sides):
        """What float64 makes of the state with these sides, with gaps; and the state after float32's step."""
        losses, gradients, after = self.followed
        given = [(positions, torch.tensor(chosen, dtype=mine.dtype)) for (positions, mine), chosen in zip(self.undecided, sides)]
        differ = sum(int((a != b).sum()) for (_, a), (_, b) in zip(self.undecided, given))
        if differ:
            losses, gradients, after = self.double.step(self.state, self.data, decisions.choosing(given))
        reach = self.reach(gradients, after)
        yield {"name": "differ"}, torch.tensor(differ)
        yield {"name": "loss", "gap": self.gaps["loss"]}, losses.mean()
        for key, value in gradients.items():
            yield {"name": f"grad:{key}", "gap": self.gaps[f"grad:{key}"]}, value
        for key, value in after.items():
            if key in reach:
                yield {"name": f"reach:{key}"}, reach[key]
            yield {"name": key, "gap": self.gaps[key]}, value.double()
        yield from self.move_on()

    def move_on(self):
        self.state = self.after
        for key, value in self.state.items():
            yield {"name": f"state:{key}"}, value

    def reach(self, gradients, after):
        """How far each element of what is curved in the gradient may be off."""
        names = [*gradients, *(f"{slot}:{key}" for slot in self.curved for key in gradients)]
        parameters = {key: self.state[key].double() for key in gradients}
        moves = {name: torch.zeros_like(after[name]) for name in names if self.curved}
        for share in OFF_BY if self.curved else ():
            shifted = {key: value + share * GAPS * self.gaps[f"grad:{key}"] for key, value in gradients.items()}
            moved = self.double.update(self.state, parameters, shifted)
            for name, move in moves.items():
                torch.maximum(move, moved[name].sub_(after[name]).abs_(), out=move)
        return {name: move.add_(GAPS * HALF_ULP * after[name].abs().max()) for name, move in moves.items()}


@functools.lru_cache(maxsize=1)
def alive(name):
    return without_chance(apply_ranges(build(name), read_ranges(name, build(name))))


comparison = None


def answer(request):
    global comparison
    if "model" in request:
        comparison = Comparison(request["model"], request["optimizer"], request["alone"])
        return iter(())
    return comparison.expected(request["sides"]) if "sides" in request else comparison.take_step(request["step"] == "both")


if __name__ == "__main__":
    serve(answer)
