"""What signal operators compute, as formulas in float64."""

from __future__ import annotations

import numpy as np

STATISTICS = (
    "mean", "rms", "variance", "deviation", "skewness", "kurtosis", "minimum", "maximum", "peak_to_peak", "energy", "mean_size", "line_length",
    "zero_crossings", "mean_crossings", "peaks",
)  # fmt: skip
COUNTS = ("zero_crossings", "mean_crossings", "peaks")
SPECTRAL = ("centroid", "bandwidth", "roll_off", "flatness", "entropy", "dominant", "peak", "total")

# A band of 300 to 3000 Hz at 16 kHz: a high and a low pass of second order (Butterworth), b0 b1 b2 a1 a2 each.
BANDPASS = [(0.92004, -1.84008, 0.92004, -1.83372, 0.84648), (0.17885, 0.3577, 0.17885, -0.56288, 0.27828)]


def hann(n):
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)


def mel_weights(length, rate, bands, low, high, scale, unit_area=False, in_mels=False):
    """Triangles [bands, bins], as librosa has them (scale "slaney", with or without unit area, or "htk")."""
    if scale == "htk":
        to, back = lambda f: 2595 * np.log10(1 + f / 700), lambda m: 700 * (10 ** (m / 2595) - 1)
    else:
        step = np.log(6.4) / 27
        to = lambda f: np.where(f < 1000, f * 3 / 200, 15 + np.log(np.maximum(f, 1e-9) / 1000) / step)
        back = lambda m: np.where(m < 15, m * 200 / 3, 1000 * np.exp((m - 15) * step))
    edges = back(np.linspace(to(np.float64(low)), to(np.float64(high)), bands + 2))
    f = np.arange(length // 2 + 1) * rate / length
    widths = edges[2:] - edges[:-2]
    if in_mels:
        f, edges = to(f), to(edges)
    rising = (f - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - f) / (edges[2:] - edges[1:-1])[:, None]
    weights = np.maximum(0, np.minimum(rising, falling))
    return weights * (2 / widths)[:, None] if unit_area else weights


def dct_matrix(n, count):
    """The first rows of the orthonormal DCT-II."""
    k, i = np.arange(count)[:, None], np.arange(n)
    return np.sqrt(np.where(k == 0, 1, 2) / n) * np.cos(np.pi * k * (2 * i + 1) / (2 * n))


def biquads(x, sections):
    for b0, b1, b2, a1, a2 in sections:
        y = np.zeros_like(x)
        past = np.pad(x, ((0, 0), (2, 0)))
        for i in range(x.shape[1]):
            y1 = y[:, i - 1] if i > 0 else 0
            y2 = y[:, i - 2] if i > 1 else 0
            y[:, i] = b0 * past[:, i + 2] + b1 * past[:, i + 1] + b2 * past[:, i] - a1 * y1 - a2 * y2
        x = y
    return x


def fir(x, taps):
    return np.stack([np.convolve(row, taps)[: x.shape[1]] for row in x])


def lowpass_taps(n, cutoff):
    """Windowed sinc; cutoff as a part of half the rate."""
    t = np.arange(n) - (n - 1) / 2
    h = cutoff * np.sinc(cutoff * t) * np.hamming(n)
    return h / h.sum()


def autocorrelation(x, lags):
    return np.stack([np.sum(x[:, lag:] * x[:, : x.shape[1] - lag], axis=1) for lag in range(lags)], axis=1)


def statistics(x):
    mean = x.mean(axis=1, keepdims=True)
    d = x - mean
    m2, m3, m4 = ((d**k).mean(axis=1) for k in (2, 3, 4))
    some = m2 > 0
    safe = np.where(some, m2, 1)
    crossings = lambda level: np.sum(np.diff(x >= level, axis=1), axis=1)
    inner = x[:, 1:-1]
    peaks = np.sum((inner > mean) & (inner > x[:, :-2]) & (inner > x[:, 2:]), axis=1)
    return np.stack(
        [
            mean[:, 0], np.sqrt((x**2).mean(axis=1)), m2, np.sqrt(m2), np.where(some, m3 / safe**1.5, 0), np.where(some, m4 / safe**2 - 3, 0),
            x.min(axis=1), x.max(axis=1), np.ptp(x, axis=1), (x**2).sum(axis=1), np.abs(x).mean(axis=1), np.abs(np.diff(x, axis=1)).sum(axis=1),
            crossings(0.0), crossings(mean), peaks,
        ],
        axis=1,
    )  # fmt: skip


def statistic_sizes(x, values):
    """What an error of each statistic is measured by: sizes of the signal, so that a mean near 0 is no division by it."""
    at = {name: values[:, i] for i, name in enumerate(STATISTICS)}
    largest = np.maximum(np.abs(x).max(axis=1), 1e-12)
    # float32 knows the mean to some 1e-7 of the largest value; moments of a small change on a high level suffer from that.
    part = np.maximum(at["deviation"] / largest, 1e-12)
    sizes = {name: largest for name in ("mean", "rms", "minimum", "maximum", "peak_to_peak", "mean_size", "deviation")}
    sizes |= {"variance": largest**2, "energy": np.maximum(at["energy"], 1e-12), "line_length": np.maximum(at["line_length"], 1e-12)}
    sizes |= {"skewness": (1 + np.abs(at["skewness"])) / part, "kurtosis": (3 + np.abs(at["kurtosis"])) / part}
    return sizes


def spectral_features(p, hertz, bands):
    f = np.arange(p.shape[1]) * hertz
    total = p.sum(axis=1)
    safe = np.where(total > 0, total, 1)
    centroid = (p @ f) / safe
    bandwidth = np.sqrt((p * (f - centroid[:, None]) ** 2).sum(axis=1) / safe)
    reached = np.cumsum(p, axis=1) >= 0.85 * total[:, None]
    bounded = np.maximum(p, 1e-10)
    flatness = np.exp(np.log(bounded).mean(axis=1)) / bounded.mean(axis=1)
    share = p / safe[:, None]
    entropy = -np.sum(share * np.log2(np.where(share > 0, share, 1)), axis=1)
    sums = [p[:, first:end].sum(axis=1) for first, end in zip(bands[0::2], bands[1::2])]
    columns = [centroid, bandwidth, f[np.argmax(reached, axis=1)], flatness, entropy, f[np.argmax(p, axis=1)], p.max(axis=1), total, *sums]
    return np.stack(columns, axis=1)


def running_mean(x, part):
    mean = np.zeros(x.shape[1])
    rows = []
    for row in x:
        mean = mean + (row - mean) * part
        rows.append(mean)
    return np.stack(rows)


def pcen(x, part, gain=0.98, bias=2.0, power=0.5, epsilon=1e-6):
    return (x / (epsilon + running_mean(x, part)) ** gain + bias) ** power - bias**power


def noise_subtraction(x, part, least):
    return np.maximum(x - running_mean(x, part), x * least)
