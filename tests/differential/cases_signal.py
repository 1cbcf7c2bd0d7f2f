"""TensorFlow Lite Micro's custom operators of signals, from the window to the logarithm."""

import numpy as np

from case import operator

NONE = (None, 0)


# Lengths of complex transforms: powers of two, and others of factors 2, 3 and 5.
HALVES = [2, 8, 16, 64, 256, 3, 5, 12, 15, 30, 128, 9, 25, 32, 180, 4]


def signal(shape, dtype):
    """Whole range, quiet, and the ends of the range."""

    def values(rng, flavour):
        if dtype == "float32":
            return rng.standard_normal(shape) * (100 if flavour == "full" else 1e-3)
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
        if flavour == "full":
            return rng.integers(low, high, shape, endpoint=True)
        if flavour == "near":
            return rng.integers(low // 700, high // 700, shape, endpoint=True)
        return rng.choice(np.array([low, high, low + 1, 0, 1, -1, low // 2]), shape)

    return values


def counts(c, shape, dtype, bits):
    """Unsigned numbers of every size up to `bits`; the ends of the range at the edge."""

    def values(rng, flavour):
        shape_all = ((c.sequence_steps,) if c.sequence_steps else ()) + tuple(shape)
        width = rng.integers(0, bits if flavour == "full" else max(1, bits // 2), shape_all, endpoint=True)
        numbers = [int.from_bytes(rng.bytes(8), "little") >> (64 - int(w)) if w else 0 for w in width.ravel()]
        if flavour == "edge":
            ends = [0, 1, 2, 3, (1 << bits) - 1, 1 << (bits - 1), (1 << 16) - 1, 1 << 16]
            numbers = [ends[i] for i in rng.integers(0, len(ends), width.size)]
        return np.array(numbers, np.uint64).reshape(shape_all).astype(dtype)

    return values


@operator("SIGNAL_WINDOW", ("int16",))
def signal_window(c):
    n, frames = c.pick([480, 1, 7, 32, 400]), c.pick([1, 2, 3])
    x = c.input((frames, n), quantization=NONE, values=signal((frames, n), "int16"))
    window = np.rint(4096 * np.hanning(n + 2)[1:-1]) if c.pick([True, False]) else c.rng.integers(-32768, 32768, n)
    y = c.output((frames, n), quantization=NONE)
    c.emit([x, c.constant(window, "int16")], [y], custom="SignalWindow", shift=c.pick_noted("shift", [12, 0, 15, 3]))


@operator("SIGNAL_FFT_AUTO_SCALE", ("int16",))
def signal_fft_auto_scale(c):
    n = c.pick([480, 1, 7, 33])
    top = c.pick_noted("top", [32768, 20000, 300, 3, 1])

    def values(rng, flavour):
        low, high = (-top, top - 1) if flavour == "full" else (-(top // 4), top // 4)
        drawn = rng.integers(low, high, n, endpoint=True)
        return drawn if flavour != "edge" else np.where(rng.random(n) < 0.1, -top, drawn)

    x = c.input((n,), quantization=NONE, values=values)
    outputs = [c.output((n,), quantization=NONE), c.output((), "int32", quantization=NONE)]
    c.emit([x], outputs, custom="SignalFftAutoScale")


@operator("SIGNAL_RFFT", ("int16", "int32", "float32"))
def signal_rfft(c):
    length = 2 * c.pick_noted("half", HALVES)
    width = c.pick([length, max(1, length - 5), length - 1, (length * 15) // 16])
    shape = c.pick([(width,), (1, width), (2, width)])
    x = c.input(shape, quantization=NONE, values=signal(shape, c.dtype))
    y = c.output((*shape[:-1], length + 2), quantization=NONE)
    kind = {"int16": 7, "int32": 2, "float32": 0}[c.dtype]
    c.emit([x], [y], custom="SignalRfft", T=kind, fft_length=length)


@operator("SIGNAL_ENERGY", ("int16",))
def signal_energy(c):
    bins = c.pick([257, 1, 8, 33])
    x = c.input((2 * bins,), quantization=NONE, values=signal((2 * bins,), "int16"))
    y = c.output((bins,), "uint32", quantization=NONE)
    c.emit([x], [y], custom="SignalEnergy", start_index=0, end_index=bins)


@operator("SIGNAL_FILTER_BANK", ("uint32",))
def signal_filter_bank(c):
    channels, bins = c.pick([40, 1, 3, 16]), c.pick([257, 64, 33])
    negative = c.pick_noted("negative", [False, False, True])
    widths = c.rng.integers(0, max(2, bins // (channels + 1)) + 1, channels + 1)
    starts = np.minimum(np.concatenate([[0], np.cumsum(widths)[:-1]]), bins - widths)
    places = np.concatenate([[0], np.cumsum(widths + 1)[:-1]])
    size = int(places[-1] + widths[-1] + 1)
    weights = c.rng.integers(-32768 if negative else 0, 32768 if negative else 4097, size)
    unweights = c.rng.integers(-32768, 32768, size) if negative else 4096 - weights
    x = c.input((bins,), quantization=NONE, values=counts(c, (bins,), np.uint32, 32))
    tables = [c.constant(table, "int16") for table in (weights, unweights, starts, places, widths)]
    y = c.output((channels,), "uint64", quantization=NONE)
    c.emit([x, *tables], [y], custom="SignalFilterBank", num_channels=channels)


@operator("SIGNAL_FILTER_BANK_SQUARE_ROOT", ("uint64",))
def signal_filter_bank_square_root(c):
    n = c.pick([40, 1, 200])
    x = c.input((n,), quantization=NONE, values=counts(c, (n,), np.uint64, 64))
    shift = c.input((), "int32", quantization=NONE, values=lambda rng, flavour: rng.integers(0, 16))
    y = c.output((n,), "uint32", quantization=NONE)
    c.emit([x, shift], [y], custom="SignalFilterBankSquareRoot")


@operator("SIGNAL_FILTER_BANK_SPECTRAL_SUBTRACTION", ("uint32",))
def signal_filter_bank_spectral_subtraction(c):
    n = c.pick([40, 1, 5])
    c.sequence_steps = 5
    x = c.input((n,), quantization=NONE, values=counts(c, (n,), np.uint32, c.pick([32, 20, 12])))
    outputs = [c.output((n,), "uint32", quantization=NONE) for _ in range(2)]
    bits = c.pick([14, 10])
    one = 1 << bits
    even, odd = (int(v) for v in c.rng.integers(0, one // 4, 2))
    c.emit(
        [x],
        outputs,
        custom="SignalFilterBankSpectralSubtraction",
        alternate_one_minus_smoothing=one - odd,
        alternate_smoothing=odd,
        clamping=c.pick_noted("clamping", [False, True]),
        min_signal_remaining=int(c.rng.integers(0, one)),
        num_channels=n,
        one_minus_smoothing=one - even,
        smoothing=even,
        smoothing_bits=c.pick([10, 0, 5]),
        spectral_subtraction_bits=bits,
    )


@operator("SIGNAL_PCAN", ("uint32",))
def signal_pcan(c):
    n = c.pick([40, 1, 7])
    signal_in = c.input((n,), quantization=NONE, values=counts(c, (n,), np.uint32, 32))
    noise = c.input((n,), quantization=NONE, values=counts(c, (n,), np.uint32, 32))
    gains = c.constant(c.rng.integers(-32768 if c.pick([False, True]) else 0, 32768, 125), "int16")
    y = c.output((n,), quantization=NONE)
    c.emit([signal_in, noise, gains], [y], custom="SignalPCAN", snr_shift=c.pick_noted("shift", [6, 0, 20]))


@operator("SIGNAL_FILTER_BANK_LOG", ("uint32",))
def signal_filter_bank_log(c):
    n = c.pick([40, 1, 300])
    x = c.input((n,), quantization=NONE, values=counts(c, (n,), np.uint32, 32))
    y = c.output((n,), "int16", quantization=NONE)
    c.emit([x], [y], custom="SignalFilterBankLog", input_correction_bits=c.pick([3, 0, 7]), output_scale=c.pick([64, 1600, 1, 70000]))
