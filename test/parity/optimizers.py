"""Training steps of torch's optimizers for the live test, from the same state in float32 and float64 (steps.py).

Requests come in the order of a run. {"model": name, "optimizer": name, "alone": bool} begins one and gives its state; with `alone`
float64 also takes all steps on its own. {"step": "single"} takes the next step in float32 and gives the state after it under
`state:<name>`. {"step": "both"} takes it in float64 too, and names the inputs whose sides at kinks are undecided in it; then
{"sides": [[...], ...]} says which sides Ocelli's step took there and gets what a float64 step that takes the same ones makes of the same
state, with torch's float32-float64 gaps. {"step": "on"} goes on to the state after float32's step.

An adaptive optimizer squares gradients and divides by roots of their means, and both make the largest gap over a tensor a matter of
luck. A gradient that is all rounding, as of a bias that the next batch norm takes out again, divided by its own size becomes a whole
step, in one direction or the other; where torch has one such element the gap is as large as a step, where it has none Ocelli might. A
square is off in proportion to the gradient, so the gap is decided by the few largest elements. So what is curved in the gradient is
held element by element against how far torch's optimizer moves it, in float64, when the gradient is off by up to 5 of its tensor's
gaps, plus 5 roundings of the tensor's largest value. What is linear in the gradient, and the gradient itself, has torch's own gap.
"""
import functools

import torch

import decisions
from live import serve
from models import apply_ranges, build, read_ranges
from steps import COUNTER, Run, Step
from tensorflow_rmsprop import TensorFlowRMSprop
from training import HALF_ULP, batch_of, without_chance

GAPS = 5
SHAPE, CLASSES = (8, 3, 32, 32), 1000
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


class Comparison:
    """One run of a model under an optimizer: along torch's float32, each step also in float64; and float64 all on its own."""

    def __init__(self, name, optimizer, alone):
        model = alive(name)
        *made, self.curved = OPTIMIZERS[optimizer]
        self.single, self.double = (Run(model, made, dtype) for dtype in (torch.float32, torch.float64))
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
        data = batch_of(self.number, SHAPE, CLASSES)
        if not both:
            losses, _, self.after = self.single.step(self.state, data, decisions.recording([]))
            yield {"name": "loss"}, losses.mean()
            return
        self.step = Step(self.single, self.double, self.state, data, self.number)
        self.after = self.step.after
        yield {"name": "loss"}, self.step.loss
        if self.alone is not None:
            losses, _, self.alone = self.double.step(self.alone, data, decisions.recording([]))
            yield {"name": "loss alone"}, losses.mean()
        yield from self.step.kinks()

    def expected(self, sides):
        """What float64 makes of the state with these sides, with gaps."""
        differ, results = self.step.deciding(sides)
        yield {"name": "differ"}, torch.tensor(differ)
        for key, reach in self.reach(*results[1:]).items():
            yield {"name": f"reach:{key}"}, reach
        yield from self.step.described(results)

    def move_on(self):
        """The state after float32's step, which is now the state."""
        self.state = self.after
        for key, value in self.state.items():
            yield {"name": f"state:{key}"}, value

    def reach(self, gradients, after):
        """How far each element of what is curved in the gradient may be off."""
        names = [*gradients, *(f"{slot}:{key}" for slot in self.curved for key in gradients)]
        parameters = {key: self.state[key].double() for key in gradients}
        moves = {name: torch.zeros_like(after[name]) for name in names if self.curved}
        for share in OFF_BY if self.curved else ():
            shifted = {key: value + share * GAPS * self.step.gaps[f"grad:{key}"] for key, value in gradients.items()}
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
    if "sides" in request:
        return comparison.expected(request["sides"])
    return comparison.move_on() if request["step"] == "on" else comparison.take_step(request["step"] == "both")


if __name__ == "__main__":
    serve(answer)
