"""Two interleaved half-moons, separated by a small network with a training loop written out.

Run it: `python demos/moons.py [steps]`. Each step is one pass over all points: forward, loss, `backward()`, and
`p.data -= learning_rate * p.grad` for every parameter.
"""

import math
import random
import sys

from autograd_tiny import mean, no_gc
from nn import MLP
from nn.losses import hinge, l2_penalty

Example = tuple[list[float], int]


def half_moons(count: int, *, noise: float, seed: int) -> list[Example]:
    """Return `count` points in the plane, in turn of the upper moon (1) and of the lower one (-1)."""
    draw = random.Random(seed)
    examples = []
    for k in range(count):
        angle = math.pi * draw.random()
        x, y = (math.cos(angle), math.sin(angle)) if k % 2 == 0 else (1 - math.cos(angle), 0.5 - math.sin(angle))
        examples.append(([x + draw.gauss(0, noise), y + draw.gauss(0, noise)], 1 if k % 2 == 0 else -1))
    return examples


@no_gc()
def train(examples: list[Example], *, steps: int, seed: int) -> MLP:
    """Return a network trained by gradient descent on the hinge loss, with a small penalty on the weights."""
    model = MLP(2, [16, 16, 1], seed=seed)
    for step in range(steps):
        loss = mean([hinge(model(x), target) for x, target in examples]) + 1e-4 * l2_penalty(model.parameters())
        model.zero_grad()
        loss.backward()
        learning_rate = 1.0 - 0.9 * step / steps
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        if step % 10 == 0:
            print(f"step {step:3}   loss {loss:.4f}   correct {correct(model, examples)} of {len(examples)}")
    return model


def correct(model: MLP, examples: list[Example]) -> int:
    """Return how many points lie on the right side."""
    return sum((model(x).data > 0) == (target > 0) for x, target in examples)


def main(steps: int) -> None:
    """Train on 100 points and test on 100 others."""
    model = train(half_moons(100, noise=0.1, seed=1), steps=steps, seed=1337)
    test = half_moons(100, noise=0.1, seed=2)
    print(f"test accuracy: {correct(model, test) / len(test):.1%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
