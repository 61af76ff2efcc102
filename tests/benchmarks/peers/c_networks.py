"""The peers in C: the step of a network of three layers or two, written by hand for any sizes, one example a lane.

Compiled as the back-end "c" compiles, so that the two are compared by what is written and not by flags.
"""

from __future__ import annotations

import numpy as np

from autograd_tiny.replay.c_backend.c_source import CALL
from autograd_tiny.replay.c_backend.library import Call, load
from tests.benchmarks.peers.array_networks import LEARNING_RATE, PENALTY, Network, Step

SOURCE = r"""
#include <math.h>
#include <string.h>
enum { LAYERS = %(layers)d, BATCH = %(batch)d, WIDEST = %(widest)d, HINGE = %(hinge)d };
static const int sizes[] = {%(sizes)s};
static double A[LAYERS + 1][WIDEST][BATCH], D[2][WIDEST][BATCH];
static double inner(const double *restrict x, const double *restrict y) {
    double sums[4] = {0.0};
    for (int i = 0; i < BATCH; i += 4) for (int j = 0; j < 4; j++) sums[j] += x[i + j] * y[i + j];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}
CALL
void replay(const struct call *call) {
    double *P = call->u, *G = call->gu, *losses = call->losses, loss = 0.0;
    const double *inputs = call->inputs, *truths = call->truths;
    for (int j = 0; j < sizes[0]; j++) for (int i = 0; i < BATCH; i++) A[0][j][i] = inputs[i * sizes[0] + j];
    long start[LAYERS], at = 0;
    for (int l = 0; l < LAYERS; l++) {
        start[l] = at;
        for (int o = 0; o < sizes[l + 1]; o++, at += sizes[l] + 1) {
            double z[BATCH];
            for (int i = 0; i < BATCH; i++) z[i] = P[at + sizes[l]];
            for (int j = 0; j < sizes[l]; j++)
                for (int i = 0; i < BATCH; i++) z[i] += P[at + j] * A[l][j][i];
            if (l == LAYERS - 1) memcpy(A[l + 1][o], z, sizeof z);
            else if (HINGE) for (int i = 0; i < BATCH; i++) A[l + 1][o][i] = z[i] > 0.0 ? z[i] : 0.0;
            else for (int i = 0; i < BATCH; i++) A[l + 1][o][i] = tanh(z[i]);
        }
    }
    double (*g)[BATCH] = D[LAYERS %% 2], (*h)[BATCH] = A[LAYERS];
    for (int i = 0; i < BATCH; i++) {
        if (HINGE) {
            double margin = 1.0 - truths[i] * h[0][i];
            loss += (margin > 0.0 ? margin : 0.0) / BATCH;
            g[0][i] = margin > 0.0 ? -truths[i] / BATCH : 0.0;
            continue;
        }
        double shift = h[0][i], whole = 0.0;
        for (int o = 1; o < sizes[LAYERS]; o++) if (h[o][i] > shift) shift = h[o][i];
        for (int o = 0; o < sizes[LAYERS]; o++) whole += g[o][i] = exp(h[o][i] - shift);
        int target = (int)truths[i];
        loss += (log(whole) - h[target][i] + shift) / BATCH;
        for (int o = 0; o < sizes[LAYERS]; o++) g[o][i] = (g[o][i] / whole - (o == target)) / BATCH;
    }
    for (int l = LAYERS - 1; l >= 0; l--) {
        double (*down)[BATCH] = D[l %% 2];
        g = D[(l + 1) %% 2];
        if (l) memset(down, 0, sizes[l] * sizeof *down);
        at = start[l];
        for (int o = 0; o < sizes[l + 1]; o++, at += sizes[l] + 1) {
            double total = 0.0;
            for (int i = 0; i < BATCH; i++) total += g[o][i];
            G[at + sizes[l]] = total;
            for (int j = 0; j < sizes[l]; j++) {
                G[at + j] = inner(A[l][j], g[o]);
                if (l) for (int i = 0; i < BATCH; i++) down[j][i] += P[at + j] * g[o][i];
            }
        }
        for (int j = 0; l && j < sizes[l]; j++) for (int i = 0; i < BATCH; i++)
            down[j][i] *= HINGE ? (double)(A[l][j][i] > 0.0) : 1.0 - A[l][j][i] * A[l][j][i];
    }
    for (long k = 0; k < at_end; k++) {
        if (HINGE) { loss += %(penalty)r * P[k] * P[k]; G[k] += 2.0 * %(penalty)r * P[k]; }
        P[k] -= %(rate)r * G[k];
    }
    losses[0] = loss;
}
"""


def c_step(network: Network) -> Step:
    """Return the step in C; one thread, float64."""
    layers = network.layers()
    sizes = [network.X.shape[1], *(len(b) for _, b in layers)]
    flat = np.concatenate([np.column_stack(layer).ravel() for layer in layers])
    values = {
        "layers": len(layers),
        "batch": len(network.X),
        "widest": max(sizes),
        "hinge": int(network.loss == "hinge"),
        "sizes": ", ".join(map(str, sizes)),
        "penalty": PENALTY,
        "rate": LEARNING_RATE,
    }
    source = (SOURCE % values).replace("CALL", CALL).replace("at_end", str(len(flat)))
    replay = load(source)
    loss, unused = np.zeros(1), np.zeros(1)
    inputs, targets = np.ascontiguousarray(network.X, dtype=float), np.ascontiguousarray(network.Y, dtype=float)
    arrays = [flat, np.zeros(len(flat)), unused, unused, inputs, loss, targets, unused, unused]
    call = Call(len(inputs), 1.0, 1, *(array.ctypes.data for array in arrays))

    def step() -> float:
        assert len(arrays) == 9  # which the call points into
        replay(call)
        return float(loss[0])

    return step
