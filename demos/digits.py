"""Lesson 4, digits: what one image wants to change, and the average over a batch.

Run it: `python demos/digits.py`. Once installed, `autograd-tiny lesson digits` runs it with options.
`--mnist FOLDER` takes MNIST's files.

1. One image goes forward: 64 pixels → 24 neurons with tanh → 10 logits → softmax → the cost −log p of its digit.
2. Its gradient, negated, is a wish: for each weight a direction and a size.
3. Other images have other wishes. Their average over a batch is one vector, a change for every weight.
4. A step follows the average. The cost over two directions is a surface, and the descent a path on it.

The graph is recorded once, for one image, and replayed on batches: the same gradients, in a fraction of the time.
"""

from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import numpy as np

from autograd_tiny import Value, dot, log_softmax, mean, no_gc, record
from autograd_tiny.lessons import difference, gradient_of, heading, in_turns, picture_folder, say, shuffle
from autograd_tiny.lessons.digit_images import Images, load_images
from autograd_tiny.lessons.digits import DigitTraining, draw_lesson, show_a_batch, show_one_example, show_training
from autograd_tiny.replay import Program
from nn import MLP

EPOCHS, EPOCHS_OF_MNIST = 30, 3
BATCH, RATE = 32, 0.5
CLOSE = 12  # about so many points of the path are from the first epoch, when the weights move most
MEASURED = 2000  # the train cost is the mean over at most so many images


def new_network(pixels: int, seed: int) -> MLP:
    """Return a network with 24 hidden neurons and 10 logits."""
    return MLP(pixels, [24, 10], hidden="tanh", initializer="xavier_uniform", seed=seed)


def cost_of(network: MLP, pixels: Any, target: Any) -> Value:
    """Return −log p of the true digit, for a target with a 1 in its place."""
    cost: Value = -dot(list(target), log_softmax(network(list(pixels))))
    return cost


def record_cost(network: MLP, pixels: int) -> Program:
    """Return the program that computes the cost and its gradient for whole batches."""

    def cost(x: Any, target: Any) -> Value:
        return cost_of(network, x, target)

    return record(cost, inputs=([0.5] * pixels, [0.1] * 10), parameters=network.parameters())


def wishes_of(network: MLP, pixels: Any, target: Any) -> Any:
    """Return the change that one example wants of each weight: −∂cost/∂weight, by one backward pass."""
    network.zero_grad()
    cost_of(network, pixels.tolist(), target.tolist()).backward()
    return -gradient_of(network.parameters())


def probabilities(program: Program, pixels: Any) -> Any:
    """Return for each image the probability of each digit: the cost of a digit is −log p."""
    costs = [program.evaluate(pixels, np.tile(np.eye(10)[digit], (len(pixels), 1))) for digit in range(10)]
    return np.exp(-np.stack(costs, axis=1))


def learn(program: Program, images: Images, *, epochs: int, seed: int) -> DigitTraining:
    """Descend, one step for each batch; the weights are a flat array that every replay reads."""
    targets, draw, training = images.targets(images.train_digits), Random(seed).random, DigitTraining()
    close = {round((len(targets) / BATCH) ** (k / CLOSE)) for k in range(CLOSE)}
    test(program, images, training)
    for epoch in range(epochs):
        start = perf_counter()
        order = shuffle(range(len(targets)), draw)
        for step, batch in enumerate(np.split(order, range(BATCH, len(order), BATCH)), start=1):
            program.differentiate(images.train[batch], targets[batch])
            program.parameters -= RATE * program.gradients
            if epoch == 0 and step in close:
                training.path.append(program.parameters.copy())
        training.seconds += perf_counter() - start
        test(program, images, training)
    program.store()
    return training


def test(program: Program, images: Images, training: DigitTraining) -> None:
    """Record the weights, their cost, and the share of test images that are classified rightly."""
    training.path.append(program.parameters.copy())
    few, targets = images.train[:MEASURED], images.targets(images.train_digits[:MEASURED])
    training.costs.append(float(program.evaluate(few, targets).mean()))
    guesses = probabilities(program, images.test).argmax(axis=1)
    training.accuracy.append(float((guesses == images.test_digits).mean()))


def time_per_example(network: MLP, program: Program, images: Images) -> tuple[float, float, float]:
    """Return the seconds of both passes of an example, eagerly and by replay, and the difference of gradients."""
    pixels, targets = images.train[:BATCH], images.targets(images.train_digits[:BATCH])
    rows = list(zip(pixels.tolist(), targets.tolist(), strict=True))

    def eagerly() -> None:
        network.zero_grad()
        mean([cost_of(network, x, target) for x, target in rows]).backward()

    with no_gc():
        eager, replayed = in_turns(eagerly, lambda: program.differentiate(pixels, targets))
    return eager / len(rows), replayed / len(rows), difference(gradient_of(network.parameters()), program.gradients)


def teach(*, seed: int = 0, folder: Path | None = None, epochs: int | None = None, mnist: Path | None = None) -> None:
    """Show the wishes of one image and of a batch, train by replay, test, and draw the path of the descent."""
    images = load_images(mnist, seed=seed)
    network = new_network(images.train.shape[1], seed)
    program = record_cost(network, images.train.shape[1])
    heading("Digits: what one example wants to change")
    say(f"{images.name}: {len(images.train)} to learn from, {len(images.test)} to test on; {network}")
    batch = zip(images.train[:BATCH], images.targets(images.train_digits[:BATCH]), strict=True)
    wishes = np.array([wishes_of(network, *example) for example in batch])
    show_one_example(network, probabilities(program, images.train[:1])[0], images, wishes[0])
    show_a_batch(network, images, wishes)
    timing = time_per_example(network, program, images)
    training = learn(program, images, epochs=epochs or (EPOCHS if mnist is None else EPOCHS_OF_MNIST), seed=seed)
    show_training(training, images, timing)
    if folder is not None:
        draw_lesson(images, wishes, program, np.array(training.path), folder / "digits.png")


if __name__ == "__main__":
    teach(folder=picture_folder("lesson-digits"))
