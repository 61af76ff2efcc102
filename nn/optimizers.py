"""Optimizers: SGD, RMSprop, Adam and AdamW, with the arguments and updates of `torch.optim`; gradient clipping.

>>> from autograd_tiny import Value
>>> p = Value(3.0)
>>> optimizer = SGD([p], lr=0.1)
>>> for _ in range(3):
...     optimizer.zero_grad()
...     (p * p).backward()
...     optimizer.step()
>>> f"{p.data:.3f}"
'1.536'
>>> optimizer
SGD(lr=0.1, momentum=0.0, nesterov=False, weight_decay=0.0) of 1 parameter

In the formulas `p` is a parameter, `g` its gradient, `m` and `v` running means of g and g², `t` the number of the
update, from 1. Each optimizer has one update rule, for the number of one parameter, and for the array of all of them
when `fit` replays a training.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from inspect import signature
from itertools import repeat
from typing import Any, ClassVar, Final, TypeAlias

from autograd_tiny import Value
from autograd_tiny.support.at_once import consume
from nn.argument_checks import as_pair, fraction, leaf_list, number_between
from nn.errors import ArgumentError
from nn.updates import UPDATE, changes, set_gradients

Formulas: TypeAlias = tuple[tuple[str, str], ...]
"""Names and the formulas that compute them."""

Rule: TypeAlias = Callable[..., tuple[Any, ...]]
"""Takes the number of a parameter, its gradient and its state, or arrays of these; returns new number and state."""

MANY: Final = 64
"""The number of parameters from which arrays are faster than one parameter after another."""

DECAY: Final[Formulas] = (("g", "g + weight_decay*p"),)
"""Weight decay as an addend of the gradient."""
MEANS: Final[Formulas] = (
    ("m", "beta1*m + (1 - beta1)*g"),
    ("v", "beta2*v + (1 - beta2)*g*g"),
    ("m_hat", "m/(1 - beta1**t)"),
    ("v_hat", "v/(1 - beta2**t)"),
)
"""The running means of Adam, and these without their bias towards 0."""


class Optimizer(ABC):
    """The base class of optimizers; derive from it and implement `step`.

    Attributes:
        parameters: the leaves that `step` updates, each once.
        lr: the learning rate; it can be changed at any time, as schedules do.
    """

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        place = type(self).__name__
        self.parameters = list(dict.fromkeys(leaf_list(place, parameters)))
        self.lr = lr

    @property
    def lr(self) -> float:
        """The learning rate, a finite number of at least 0."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        self._lr = number_between(type(self).__name__, "lr", lr, 0.0)

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        set_gradients(self.parameters, repeat(0.0))

    @abstractmethod
    def step(self) -> None:
        """Update every parameter by its gradient."""

    def formulas(self) -> Formulas:
        """Return how `step` computes the new number of a parameter: names and their formulas, the last is that of p.

        A formula is an expression of `p` (the parameter), `g` (its gradient), earlier formulas, `t` (the number of
        the update, from 1), and of the settings and the state before the update: attributes that are numbers, or
        lists with one for each parameter, and betas as `beta1` and `beta2`. Without formulas, `debug_training` shows
        the numbers before and after an update.

        >>> SGD([Value(1.0)], lr=0.1, momentum=0.9).formulas()
        (('b', 'momentum*b + g'), ('p', 'p - lr*b'))
        """
        return ()

    def __repr__(self) -> str:
        names = [name for name in signature(type(self)).parameters if name != "parameters" and hasattr(self, name)]
        settings = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        count = len(self.parameters)
        return f"{type(self).__name__}({settings}) of {count} parameter{'s' * (count != 1)}"


class ElementwiseOptimizer(Optimizer):
    """An optimizer that updates each parameter by its own gradient and state, by one rule.

    Attributes:
        STATE: the names of its lists with one number for each parameter.
    """

    STATE: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def rule(self, sqrt: Callable[[Any], Any], updates: int = 1) -> Rule:
        """Return how a parameter is updated, with the settings as they are now.

        Args:
            sqrt: the square root, of numbers or of arrays.
            updates: how many updates were done since the state was stored in the optimizer, this one included.
        """

    def counters(self, updates: int) -> dict[str, int]:
        """Return the attributes that count updates, as they are after so many more."""
        return {}

    def step(self) -> None:
        """Update every parameter by its gradient."""
        with UPDATE:
            lists = [[p.data for p in self.parameters], *(getattr(self, name) for name in self.STATE)]
            numbers, *state = self._updated(lists, [p.grad for p in self.parameters])
            attributes = dict(zip(self.STATE, state, strict=True))
            consume(changes(self.parameters, numbers, self, {**attributes, **self.counters(1)}))

    def _updated(self, lists: list[list[float]], gradients: list[float]) -> list[list[float]]:
        """Return the new numbers and lists of the state."""
        if len(gradients) >= MANY:
            import numpy as np

            from nn.array_updates import updated_numbers

            updated: list[list[float]] | None = updated_numbers(self.rule(np.sqrt), lists, gradients)
            if updated is not None:  # otherwise Python's arithmetic raises its own error, such as of x / 0
                return updated
        rule, (numbers, *state) = self.rule(math.sqrt), lists
        rows = [rule(*row) for row in zip(numbers, gradients, *state, strict=True)]
        return list(map(list, zip(*rows, strict=True)))


class SGD(ElementwiseOptimizer):
    """Stochastic gradient descent, with momentum: b ← momentum·b + g, p ← p - lr·b.

    Nesterov momentum looks one step ahead: p ← p - lr·(g + momentum·b). Weight decay adds weight_decay·p to
    g. Source: `torch.optim.SGD`; I. Sutskever et al., On the importance of initialization and momentum, 2013.

    Args:
        parameters: the leaves to update, such as `model.parameters()`.
        lr: the learning rate.
        momentum: the factor of the previous update, usually 0.9.
        nesterov: whether to use Nesterov momentum.
        weight_decay: the weight of ½ Σ p² in the loss.

    Raises:
        LengthError: the list of parameters is empty.
        ArgumentError: a setting is negative, or `nesterov` is True without momentum.

    >>> p = Value(1.0)
    >>> p.grad = 2.0
    >>> SGD([p], lr=0.1).step()
    >>> p.data
    0.8
    """

    STATE = ("_b",)

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        self.momentum = number_between("SGD", "momentum", momentum, 0.0)
        self.weight_decay = number_between("SGD", "weight_decay", weight_decay, 0.0)
        if nesterov and not momentum:
            raise ArgumentError("SGD", "nesterov", nesterov, "True only with momentum above 0, such as momentum=0.9")
        self.nesterov = nesterov
        self._b = [0.0] * len(self.parameters)

    def rule(self, sqrt: Callable[[Any], Any], updates: int = 1) -> Rule:
        """Return how a parameter is updated."""
        lr, momentum, decay, nesterov = self.lr, self.momentum, self.weight_decay, self.nesterov

        def update(p: Any, g: Any, b: Any) -> tuple[Any, ...]:
            g = g + decay * p if decay else g  # not `+=`, which would change an array of the caller
            b = momentum * b + g if momentum else g
            return p - lr * (g + momentum * b if nesterov else b), b

        return update

    def formulas(self) -> Formulas:
        """Return how `step` computes the new number of a parameter."""
        decay = DECAY if self.weight_decay else ()
        if not self.momentum:
            return (*decay, ("p", "p - lr*g"))
        return (*decay, ("b", "momentum*b + g"), ("p", "p - lr*(g + momentum*b)" if self.nesterov else "p - lr*b"))


class RMSprop(ElementwiseOptimizer):
    """Gradients divided by the root of a running mean of g²: v ← α·v + (1 - α)·g², p ← p - lr·g / (√v + eps).

    With momentum, b ← momentum·b + g / (√v + eps) and p ← p - lr·b.
    Source: `torch.optim.RMSprop`; G. Hinton, Neural networks for machine learning, lecture 6e, 2012.

    Args:
        parameters: the leaves to update.
        lr: the learning rate.
        alpha: the decay of the running mean of g².
        eps: a small number that avoids division by 0.
        weight_decay: the weight of ½ Σ p² in the loss.
        momentum: the factor of the previous update.

    Raises:
        LengthError: the list of parameters is empty.
        ArgumentError: a setting is negative, or `alpha` is not below 1.

    >>> p = Value(1.0)
    >>> p.grad = 2.0
    >>> RMSprop([p], lr=0.1, alpha=0.75).step()
    >>> f"{p.data:.6f}"
    '0.800000'
    """

    STATE = ("_v", "_b")

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-2,
        *,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        self.alpha = fraction("RMSprop", "alpha", alpha)
        self.eps = number_between("RMSprop", "eps", eps, 0.0)
        self.weight_decay = number_between("RMSprop", "weight_decay", weight_decay, 0.0)
        self.momentum = number_between("RMSprop", "momentum", momentum, 0.0)
        self._v = [0.0] * len(self.parameters)
        self._b = [0.0] * len(self.parameters)

    def rule(self, sqrt: Callable[[Any], Any], updates: int = 1) -> Rule:
        """Return how a parameter is updated."""
        lr, alpha, eps = self.lr, self.alpha, self.eps
        decay, momentum = self.weight_decay, self.momentum

        def update(p: Any, g: Any, v: Any, b: Any) -> tuple[Any, ...]:
            g = g + decay * p
            v = alpha * v + (1.0 - alpha) * g * g
            b = momentum * b + g / (sqrt(v) + eps)
            return p - lr * b, v, b

        return update

    def formulas(self) -> Formulas:
        """Return how `step` computes the new number of a parameter."""
        mean = (*(DECAY if self.weight_decay else ()), ("v", "alpha*v + (1 - alpha)*g*g"))
        if not self.momentum:
            return (*mean, ("p", "p - lr*(g/(sqrt(v) + eps))"))
        return (*mean, ("b", "momentum*b + g/(sqrt(v) + eps)"), ("p", "p - lr*b"))


class Adam(ElementwiseOptimizer):
    """A running mean of the gradient, divided by the root of a running mean of its square.

    m ← β₁·m + (1 - β₁)·g, v ← β₂·v + (1 - β₂)·g², p ← p - lr·m̂ / (√v̂ + eps), where m̂ = m / (1 - β₁ᵗ) and
    v̂ = v / (1 - β₂ᵗ). Source: `torch.optim.Adam`; D. Kingma, J. Ba, Adam, 2015, arXiv:1412.6980, algorithm 1.

    Args:
        parameters: the leaves to update.
        lr: the learning rate, roughly the largest step.
        betas: the decays of m and v.
        eps: a small number that avoids division by 0.
        weight_decay: the weight of ½ Σ p² in the loss.

    Raises:
        LengthError: the list of parameters is empty.
        ArgumentError: a setting is negative, or a beta is not below 1.

    >>> p = Value(1.0)
    >>> p.grad = 2.0
    >>> Adam([p], lr=0.1).step()
    >>> f"{p.data:.6f}"
    '0.900000'
    """

    STATE = ("_m", "_v")

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr)
        place = type(self).__name__
        beta1, beta2 = as_pair(place, "betas", betas, "(0.9, 0.999)")
        self.betas = fraction(place, "betas", beta1), fraction(place, "betas", beta2)
        self.eps = number_between(place, "eps", eps, 0.0)
        self.weight_decay = number_between(place, "weight_decay", weight_decay, 0.0)
        self._m = [0.0] * len(self.parameters)
        self._v = [0.0] * len(self.parameters)
        self._t = 0

    def rule(self, sqrt: Callable[[Any], Any], updates: int = 1) -> Rule:
        """Return how a parameter is updated."""
        lr, (beta1, beta2), eps, decayed, t = self.lr, self.betas, self.eps, self._decayed, self._t + updates
        unbiased_m, unbiased_v = 1.0 - beta1**t, 1.0 - beta2**t

        def update(p: Any, g: Any, m: Any, v: Any) -> tuple[Any, ...]:
            p, g = decayed(p, g)
            m = beta1 * m + (1.0 - beta1) * g
            v = beta2 * v + (1.0 - beta2) * g * g
            return p - lr * (m / unbiased_m) / (sqrt(v / unbiased_v) + eps), m, v

        return update

    def counters(self, updates: int) -> dict[str, int]:
        """Return the number of all updates."""
        return {"_t": self._t + updates}

    def _decayed(self, p: Any, g: Any) -> tuple[Any, Any]:
        """Return the number and the gradient of a parameter, one of them with weight decay."""
        return p, g + self.weight_decay * p

    def formulas(self) -> Formulas:
        """Return how `step` computes the new number of a parameter."""
        return (*(DECAY if self.weight_decay else ()), *MEANS, ("p", "p - lr*m_hat/(sqrt(v_hat) + eps)"))


class AdamW(Adam):
    """Adam with decoupled weight decay: p ← p - lr·weight_decay·p first, then Adam's update.

    Source: `torch.optim.AdamW`; I. Loshchilov, F. Hutter, Decoupled weight decay, 2019, arXiv:1711.05101.

    Arguments and errors are those of `Adam`.

    >>> p = Value(1.0)
    >>> p.grad = 2.0
    >>> AdamW([p], lr=0.1, weight_decay=0.5).step()
    >>> f"{p.data:.6f}"
    '0.850000'
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(parameters, lr, betas=betas, eps=eps, weight_decay=weight_decay)

    def _decayed(self, p: Any, g: Any) -> tuple[Any, Any]:
        return p - self.lr * self.weight_decay * p, g

    def formulas(self) -> Formulas:
        """Return how `step` computes the new number of a parameter."""
        return (*MEANS, ("p", "p - lr*weight_decay*p - lr*m_hat/(sqrt(v_hat) + eps)"))


# ── gradient clipping, between backward() and step() ──


def clip_gradient_norm(parameters: Iterable[Value], max_norm: float) -> float:
    """Scale all gradients by one factor so that their norm is at most `max_norm`, and return the norm before.

    The norm is √(Σ g²).

    As `torch.nn.utils.clip_grad_norm_`, with its 10⁻⁶ that avoids division by 0. Source: R. Pascanu et
    al., On the difficulty of training recurrent neural networks, 2013, arXiv:1211.5063, algorithm 1.

    Raises:
        LengthError: the list of parameters is empty.
        ArgumentError: `max_norm` is negative or not finite.

    >>> p = Value(0.0)
    >>> p.grad = 0.5
    >>> clip_gradient_norm([p], 1.0), p.grad
    (0.5, 0.5)
    """
    number_between("clip_gradient_norm", "max_norm", max_norm, 0.0)
    parameters = leaf_list("clip_gradient_norm", parameters)
    with UPDATE:
        gradients = {parameter: parameter.grad for parameter in parameters}
        norm = math.hypot(*(gradients[parameter] for parameter in parameters))
        factor = max_norm / (norm + 1e-6)
        if factor < 1.0:
            set_gradients(gradients, [gradient * factor for gradient in gradients.values()])
    return norm


def clip_gradient_value(parameters: Iterable[Value], max_value: float) -> None:
    """Limit every gradient to the interval from -max_value to max_value, as `torch.nn.utils.clip_grad_value_`.

    Raises:
        LengthError: the list of parameters is empty.
        ArgumentError: `max_value` is negative or not finite.

    >>> p = Value(0.0)
    >>> p.grad = -3.0
    >>> clip_gradient_value([p], 1.0)
    >>> p.grad
    -1.0
    """
    number_between("clip_gradient_value", "max_value", max_value, 0.0)
    parameters = leaf_list("clip_gradient_value", parameters)
    with UPDATE:
        limited = [min(max(parameter.grad, -max_value), max_value) for parameter in parameters]  # nan is kept
        set_gradients(parameters, limited)
