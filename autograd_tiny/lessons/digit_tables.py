"""What the lesson on digits prints: the wishes of one image and of a batch, and the descent."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import numpy as np

from autograd_tiny.cli.terminal import counted
from autograd_tiny.lessons.digit_images import Images
from autograd_tiny.lessons.screen import apart, heading, say, table
from nn import MLP


@dataclass(slots=True)
class Training:
    """What came out.

    Attributes:
        path: all weights, for each epoch, and some more from the first, when they move most.
        costs: before the first epoch and after each, the mean cost of training images.
        accuracy: at the same times, the share of the test images that were read rightly.
        seconds: how long the epochs took.
    """

    path: list[Any] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    seconds: float = 0.0


def show_images(images: Images, network: MLP) -> None:
    """Print how many images there are, and what the network is."""
    heading("Digits: what one example wants to change")
    say(f"{images.name}: {len(images.train)} to learn from, {len(images.test)} to test on; {network}")


def show_one_example(network: MLP, probabilities: Any, images: Images, wish: Any) -> None:
    """Print one image, what the network says of it, and what the image wants of output neurons and weights."""
    names = short_names(network)
    biases = [wish[place] for place, name in enumerate(names) if name.startswith("b2")]
    picture = images.picture(images.train[0])
    say("", f"An image of a {images.train_digits[0]}. Of each output neuron it wants −∂cost/∂logit = y − p:")
    notes = [
        f"{digit}   p = {p:.3f}   wish {bias:+.3f}  {arrow(bias)}"
        for digit, (p, bias) in enumerate(zip(probabilities, biases, strict=True))
    ]
    for line, note in zip_longest(picture, notes, fillvalue=""):
        say(f"  {line:{2 * images.side}}   {note}".rstrip())
    largest = sorted(range(len(wish)), key=lambda place: -abs(wish[place]))[:5]
    say("", "The five weights that it wants changed most:")
    say("  " + "   ".join(f"{names[place]} {wish[place]:+.3f}" for place in largest))


def show_a_batch(network: MLP, images: Images, wishes: Any) -> None:
    """Print the wishes of a batch beside their average."""
    names, average = short_names(network), wishes.mean(axis=0)
    heading(f"A batch: {counted(len(wishes), 'example')}, each with its wishes, and their average")
    largest = sorted(range(len(average)), key=lambda place: -abs(average[place]))[:8]
    shown = min(6, len(wishes))
    header = ("weight", *(f"a {digit}" for digit in images.train_digits[:shown]), "...", "average")
    rows = [
        (names[place], *(f"{wish[place]:+.3f}" for wish in wishes[:shown]), "", f"{average[place]:+.3f}")
        for place in largest
    ]
    table(header, [rows])
    lengths = np.linalg.norm(wishes, axis=1)
    say(f"The average is one vector with {len(average)} entries, a change for every weight.")
    mine, theirs = np.linalg.norm(average), lengths.mean()
    say(f"It is {mine:.2f} long, a single wish {theirs:.2f}: in part they contradict each other.")


def show_training(training: Training, images: Images, timing: tuple[float, float, float]) -> None:
    """Print how the descent went, how well unseen digits are read, and what the replay saved.

    Args:
        training: what came out.
        images: that were learnt from.
        timing: seconds for one image, eagerly and by replay, and how far apart the two gradients are.
    """
    heading("Descent, recorded once and replayed on batches")
    last = len(training.costs) - 1
    kept = sorted({*range(0, last, max(1, last // 6)), last})
    rows = [
        (str(epoch), f"{training.costs[epoch]:.4f}", f"{100.0 * training.accuracy[epoch]:.1f} %") for epoch in kept
    ]
    table(("epoch", "train cost", "test accuracy"), [rows])
    say(f"{counted(last, 'epoch')} of {counted(len(images.train), 'image')} took {training.seconds:.2f} s.")
    eager, replayed, gap = timing
    say(f"An image forward and back takes {1e6 * eager:.0f} µs eagerly and {1e6 * replayed:.1f} µs by replay,")
    say(f"{eager / replayed:.0f} times faster in processor time, measured here; gradients are {apart(gap)} apart.")
    say(f"test accuracy: {100.0 * training.accuracy[-1]:.1f} %")


def short_names(network: MLP) -> list[str]:
    """Return for each parameter its layer and place: W1[0,5] for neuron 0, input 5; b2[3] for the bias of neuron 3.

    >>> short_names(MLP(2, [24, 10], seed=0))[:4]
    ['W1[0,0]', 'W1[0,1]', 'b1[0]', 'W1[1,0]']
    """
    names = []
    for layer, neurons in enumerate((layer.neurons for layer in network.layers), start=1):
        for number, neuron in enumerate(neurons):
            names += [f"W{layer}[{number},{place}]" for place in range(len(neuron.w))]
            names.append(f"b{layer}[{number}]")
    return names


def arrow(wish: float) -> str:
    """Return a bar for a wish of at most 1 in size: upwards +, downwards −.

    >>> arrow(0.5), arrow(-0.125)
    ('++++++++++', '−−')
    """
    return ("+" if wish > 0.0 else "−") * round(20 * abs(wish))
