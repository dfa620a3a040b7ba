"""RMSprop as TensorFlow computes it (tf.compat.v1.train.RMSPropOptimizer), for torch: epsilon under the root, the mean square from
1, the learning rate inside the momentum. Weight decay is added to the gradient.
"""
import torch


class TensorFlowRMSprop(torch.optim.Optimizer):
    def __init__(self, params, lr, alpha=0.9, eps=1e-10, momentum=0.0, centered=False, weight_decay=0.0):
        super().__init__(params, dict(lr=lr, alpha=alpha, eps=eps, momentum=momentum, centered=centered, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                self.update(p, group)

    def update(self, p, group):
        state, alpha = self.state[p], group["alpha"]
        g = p.grad + group["weight_decay"] * p
        mean_square = state.get("square_avg", torch.ones_like(p))
        state["square_avg"] = spread = alpha * mean_square + (1 - alpha) * g * g
        if group["centered"]:
            mean = state.get("grad_avg", torch.zeros_like(p))
            state["grad_avg"] = mean = alpha * mean + (1 - alpha) * g
            spread = spread - mean * mean
        move = group["lr"] * g / (spread + group["eps"]).sqrt()
        if group["momentum"] > 0:
            before = state.get("momentum_buffer", torch.zeros_like(p))
            state["momentum_buffer"] = move = group["momentum"] * before + move
        p -= move
