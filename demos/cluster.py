"""Train on a cluster, lose a worker, and get the same weights to the last bit.

Run it: `pip install ".[dask,data]"`, then `python demos/cluster.py`. It starts a cluster of two processes on this
machine, trains a network on the digits, kills one process in the middle, and compares the weights with those of one
process.
"""

import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from time import perf_counter
from typing import Any

from dask.distributed import Client, LocalCluster
from sklearn.datasets import load_digits

import nn
from autograd_tiny.distributed import DaskExecutor


def train(executor: Executor, epochs: int, callbacks: list[Callable[[nn.History], Any]]) -> tuple[list[float], float]:
    """Return the weights after a training, and the last loss."""
    images, digits = load_digits(return_X_y=True)
    network = nn.MLP(64, [24, 10], hidden="tanh", seed=0)
    history = nn.fit(
        network,
        images[:1280] / 16.0,
        digits[:1280],
        loss="softmax_cross_entropy",
        optimizer=nn.SGD(network.parameters(), lr=0.5),
        epochs=epochs,
        batch_size=128,
        seed=0,
        executor=executor,
        callbacks=callbacks,
    )
    return [parameter.data for parameter in network.parameters()], history.loss[-1]


def main(epochs: int = 4) -> None:
    """Train on a cluster and in one process, and compare."""
    print(f"MLP 64-24-10 on 1280 digits, {epochs} epochs, batches of 128 in 16 shards")
    with ProcessPoolExecutor(1) as pool:
        start = perf_counter()
        alone, loss = train(pool, epochs, [])
        print(f"one process:  loss {loss:.4f}, {perf_counter() - start:.1f} s")
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):

        def kill(history: nn.History) -> None:
            if len(history.loss) == 1:
                address, process = next(iter(client.run(os.getpid).items()))
                os.kill(process, signal.SIGKILL)
                print(f"epoch 1:      worker {address} killed")

        start = perf_counter()
        together, loss = train(DaskExecutor(client), epochs, [kill])
        print(f"two workers:  loss {loss:.4f}, {perf_counter() - start:.1f} s")
    same = sum(x == y for x, y in zip(alone, together, strict=True))
    print(f"{same} of {len(alone)} weights are equal to the last bit")
    if same < len(alone):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
