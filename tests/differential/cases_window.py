"""Operators over windows, axes and rows: pooling, mean, softmax, resizing."""

import numpy as np

from case import operator
from cases_linear import window, SIZES

POOL_PROBES = ("uint8", "int32")


def pool(c):
    height, width, kernel, stride, _, padding, out = window(c, SIZES, sharp=True)
    depth, batch = c.channels(), c.pick([1, 1, 2])
    activation = c.activation()
    limit = {"RELU6": 12 / 127, "RELU_N1_TO_1": 3 / 127}.get(c.note["activation"], 0.1)
    q = (
        (None, 0)
        if c.dtype == "float32"
        else c.quantization(scale=np.float32(limit * c.rng.uniform(0.5, 1) / (256 if c.dtype == "int16" else 1)))
    )
    x = c.input((batch, height, width, depth), quantization=q)
    y = c.output((batch, *out, depth), quantization=q)
    c.emit(
        [x],
        [y],
        padding=0 if padding == "SAME" else 1,
        stride_h=stride[0],
        stride_w=stride[1],
        filter_height=kernel[0],
        filter_width=kernel[1],
        fused_activation_function=activation,
    )


@operator("AVERAGE_POOL_2D", ("int8", "int16", "float32"), POOL_PROBES)
def average_pool_2d(c):
    pool(c)


@operator("MAX_POOL_2D", ("int8", "int16", "float32"), POOL_PROBES)
def max_pool_2d(c):
    pool(c)


REDUCED = [
    ((1, 5, 7, 8), (1, 2)),
    ((2, 4, 3, 5), (3,)),
    ((3, 17), (1,)),
    ((2, 3, 4, 5), (0, 1, 2, 3)),
    ((1, 6, 5, 3), (2, 1)),
    ((4, 9, 2), (-1,)),
    ((2, 4, 3, 5), (1, -2)),
    ((11,), (0,)),
    ((2, 4, 3, 5), (1, 1)),
    ((1, 9, 1, 16), (1, 2)),
    ((2, 5, 3, 4), (0, 2)),
    ((1, 16, 16, 3), (1, 2)),
]


def reduction(c, ratios=None):
    """`ratios`: of the output's scale to the input's, at times the same quantization; None: always the same."""
    shape, axes = c.pick_noted("axes", REDUCED)
    if "rank5" in c.variant:
        shape, axes = (2, 2, 3, 2, 3), (2, 3)
    keep = c.pick_noted("keep_dims", [True, False])
    positive = {a % len(shape) for a in axes}
    y_shape = [1 if i in positive else d for i, d in enumerate(shape) if keep or i not in positive]
    x = c.input(shape)
    q = (None, 0)
    if x.scale is not None:
        q = (
            (x.scale, x.zero_point)
            if c.index % 3 == 0 or not ratios
            else c.quantization(scale=x.scale * np.float32(c.pick(ratios)))
        )
    y = c.output(y_shape, quantization=q)
    axis = c.constant(np.array(axes if len(axes) > 1 or c.index % 2 else axes[0]), "int32")
    c.emit([x, axis], [y], keep_dims=keep)


@operator("MEAN", ("int8", "int16", "float32"), ("uint8", "int32", "int64", "int8_rank5", "float32_rank5"))
def mean(c):
    reduction(c, [0.5, 1.3, 0.2, 1, 2])


@operator("SUM", ("int8", "int16", "float32"), ("uint8", "int32", "int64"))
def sum_(c):
    reduction(c, [5, 1.3, 20, 1, 60])


for name in ("REDUCE_MAX", "REDUCE_MIN"):
    operator(name, ("int8", "float32"), ("int16", "uint8", "int32", "int64"))(reduction)
operator("REDUCE_PROD", (), ("float32", "int8", "int32"))(reduction)


def place_of(c):
    shape, axis = c.pick_noted("axis", [((1, 10), 1), ((3, 4, 5), 0), ((3, 4, 5), 1), ((3, 4, 5), -1), ((7,), 0), ((2, 3, 2, 4), 2)])
    y = [d for i, d in enumerate(shape) if i != axis % len(shape)]
    c.emit([c.input(shape), c.constant(np.array(axis), "int32")], [c.output(y, "int32")], output_type=2)


for name in ("ARG_MAX", "ARG_MIN"):
    operator(name, ("int8", "float32"), ("int16", "int32", "int64"))(place_of)


@operator("CUMSUM", ("float32",), ("int8", "int32", "int64"))
def cumsum(c):
    shape, axis = c.pick_noted("axis", [((1, 10), 1), ((3, 4, 5), 0), ((3, 4, 5), 1), ((3, 4, 5), -1), ((7,), 0)])
    exclusive, reverse = c.pick_noted("kind", [(False, False), (True, False), (False, True), (True, True)])
    x = c.input(shape)
    c.emit([x, c.constant(np.array(axis), "int32")], [c.output(shape)], exclusive=exclusive, reverse=reverse)


ROWS = [(1, 10), (3, 17), (2, 3, 4), (1, 1, 2, 5), (1, 200), (4, 2), (6,), (5, 1)]


def softmax_input_scale(c):
    scale = c.pick([0.1, 0.02, 0.3, 1.0, 0.004, 3.0, 1e-5]) * c.rng.uniform(0.8, 1.25)
    return np.float32(scale / (256 if c.dtype == "int16" else 1))


@operator("SOFTMAX", ("int8", "int8_int16", "int16", "float32"), ("uint8", "int32"))
def softmax(c):
    shape = c.pick_noted("shape", ROWS)
    x = c.input(shape, quantization=c.quantization(scale=softmax_input_scale(c)) if c.dtype != "float32" else "own")
    y_dtype = c.variant[0] if c.variant else c.dtype
    q = {"int8": (1 / 256, -128), "int16": (1 / 32768, 0), "uint8": (1 / 256, 0)}.get(y_dtype, (None, 0))
    if c.variant:
        q = (1 / 65536, -32768)
    y = c.output(shape, y_dtype, quantization=q)
    c.emit([x], [y], beta=c.pick_noted("beta", [1.0, 1.0, 0.5, 2.0, 1.0]))


@operator("LOG_SOFTMAX", ("int8", "float32"), ("int16", "uint8"))
def log_softmax(c):
    shape = c.pick_noted("shape", ROWS)
    x = c.input(shape, quantization=c.quantization(scale=softmax_input_scale(c)) if c.dtype != "float32" else "own")
    y = c.output(shape, quantization=(None, 0) if c.dtype == "float32" else (16 / 256, 127))
    c.emit([x], [y])


def resize(c, modes):
    height, width = c.pick([3, 1, 4, 7, 2]), c.pick([5, 2, 1, 6])
    out = c.pick_noted("out", [(6, 10), (2, 3), (1, 1), (7, 5), (3, 13), (9, 2)])
    depth, batch = c.pick([1, 3, 8, 17]), c.pick([1, 2])
    q = c.quantization()
    x = c.input((batch, height, width, depth), quantization=q)
    y = c.output((batch, *out, depth), quantization=q)
    corners, half = c.pick_noted("mode", modes)
    c.emit([x, c.constant(np.array(out), "int32")], [y], align_corners=corners, half_pixel_centers=half)


@operator("RESIZE_NEAREST_NEIGHBOR", ("int8", "int16", "float32"), ("uint8", "int32"))
def resize_nearest_neighbor(c):
    resize(c, [(False, False), (True, False), (False, True), (True, True)])


@operator("RESIZE_BILINEAR", ("int8", "float32"), ("int16", "uint8", "int32"))
def resize_bilinear(c):
    resize(c, [(False, False), (True, False), (False, True)])
