"""Four of the sixteen programs in C by hand: loops over steps, forwards and backwards, one example a lane.

Compiled as the back-end "c" compiles, so that the two are compared by what is written and not by flags.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from autograd_tiny.replay.c_backend.c_source import CALL
from autograd_tiny.replay.c_backend.library import Call, load
from tests.benchmarks.workloads.plain_programs import PROGRAMS, Computation

HEAD = """\
#include <math.h>
#include <string.h>
enum { B = %(batch)d };
#define EACH for (int i = 0; i < B; i++)
static double sum(const double *restrict terms) {
    double sums[8] = {0.0};
    for (int i = 0; i < B; i += 8) for (int j = 0; j < 8; j++) sums[j] += terms[i + j];
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}
%(call)s
void replay(const struct call *call) {
    const double *p = call->u, *in = call->inputs, seed = call->seed;
    double *g = call->gu, *losses = call->losses;
%(body)s
}
"""

KALMAN = """\
    enum { T = 100 };
    static double M[T][B], V[T][B], W[T][B], S[T][B], E[T][B], K[T][B], Y[T][B];
    const double decay = p[0], drift = p[1], noise = p[2];
    double mean[B], variance[B], total[B], logs[B], gm[B], gv[B], g0[B], g1[B], g2[B];
    EACH mean[i] = 0.0, variance[i] = 1.0, total[i] = 0.0;
    for (int i = 0; i < B; i++) for (int t = 0; t < T; t++) Y[t][i] = in[i * T + t];
    for (int t = 0; t < T; t++) {
        EACH {
            double m = decay * mean[i], v = decay * decay * variance[i] + drift * drift;
            double spread = v + noise * noise, gain = v / spread, error = Y[t][i] - m;
            M[t][i] = mean[i]; V[t][i] = variance[i]; W[t][i] = v; S[t][i] = spread; K[t][i] = gain; E[t][i] = error;
            mean[i] = m + gain * error; variance[i] = (1.0 - gain) * v;
        }
        EACH logs[i] = log(S[t][i]);
        EACH total[i] += logs[i] + E[t][i] * E[t][i] / S[t][i];
    }
    EACH losses[i] = total[i] / 2.0;
    EACH gm[i] = gv[i] = g0[i] = g1[i] = g2[i] = 0.0;
    for (int t = T - 1; t >= 0; t--) EACH {
        double half = seed / 2.0, v = W[t][i], error = E[t][i], gain = K[t][i], r = 1.0 / S[t][i];
        double g_gain = gm[i] * error - gv[i] * v, g_error = gm[i] * gain + half * 2.0 * error * r;
        double g_spread = half * (r - error * error * r * r) - g_gain * gain * r;
        double g_v = gv[i] * (1.0 - gain) + g_gain * r + g_spread, g_m = gm[i] - g_error;
        g0[i] += 2.0 * decay * V[t][i] * g_v + M[t][i] * g_m;
        g1[i] += 2.0 * drift * g_v;
        g2[i] += 2.0 * noise * g_spread;
        gv[i] = decay * decay * g_v; gm[i] = decay * g_m;
    }
    g[0] = sum(g0); g[1] = sum(g1); g[2] = sum(g2);"""

RUNGE_KUTTA = """\
    enum { T = 100 };
    static double X[T][4][B], Y[T][4][B];
    const double a = p[0], b = p[1], c = p[2], d = p[3], h = 0.02;
    double x[B], y[B], gx[B], gy[B], ga[B], gb[B], gc[B], gd[B];
    EACH x[i] = in[3 * i], y[i] = in[3 * i + 1];
    for (int t = 0; t < T; t++) EACH {
        double x1 = x[i], y1 = y[i], k1 = a * x1 - b * x1 * y1, l1 = d * x1 * y1 - c * y1;
        double x2 = x1 + h / 2 * k1, y2 = y1 + h / 2 * l1, k2 = a * x2 - b * x2 * y2, l2 = d * x2 * y2 - c * y2;
        double x3 = x1 + h / 2 * k2, y3 = y1 + h / 2 * l2, k3 = a * x3 - b * x3 * y3, l3 = d * x3 * y3 - c * y3;
        double x4 = x1 + h * k3, y4 = y1 + h * l3, k4 = a * x4 - b * x4 * y4, l4 = d * x4 * y4 - c * y4;
        X[t][0][i] = x1; X[t][1][i] = x2; X[t][2][i] = x3; X[t][3][i] = x4;
        Y[t][0][i] = y1; Y[t][1][i] = y2; Y[t][2][i] = y3; Y[t][3][i] = y4;
        x[i] = x1 + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
        y[i] = y1 + h / 6 * (l1 + 2 * l2 + 2 * l3 + l4);
    }
    EACH {
        double e = x[i] - in[3 * i + 2];
        losses[i] = e * e; gx[i] = 2.0 * e * seed; gy[i] = ga[i] = gb[i] = gc[i] = gd[i] = 0.0;
    }
    for (int t = T - 1; t >= 0; t--) EACH {
        const double weights[4] = {h / 6, h / 3, h / 3, h / 6}, steps[4] = {0.0, h / 2, h / 2, h};
        double ox = 0.0, oy = 0.0, sx = gx[i], sy = gy[i];
        for (int s = 3; s >= 0; s--) {
            double x = X[t][s][i], y = Y[t][s][i], xy = x * y, after = s < 3 ? steps[s + 1] : 0.0;
            double gk = weights[s] * gx[i] + after * ox, gl = weights[s] * gy[i] + after * oy;
            ga[i] += gk * x; gb[i] -= gk * xy; gc[i] -= gl * y; gd[i] += gl * xy;
            ox = gk * (a - b * y) + gl * d * y; oy = gl * (d * x - c) - gk * b * x;
            sx += ox; sy += oy;
        }
        gx[i] = sx; gy[i] = sy;
    }
    g[0] = sum(ga); g[1] = sum(gb); g[2] = sum(gc); g[3] = sum(gd);"""

PENDULUM = """\
    enum { T = 200 };
    static double A[T][B], V[T][B], S[T][B];
    const double gravity = p[0], friction = p[1];
    double angle[B], speed[B], ga[B], gv[B], g0[B], g1[B], cosines[B];
    EACH angle[i] = in[3 * i], speed[i] = in[3 * i + 1];
    for (int t = 0; t < T; t++) {
        EACH S[t][i] = sin(angle[i]);
        EACH {
            A[t][i] = angle[i]; V[t][i] = speed[i];
            speed[i] += 0.01 * (-gravity * S[t][i] - friction * speed[i]);
            angle[i] += 0.01 * speed[i];
        }
    }
    EACH {
        double e = angle[i] - in[3 * i + 2];
        losses[i] = e * e; ga[i] = 2.0 * e * seed; gv[i] = g0[i] = g1[i] = 0.0;
    }
    for (int t = T - 1; t >= 0; t--) {
        EACH cosines[i] = cos(A[t][i]);
        EACH {
            gv[i] += 0.01 * ga[i];
            double s = 0.01 * gv[i];
            g0[i] -= s * S[t][i]; g1[i] -= s * V[t][i];
            ga[i] -= s * gravity * cosines[i]; gv[i] -= s * friction;
        }
    }
    g[0] = sum(g0); g[1] = sum(g1);"""

RECURRENT = """\
    enum { T = 20, H = 8 };
    static double A[T + 1][H][B], X[T][B], GW[H][H][B], GU[H][B], GB[H][B];
    const double *w = p, *u = p + 64, *b = p + 72, *r = p + 80;
    double gh[H][B], gz[H][B];
    memset(GW, 0, sizeof GW); memset(GU, 0, sizeof GU); memset(GB, 0, sizeof GB); memset(A[0], 0, sizeof A[0]);
    for (int t = 0; t < T; t++) {
        EACH X[t][i] = in[21 * i + t];
        for (int j = 0; j < H; j++) {
            double z[B];
            EACH z[i] = u[j] * X[t][i] + b[j];
            for (int k = 0; k < H; k++) EACH z[i] += w[H * j + k] * A[t][k][i];
            EACH A[t + 1][j][i] = tanh(z[i]);
        }
    }
    EACH {
        double e = -in[21 * i + T];
        for (int j = 0; j < H; j++) e += r[j] * A[T][j][i];
        losses[i] = e * e; gz[0][i] = 2.0 * e * seed;
    }
    for (int j = 0; j < H; j++) {
        double terms[B];
        EACH terms[i] = gz[0][i] * A[T][j][i];
        g[80 + j] = sum(terms);
    }
    for (int j = H - 1; j >= 0; j--) EACH gh[j][i] = r[j] * gz[0][i];
    for (int t = T - 1; t >= 0; t--) {
        for (int j = 0; j < H; j++) {
            EACH gz[j][i] = gh[j][i] * (1.0 - A[t + 1][j][i] * A[t + 1][j][i]);
            EACH GB[j][i] += gz[j][i];
            EACH GU[j][i] += gz[j][i] * X[t][i];
            for (int k = 0; k < H; k++) EACH GW[j][k][i] += gz[j][i] * A[t][k][i];
        }
        memset(gh, 0, sizeof gh);
        for (int k = 0; k < H; k++) for (int j = 0; j < H; j++) EACH gh[k][i] += w[H * j + k] * gz[j][i];
    }
    for (int j = 0; j < H; j++) {
        for (int k = 0; k < H; k++) g[H * j + k] = sum(GW[j][k]);
        g[64 + j] = sum(GU[j]); g[72 + j] = sum(GB[j]);
    }"""

BODIES: Final = {"kalman": KALMAN, "runge_kutta": RUNGE_KUTTA, "pendulum": PENDULUM, "recurrent": RECURRENT}


def c_computation(name: str) -> Computation:
    """Return the mean loss of a batch and its gradient, by C."""
    program = PROGRAMS[name]()
    replay = load(HEAD % {"batch": program.batch, "call": CALL, "body": BODIES[name]})
    columns = [np.array(argument).reshape(program.batch, -1) for argument in program.examples()]
    inputs = np.ascontiguousarray(np.concatenate(columns, axis=1))
    parameters, losses = np.array([leaf.data for leaf in program.parameters]), np.zeros(program.batch)
    gradients, unused = np.zeros(len(parameters)), np.zeros(1)
    arrays = [parameters, gradients, unused, unused, inputs, losses, unused, unused, unused]
    call = Call(program.batch, 1.0 / program.batch, 1, *(array.ctypes.data for array in arrays))

    def step() -> None:
        assert len(arrays) == 9  # which the call points into
        replay(call)

    return Computation(step, lambda: [losses.mean(), *gradients])
