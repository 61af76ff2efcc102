"""Benchmarks: every speed claim of this project, measured against a peer in the same run.

An ordinary `pytest` passes this folder by; the measurements are asked for:

    python -m tests.benchmarks.report                       # the whole table, as Markdown
    python -m tests.benchmarks.report moons chain           # only the rows whose name contains a word
    python -m pytest tests/benchmarks                       # the same rows, asserted, and that both sides agree

| file | what it holds |
|---|---|
| `closure_engine.py`   | the peer: micrograd's design, one closure and one set a node |
| `closure_networks.py` | the peer's `Neuron`, `Layer`, `MLP`; they run on any engine |
| `torch_engine.py`     | PyTorch's 0-d tensors in the clothes of an engine |
| `workloads.py`        | the user code that is timed; it takes the engine as a parameter |
| `measure.py`          | two processes taking turns, medians and quartiles |
| `costs.py`            | time, memory and import of one engine by itself |
| `comparisons.py`      | the rows: which workload, against whom, and what is promised |
| `array_networks.py`   | the networks on whole batches: hand-written NumPy, PyTorch, JAX |
| `names_transformer.py`, `torch_transformer.py` | the transformer in scalars, and in PyTorch |
| `replay_comparisons.py` | the rows on replay |
| `bench_engine.py`     | the rows as tests of pytest-benchmark |
| `bench_diagrams.py`   | a diagram of 1,000 nodes, and how its time grows |
| `report.py`           | the rows as a Markdown table |
| `test_agreement.py`   | both sides of every comparison compute the same numbers |
"""

import os

for threads in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # of the processes that are measured, before they load NumPy
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
