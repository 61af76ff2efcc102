"""Load images of handwritten digits: scikit-learn's of 8 × 8 pixels, or MNIST's of 28 × 28 from its files.

>>> images = Images("dots", [[0.0, 1.0]], [3], [[1.0, 0.0]], [4])
>>> images.targets(images.train_digits)[0].tolist()
[0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np

from autograd_tiny.errors import InputError
from autograd_tiny.support.console import counted
from autograd_tiny.tabular.dataset import split
from autograd_tiny.tabular.sample_data import load_digits

MNIST_FILES: Final = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
GZIP: Final = b"\x1f\x8b"
SHADES: Final = " .-+*#@"


class Images:
    """Images to train on, and images to test on.

    Args:
        name: of the set.
        train, test: for each image its pixels in one row, from 0 (paper) to 1 (ink).
        train_digits, test_digits: the digit of each image.
    """

    __slots__ = ("name", "train", "train_digits", "test", "test_digits")

    def __init__(self, name: str, train: Any, train_digits: Any, test: Any, test_digits: Any) -> None:
        self.name = name
        self.train, self.test = np.asarray(train, dtype=float), np.asarray(test, dtype=float)
        self.train_digits, self.test_digits = np.asarray(train_digits), np.asarray(test_digits)

    @property
    def side(self) -> int:
        """The number of pixels in a line."""
        return math.isqrt(self.train.shape[1])

    def targets(self, digits: Any) -> Any:
        """Return a row of ten numbers for each digit: 1 in its place, else 0."""
        return np.eye(10)[digits]

    def picture(self, pixels: Any) -> list[str]:
        """Return an image as lines of characters, two for each pixel."""
        rows = pixels.reshape(self.side, self.side)
        return ["".join(2 * SHADES[round(ink * (len(SHADES) - 1))] for ink in row) for row in rows.tolist()]


def load_images(mnist: Path | None, *, seed: int) -> Images:
    """Return scikit-learn's digits, a third of them to test on, or MNIST's if a folder is given.

    Raises:
        InputError: the files of MNIST cannot be used.
    """
    if mnist is not None:
        return load_mnist(mnist)
    data = load_digits(seed)
    pixels, digits = np.array(data.inputs) / 16.0, np.array(data.targets)
    parts = split(data, test_size=1 / 3, seed=seed)
    train, test = ([*rows] for rows in parts)
    return Images("scikit-learn's digits", pixels[train], digits[train], pixels[test], digits[test])


def load_mnist(folder: Path) -> Images:
    """Return the images of MNIST's four files.

    Raises:
        InputError: a file is missing, is not an idx file of the right kind, or does not fit the others.
    """
    train, train_digits, test, test_digits = (read_idx(folder, name) for name in MNIST_FILES)
    for images, digits in ((train, train_digits), (test, test_digits)):
        if not len(images) == len(digits) > 0:
            found = f"{counted(len(images), 'image')} for {counted(len(digits), 'label')}"
            raise InputError(f"{folder} has {found}; give the four files of MNIST")
        if digits.max() > 9:
            raise InputError(f"{folder} has the label {digits.max()}; labels are the digits 0 to 9")
    sizes = {images.shape[1:] for images in (train, test)}
    (height, width) = train.shape[1:]
    if len(sizes) > 1 or height != width or not height:
        shown = " and ".join(f"{height} × {width}" for height, width in sorted(sizes))
        raise InputError(f"{folder} has images of {shown} pixels; all must be squares of one size")
    flat, flat_test = (images.reshape(len(images), -1) / 255.0 for images in (train, test))
    return Images(f"MNIST in {folder}", flat, train_digits, flat_test, test_digits)


def read_idx(folder: Path, name: str) -> Any:
    """Return the array of bytes in an idx file, which may be compressed by gzip.

    The format, by Y. LeCun: two bytes of 0, the type (8 for bytes), the number of dimensions, the size of each as
    four bytes with the largest first, then the bytes.

    Raises:
        InputError: the file is missing or holds something else.
    """
    path = next((path for path in (folder / name, folder / f"{name}.gz") if path.exists()), None)
    if path is None:
        raise InputError(
            f"{folder / name} does not exist, nor does {name}.gz; --mnist takes the folder of all four files"
        )
    try:
        content = path.read_bytes()
        if content.startswith(GZIP):
            content = gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path} is a broken archive: {error}; download it again") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    dimensions = 3 if "images" in name else 1
    magic, header = bytes([0, 0, 8, dimensions]), 4 + 4 * dimensions
    if content[:4] != magic:
        found = f"{content[:4].hex(' ') or 'nothing'}, not {magic.hex(' ')}"
        kind = "images" if dimensions == 3 else "labels"
        raise InputError(f"{path} is not an idx file of {kind}: it begins with {found}")
    sizes = [int.from_bytes(content[start : start + 4], "big") for start in range(4, header, 4)]
    if len(content) != header + math.prod(sizes):
        expected = " × ".join(map(str, sizes))
        raise InputError(
            f"{path} has {len(content)} bytes, not the {header + math.prod(sizes)} for {expected}; download it again"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(sizes)
