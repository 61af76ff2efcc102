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
update, from 1.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from inspect import signature
from itertools import repeat
from typing import Any, Final, TypeAlias

from autograd_tiny import Value
from autograd_tiny.support.at_once import consume
from nn.argument_checks import as_pair, fraction, leaf_list, number_between
from nn.errors import ArgumentError
from nn.updates import UPDATE, changes, set_gradients

Formulas: TypeAlias = tuple[tuple[str, str], ...]
"""Names and the formulas that compute them."""

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

    def _finish(self, numbers: list[float], **state: Any) -> None:
        """Set the parameters and the state of the optimizer, all at once."""
        consume(changes(self.parameters, numbers, self, state))

    def __repr__(self) -> str:
        names = [name for name in signature(type(self)).parameters if name != "parameters" and hasattr(self, name)]
        settings = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        count = len(self.parameters)
        return f"{type(self).__name__}({settings}) of {count} parameter{'s' * (count != 1)}"


class SGD(Optimizer):
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

    def step(self) -> None:
        """Update every parameter by its gradient."""
        lr = self.lr
        with UPDATE:
            numbers, b = [], list(self._b)
            for i, p in enumerate(self.parameters):
                g = p.grad + self.weight_decay * p.data
                b[i] = self.momentum * b[i] + g
                numbers.append(p.data - lr * (g + self.momentum * b[i] if self.nesterov else b[i]))
            self._finish(numbers, _b=b)

    def formulas(self) -> Formulas:
        """Return how `step` computes the new number of a parameter."""
        decay = DECAY if self.weight_decay else ()
        if not self.momentum:
            return (*decay, ("p", "p - lr*g"))
        return (*decay, ("b", "momentum*b + g"), ("p", "p - lr*(g + momentum*b)" if self.nesterov else "p - lr*b"))


class RMSprop(Optimizer):
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

    def step(self) -> None:
        """Update every parameter by its gradient."""
        lr = self.lr
        with UPDATE:
            numbers, v, b = [], list(self._v), list(self._b)
            for i, p in enumerate(self.parameters):
                g = p.grad + self.weight_decay * p.data
                v[i] = self.alpha * v[i] + (1.0 - self.alpha) * g * g
                b[i] = self.momentum * b[i] + g / (math.sqrt(v[i]) + self.eps)
                numbers.append(p.data - lr * b[i])
            self._finish(numbers, _v=v, _b=b)

    def formulas(self) -> Formulas:
        """Return how `step` computes the new number of a parameter."""
        mean = (*(DECAY if self.weight_decay else ()), ("v", "alpha*v + (1 - alpha)*g*g"))
        if not self.momentum:
            return (*mean, ("p", "p - lr*(g/(sqrt(v) + eps))"))
        return (*mean, ("b", "momentum*b + g/(sqrt(v) + eps)"), ("p", "p - lr*b"))


class Adam(Optimizer):
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

    def step(self) -> None:
        """Update every parameter by its gradient."""
        lr, (beta1, beta2) = self.lr, self.betas
        with UPDATE:
            numbers, ms, vs, t = [], list(self._m), list(self._v), self._t + 1
            for i, p in enumerate(self.parameters):
                number, g = self._decayed(p)
                ms[i] = m = beta1 * ms[i] + (1.0 - beta1) * g
                vs[i] = v = beta2 * vs[i] + (1.0 - beta2) * g * g
                m, v = m / (1.0 - beta1**t), v / (1.0 - beta2**t)
                numbers.append(number - lr * m / (math.sqrt(v) + self.eps))
            self._finish(numbers, _m=ms, _v=vs, _t=t)

    def _decayed(self, p: Value) -> tuple[float, float]:
        """Return the number and the gradient of a parameter, one of them with weight decay."""
        return p.data, p.grad + self.weight_decay * p.data

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

    def _decayed(self, p: Value) -> tuple[float, float]:
        return p.data - self.lr * self.weight_decay * p.data, p.grad

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
