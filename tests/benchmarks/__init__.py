"""Benchmarks: every speed claim of this project, measured against a peer in the same run.

An ordinary `pytest` collects only `test_agreement.py` from this folder, which checks that the two
sides of every comparison compute the same numbers. The measurements are asked for by name::

    python -m tests.benchmarks.report                       # the whole table, as Markdown
    python -m tests.benchmarks.report moons chain           # only the rows whose name contains a word
    python -m pytest tests/benchmarks/bench_engine.py       # the same rows, asserted, with pytest-benchmark

| file | what it holds |
|---|---|
| `closure_engine.py`   | the peer: micrograd's design, one closure and one set a node |
| `closure_networks.py` | the peer's `Neuron`, `Layer`, `MLP`; they run on any engine |
| `torch_engine.py`     | PyTorch's 0-d tensors in the clothes of an engine |
| `workloads.py`        | the user code that is timed; it takes the engine as a parameter |
| `measure.py`          | interleaved rounds, medians, spread, memory, import time |
| `comparisons.py`      | the rows: which workload, against whom, and the floor we promise |
| `bench_engine.py`     | the rows as pytest-benchmark tests |
| `report.py`           | the rows as a Markdown table |
"""
