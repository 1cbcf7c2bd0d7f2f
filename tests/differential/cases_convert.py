"""Changes of type: QUANTIZE, DEQUANTIZE, CAST. The type is `from_to`."""

import numpy as np

from case import operator, limits
from cases_elementwise import SHAPES

NAMES = ("float32", "int8", "int16", "int32", "uint8")
QUANTIZE_PAIRS = (
    "float32_int8",
    "float32_int16",
    "int8_int8",
    "int8_int16",
    "int8_int32",
    "int8_uint8",
    "uint8_int8",
    "int16_int8",
    "int16_int16",
    "int16_int32",
    "int32_int8",
    "int32_int16",
)
CAST_NAMES = ("float32", "int8", "int16", "int32", "uint8", "bool", "int64")


def others(names, taken):
    return tuple(f"{a}_{b}" for a in names for b in names if a != b and f"{a}_{b}" not in taken)


@operator(
    "QUANTIZE",
    QUANTIZE_PAIRS,
    tuple(p for p in others(NAMES, QUANTIZE_PAIRS) if not p.endswith("float32")) + ("int32_int32", "uint8_uint8"),
)
def quantize(c):
    source, target = c.dtype, c.variant[0]
    shape = (256,) if source in ("int8", "uint8") and c.index % 2 == 0 else c.pick_noted("shape", SHAPES)
    if source == "float32":
        x = c.input(shape)
        scale = c.pick([0.05, 0.5, 0.01, 4.0, 1 / 128]) * c.rng.uniform(0.8, 1.25) / (256 if target == "int16" else 1)
        y_q = (np.float32(scale), 0) if target == "int32" else c.quantization(target, np.float32(scale))
        c.emit([x], [c.output(shape, target, y_q)])
        # Exact halves too: real values at (n + 1/2) * scale.
        y = c.model.outputs[0]
        c.values[x.index] = lambda rng, flavour: (
            ((rng.integers(-200, 200, shape) + 0.5) * y.scale).astype(np.float32)
            if flavour == "edge"
            else c.draw(rng, shape, "float32", 0, flavour)
        )
        return
    reach = {"int8": 1, "uint8": 1, "int16": 1 / 256, "int32": 1 / 65536}
    ratio = np.float32(c.pick([1, 0.5, 1.3, 3, 0.2, 2, 0.9]))
    scale = np.float32(0.1 * c.rng.uniform(0.2, 4) * reach[source])
    x_q = (scale, 0) if source == "int32" else c.quantization(source, scale)
    x = c.input(shape, source, x_q)
    y_scale = np.float32(scale * ratio * reach[target] / reach[source])
    c.note.update(ratio=float(y_scale / scale))
    y_q = (y_scale, 0) if target == "int32" else c.quantization(target, y_scale)
    if source in ("int8", "uint8") and target in ("int8", "uint8") and source != target and c.index % 4 == 0:
        y_q = (scale, x.zero_point + (128 if target == "uint8" else -128))  # the same real values
    c.emit([x], [c.output(shape, target, y_q)])
    if source == "int32":
        top = limits("int32")[1] // 64
        c.values[x.index] = lambda rng, flavour: (
            rng.integers(-top, top, shape) if flavour != "near" else rng.integers(-3000, 3000, shape)
        )
    elif source in ("int8", "uint8") and shape == (256,):
        low = limits(source)[0]
        c.values[x.index] = lambda rng, flavour: (
            np.arange(low, low + 256) if flavour == "full" else c.draw(rng, shape, source, x.zero_point, flavour)
        )


@operator("DEQUANTIZE", ("int8", "int16", "uint8"), ("int32", "float32", "int8_channel"))
def dequantize(c):
    shape = (256,) if c.dtype == "int8" and c.index % 2 == 0 else c.pick_noted("shape", SHAPES)
    if "channel" in c.variant:
        x = c.input((4, 3), quantization=(np.float32([0.1, 0.2, 0.3]), 0))
        shape = x.shape
    else:
        x = c.input(shape, quantization=(np.float32(0.1), 0) if c.dtype == "int32" else "own")
    c.emit([x], [c.output(shape, "float32", (None, 0))])


@operator(
    "CAST",
    (
        "float32_int8",
        "float32_int16",
        "float32_int32",
        "int8_float32",
        "int8_int32",
        "int32_float32",
        "int32_int8",
        "int16_float32",
        "int32_int16",
        "int8_int16",
        "bool_float32",
    ),
    others(CAST_NAMES, ()),
)
def cast(c):
    source, target = c.dtype, c.variant[0]
    shape = c.pick_noted("shape", SHAPES)
    x = c.input(shape, source, (None, 0))
    codes = {"float32": 0, "int32": 2, "uint8": 3, "int64": 4, "bool": 6, "int16": 7, "int8": 9}
    c.emit([x], [c.output(shape, target, (None, 0))], in_data_type=codes[source], out_data_type=codes[target])
    if source == "float32" and target != "float32":
        # Out of range is undefined in C++: stay inside, with fractions of both signs.
        low, high = (0, 1) if target == "bool" else limits(target)
        low, high = max(low, -(2**31)), min(high, 2**31 - 256)
        c.values[x.index] = lambda rng, flavour: (
            rng.uniform(low, high, shape)
            if flavour == "full"
            else (
                np.clip(rng.standard_normal(shape) * 8, low, high)
                if flavour == "near"
                else rng.choice(np.clip([low, high, 0.5, -0.5, 1.999, -1.999, 0.0], low, high), shape)
            )
        ).astype(np.float32)
