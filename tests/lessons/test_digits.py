"""The lesson on digits: wishes, their average, the descent by replay, the files of MNIST, and the surface."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from autograd_tiny.cli import main
from autograd_tiny.errors import InputError
from autograd_tiny.lessons.digit_images import MNIST_FILES, Images, load_images, read_idx
from autograd_tiny.lessons.digits import short_names
from autograd_tiny.lessons.programs import load_program, path_of

digits = load_program(path_of("digits"))


@pytest.fixture(scope="module")
def images() -> Images:
    pytest.importorskip("sklearn")
    return load_images(None, seed=0)


def idx(numbers: np.ndarray) -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in numbers.shape)
    return bytes([0, 0, 8, numbers.ndim]) + sizes + numbers.astype(np.uint8).tobytes()


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    """Write a tiny set in MNIST's format: stripes whose place is the digit; two files are compressed."""
    for name in MNIST_FILES:
        digits = np.arange(40 if name.startswith("train") else 20) % 10
        stripes = np.zeros((len(digits), 28, 28))
        stripes[np.arange(len(digits)), 2 * digits + 1, :] = 255
        content = idx(stripes if "images" in name else digits)
        if name.startswith("t10k"):
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (tmp_path / name).write_bytes(content)
    return tmp_path


# ── wishes ──


def test_wish_lowers_cost(images: Images) -> None:
    network, target = digits.new_network(64, seed=0), images.targets(images.train_digits[:1])[0]
    program = digits.record_cost(network, 64)
    wish = digits.wishes_of(network, images.train[0], target)
    before = program.evaluate(images.train[:1], [target])[0]
    program.parameters += 1e-3 * wish
    assert program.evaluate(images.train[:1], [target])[0] == pytest.approx(before - 1e-3 * wish @ wish, rel=1e-4)


def test_mean_wish_is_negated_batch_gradient(images: Images) -> None:
    network, targets = digits.new_network(64, seed=0), images.targets(images.train_digits[: digits.BATCH])
    program = digits.record_cost(network, 64)
    wishes = [digits.wishes_of(network, *example) for example in zip(images.train, targets, strict=False)]
    program.differentiate(images.train[: digits.BATCH], targets)
    assert len(wishes[0]) == len(network.parameters())
    assert np.abs(np.mean(wishes, axis=0) + program.gradients).max() <= 1e-12


def test_wish_of_logits_is_target_minus_probability(images: Images) -> None:
    network, targets = digits.new_network(64, seed=0), images.targets(images.train_digits[:1])
    (before,) = digits.probabilities(digits.record_cost(network, 64), images.train[:1])
    wish = digits.wishes_of(network, images.train[0], targets[0])
    biases = [wish[place] for place, name in enumerate(short_names(network)) if name.startswith("b2")]
    assert np.abs(biases - (targets[0] - before)).max() <= 1e-12


def test_parameters_have_short_names() -> None:
    network = digits.new_network(64, seed=0)
    names = dict(zip(short_names(network), network.parameters(), strict=True))
    assert names["W1[3,7]"].label == "layers[0].neurons[3].w[7]"
    assert names["b2[9]"].label == "layers[1].neurons[9].b"


# ── descent ──


@pytest.mark.no_cover
@pytest.mark.once
def test_default_accuracy_is_at_least_95_percent(images: Images) -> None:
    network = digits.new_network(64, seed=0)
    training = digits.learn(digits.record_cost(network, 64), images, epochs=digits.EPOCHS, seed=0)
    assert training.accuracy[-1] >= 0.95
    assert training.costs[-1] < 0.05 < training.costs[0]
    assert [parameter.data for parameter in network.parameters()] == training.path[-1].tolist()


def test_probabilities_add_up_to_one(images: Images) -> None:
    found = digits.probabilities(digits.record_cost(digits.new_network(64, seed=0), 64), images.test[:7])
    assert found.shape == (7, 10)
    assert found.sum(axis=1) == pytest.approx(np.ones(7))


@pytest.mark.no_cover
def test_replay_equals_eager(images: Images) -> None:
    network = digits.new_network(64, seed=0)
    eager, replayed, gap = digits.time_per_example(network, digits.record_cost(network, 64), images)
    assert min(eager, replayed) > 0.0
    assert gap <= 1e-12


# ── MNIST ──


def test_mnist_is_read(mnist: Path) -> None:
    images = load_images(mnist, seed=0)
    assert (images.train.shape, images.test.shape, images.side) == ((40, 784), (20, 784), 28)
    assert (images.train.min(), images.train.max()) == (0.0, 1.0)
    assert images.test_digits[:3].tolist() == [0, 1, 2]


@pytest.mark.no_cover
@pytest.mark.once
def test_lesson_runs_on_mnist(mnist: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["lesson", "digits", "--mnist", str(mnist), "--no-pictures"]
    assert main(arguments) == 0
    told = capsys.readouterr().out
    assert "40 to learn from, 20 to test on" in told
    assert "3 epochs of 40 images" in told


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"train-images-idx3-ubyte does not exist, nor does train-images-.*\.gz"):
        load_images(tmp_path, seed=0)


LABELS = "t10k-labels-idx1-ubyte"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "nothing"),
        (b"\0\0\x0d\x01\0\0\0\x01\x05", "00 00 0d 01"),
        (b"\0\0\x08\x03\0\0\0\x01\x05", "00 00 08 03"),
    ],
    ids=["empty", "floats", "images"],
)
def test_wrong_kind_of_file_raises(content: bytes, found: str, tmp_path: Path) -> None:
    (tmp_path / LABELS).write_bytes(content)
    with pytest.raises(InputError, match=f"is not an idx file of labels: it begins with {found}, not 00 00 08 01"):
        read_idx(tmp_path, LABELS)


@pytest.mark.parametrize("content", [b"\0\0\x08\x01\0\0\0\x02\x05", b"\0\0\x08\x01\0\0\0\x02\x05\x05\x05"])
def test_wrong_length_raises(content: bytes, tmp_path: Path) -> None:
    (tmp_path / LABELS).write_bytes(content)
    with pytest.raises(InputError, match=rf"has {len(content)} bytes, not the 10 for 2; download it again"):
        read_idx(tmp_path, LABELS)


def changed(archive: bytes, place: int) -> bytes:
    return archive[:place] + bytes([archive[place] ^ 0xFF]) + archive[place + 1 :]


ARCHIVE = gzip.compress(idx(np.arange(100) % 10))


@pytest.mark.parametrize(
    "content",
    [ARCHIVE[:20], changed(ARCHIVE, 12), changed(ARCHIVE, len(ARCHIVE) - 6)],
    ids=["cut off", "changed", "wrong sum"],
)
def test_broken_archive_raises(content: bytes, tmp_path: Path) -> None:
    (tmp_path / f"{LABELS}.gz").write_bytes(content)
    with pytest.raises(InputError, match=r"is a broken archive: .*; download it again"):
        read_idx(tmp_path, LABELS)


@pytest.mark.parametrize("name", [LABELS, f"{LABELS}.gz"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "compressed"])
def test_content_not_name_decides_compression(name: str, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(pack(idx(np.arange(5))))
    assert read_idx(tmp_path, LABELS).tolist() == [0, 1, 2, 3, 4]


def test_folder_in_place_of_file_raises(tmp_path: Path) -> None:
    (tmp_path / LABELS).mkdir()
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_idx(tmp_path, LABELS)


def test_label_above_9_raises(mnist: Path) -> None:
    (mnist / "train-labels-idx1-ubyte").write_bytes(idx(np.full(40, 12)))
    with pytest.raises(InputError, match="has the label 12; labels are the digits 0 to 9"):
        load_images(mnist, seed=0)


@pytest.mark.parametrize(
    ("train", "test", "found"),
    [((28, 20), (28, 20), "28 × 20"), ((28, 28), (8, 8), "8 × 8 and 28 × 28"), ((0, 0), (0, 0), "0 × 0")],
)
def test_images_must_be_squares_of_one_size(
    train: tuple[int, int], test: tuple[int, int], found: str, mnist: Path
) -> None:
    for name, shape in (("train-images-idx3-ubyte", (40, *train)), ("t10k-images-idx3-ubyte.gz", (20, *test))):
        (mnist / name).write_bytes(idx(np.zeros(shape)))
    with pytest.raises(InputError, match=f"images of {found} pixels; all must be squares of one size"):
        load_images(mnist, seed=0)


def test_missing_labels_raise(mnist: Path) -> None:
    (mnist / "t10k-labels-idx1-ubyte").unlink(missing_ok=True)
    (mnist / "t10k-labels-idx1-ubyte.gz").unlink(missing_ok=True)
    (mnist / "t10k-labels-idx1-ubyte").write_bytes(idx(np.arange(3)))
    with pytest.raises(InputError, match="has 20 images for 3 labels"):
        load_images(mnist, seed=0)


# ── pictures ──


def test_image_has_two_characters_a_pixel() -> None:
    images = Images("dots", [[0.0, 1.0, 0.5, 0.0]], [1], [[0.0, 0.0, 0.0, 0.0]], [2])
    assert images.picture(images.train[0]) == ["  @@", "++  "]


def test_path_lies_on_surface(images: Images) -> None:
    pytest.importorskip("matplotlib")
    from autograd_tiny.lessons.digits import surface

    program = digits.record_cost(digits.new_network(64, seed=0), 64)
    weights = np.array(digits.learn(program, images, epochs=2, seed=0).path)
    path, (xs, ys), heights = surface(program, weights, images)
    assert heights.shape == (len(ys), len(xs))
    assert path[-1, :2].tolist() == [0.0, 0.0]
    assert xs[0] < path[:, 0].min()
    assert path[:, 0].max() < xs[-1]
    program.parameters = weights[-1]
    last = program.evaluate(images.train[:300], images.targets(images.train_digits[:300])).mean()
    assert path[-1, 2] == pytest.approx(last)
    assert heights.max() > path[-1, 2]
