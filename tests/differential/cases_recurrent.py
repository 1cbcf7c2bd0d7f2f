"""Operators that walk over a sequence and keep a state: UNIDIRECTIONAL_SEQUENCE_LSTM."""

import numpy as np

from case import operator

GATES = ("input", "forget", "cell", "output")
TANH = 4


def weights(c, shape, scale, x_scale, reach):
    """A gate's weights; in integers, their scale makes sums of about `reach` in the activation's argument."""
    if c.dtype == "float32":
        return c.constant(c.rng.standard_normal(shape) * reach / np.sqrt(shape[1]), "float32"), None
    lowest = -128 if c.rng.random() < 0.2 else -127
    data = c.rng.integers(lowest, 128, shape)
    std = np.sqrt(shape[1]) * 73 * (74 if c.dtype == "int8" else 19000) / scale
    w_scale = np.float32(reach / (std * x_scale))
    return c.constant(data, "int8", w_scale), w_scale


@operator("UNIDIRECTIONAL_SEQUENCE_LSTM", ("int8", "int16", "float32"))
def unidirectional_sequence_lstm(c):
    time, batch = c.pick([1, 5, 2, 9]), c.pick([1, 1, 2, 3])
    width, units = c.pick([1, 3, 8, 17, 28, 40]), c.pick([4, 1, 7, 16, 20, 33, 48])
    time_major = c.pick([False, True])
    clip = c.pick_noted("clip", [0.0, 10.0, 0.5, 0.0, 1e-6])
    # Larger ones make a float cell chaotic: it would magnify the last bit of an exponential.
    reach = c.pick_noted("reach", [1, 0.5, 1, 0.2] if c.dtype == "float32" else [2, 0.5, 6, 20])
    c.sequence_steps = 3
    c.note.update(time=time, batch=batch, width=width, units=units, time_major=time_major)
    order = (time, batch) if time_major else (batch, time)
    if c.dtype == "float32":
        x, y = c.input((*order, width)), c.output((*order, units))
        hidden = c.model.tensor((batch, units), "float32", variable=True)
        cell = c.model.tensor((batch, units), "float32", variable=True)
    else:
        x = c.input((*order, width))
        unit = c.pick_noted("output_scale", [1 / 128, 1 / 160, 1 / 100, 1 / 50, 0.02, 1.5])
        y = c.output((*order, units), quantization=c.quantization(scale=unit / (256 if c.dtype == "int16" else 1)))
        power = c.pick_noted("power", [-11, -12, -9, -15, -11, -13, -7])
        hidden = c.model.tensor((batch, units), c.dtype, scale=y.scale, zero_point=y.zero_point, variable=True)
        cell = c.model.tensor((batch, units), "int16", scale=np.float32(2.0**power), variable=True)
    spread = c.pick([1, 1, 8])  # narrower inputs and outputs ask for larger weights
    inputs = [weights(c, (units, width), spread, x.scale, reach) for _ in GATES]
    recurrent = [weights(c, (units, units), spread, y.scale, reach * 0.7) for _ in GATES]
    biases = []
    for _, w_scale in inputs:
        if c.dtype == "float32":
            biases.append(c.constant(c.rng.standard_normal(units), "float32"))
            continue
        scale = np.float32(x.scale * w_scale)
        data = np.rint(c.rng.standard_normal(units) * reach / scale)
        biases.append(c.constant(np.clip(data, -(2**30), 2**30), "int32" if c.dtype == "int8" else "int64", scale))
    absent = [None]
    tensors = [x] + [w for w, _ in inputs] + [w for w, _ in recurrent] + 3 * absent + biases + 2 * absent
    c.emit(
        tensors + [hidden, cell] + 4 * absent,
        [y],
        fused_activation_function=TANH,
        cell_clip=clip,
        proj_clip=0.0,
        time_major=time_major,
    )
