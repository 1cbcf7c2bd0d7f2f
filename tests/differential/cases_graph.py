"""A few graphs of several operators: what fusing, planning and in-place execution get wrong is between operators."""

import numpy as np

from case import operator


def conv(c, x, channels, kernel, stride=1, activation=0, like=None, depthwise=False):
    batch, height, width, depth = x.shape
    if depthwise:
        channels = depth
    y_shape = (batch, -(-height // stride), -(-width // stride), channels)
    shape = (1, kernel, kernel, channels) if depthwise else (channels, kernel, kernel, depth)
    taps = kernel * kernel * (1 if depthwise else depth)
    options = {"depth_multiplier": 1} if depthwise else {}
    if c.dtype == "float32":
        y = c.middle(y_shape)
        w = c.constant(c.rng.standard_normal(shape) / np.sqrt(taps), "float32")
        b = c.constant(c.rng.standard_normal(channels), "float32")
    else:
        y = c.middle(
            y_shape,
            quantization=(like.scale, like.zero_point) if like else (np.float32(0.05), int(c.rng.integers(-128, 20))),
        )
        s = np.float32(c.rng.uniform(0.5, 2, channels) * 127 / (np.sqrt(taps) * 100 * 73 * 2) * y.scale / x.scale)
        w = c.constant(c.rng.integers(-127, 128, shape), "int8", s, axis=3 if depthwise else 0)
        b = c.constant(c.rng.integers(-2000, 2000, channels), "int32", np.float32(s * x.scale))
    c.emit(
        [x, w, b],
        [y],
        "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D",
        padding=0,
        stride_h=stride,
        stride_w=stride,
        fused_activation_function=activation,
        **options
    )
    return y


def unary(c, name, x, shape=None, quantization=None, inputs=(), **options):
    y = c.middle(shape or x.shape, quantization=quantization or (x.scale, x.zero_point))
    c.emit([x, *inputs], [y], name, **options)
    return y


@operator("GRAPH", ("int8", "float32"))
def graph(c):
    q = (np.float32(0.04), int(c.rng.integers(-128, 128))) if c.dtype == "int8" else (None, 0)
    wide = (np.float32(0.08), -10) if c.dtype == "int8" else (None, 0)
    x = c.input((1, 8, 7, c.pick([3, 1, 8])), quantization=q)
    form = c.pick_noted("form", ["residual", "branches", "separable", "two_outputs", "shuffle", "chain"])
    if form == "residual":
        a = conv(c, x, 8, 3, activation=1)
        b = conv(c, a, 8, 3)
        y = c.middle(b.shape, quantization=wide)
        c.emit([a, b], [y], "ADD", fused_activation_function=1)
        outputs = [unary(c, "MEAN", y, (1, 8), inputs=[c.constant([1, 2])], keep_dims=False)]
    elif form == "branches":
        a, b = conv(c, x, 4, 1, 2, like=x), conv(c, x, 5, 5, 2, like=x)
        p = unary(
            c,
            "MAX_POOL_2D",
            x,
            (1, 4, 4, x.shape[3]),
            padding=0,
            stride_h=2,
            stride_w=2,
            filter_height=3,
            filter_width=3,
        )
        y = c.middle((1, 4, 4, 9 + x.shape[3]), quantization=(a.scale, a.zero_point))
        c.emit([a, b, p], [y], "CONCATENATION", axis=3)
        outputs = [y]
    elif form == "separable":
        a = conv(c, x, 0, 3, 2, 3, depthwise=True)
        b = conv(c, a, 16, 1, activation=3)
        d = conv(c, b, 0, 3, activation=1, depthwise=True)
        outputs = [
            unary(
                c,
                "AVERAGE_POOL_2D",
                d,
                (1, 1, 1, 16),
                padding=1,
                stride_h=1,
                stride_w=1,
                filter_height=4,
                filter_width=4,
            )
        ]
    elif form == "two_outputs":
        a = conv(c, x, 6, 3, 1, 1)
        r = unary(c, "RESHAPE", a, (1, 336), inputs=[c.constant([1, 336])], new_shape=[1, 336])
        outputs = [
            unary(
                c, "SOFTMAX", r, quantization=(np.float32(1 / 256), -128) if c.dtype == "int8" else (None, 0), beta=1.0
            ),
            a,
        ]
    elif form == "shuffle":
        a = conv(c, x, 8, 3)
        r = unary(c, "RESHAPE", a, (1, 56, 2, 4), inputs=[c.constant([1, 56, 2, 4])], new_shape=[1, 56, 2, 4])
        t = unary(c, "TRANSPOSE", r, (1, 56, 4, 2), inputs=[c.constant([0, 1, 3, 2])])
        parts = [c.middle((1, 56, 2, 2), quantization=(t.scale, t.zero_point)) for _ in range(2)]
        c.emit([c.constant(np.array(2)), t], parts, "SPLIT", num_splits=2)
        y = c.middle((1, 56, 2, 2), quantization=wide)
        c.emit(parts, [y], "MUL")
        outputs = [y]
    else:
        pads = c.constant([[0, 0], [1, 1], [1, 1], [0, 0]])
        p = unary(c, "PAD", x, (1, 10, 9, x.shape[3]), inputs=[pads])
        a = conv(c, p, 7, 3, 2)
        act = unary(c, "LOGISTIC", a, quantization=(np.float32(1 / 256), -128) if c.dtype == "int8" else (None, 0))
        y = c.middle(a.shape, quantization=q)
        c.emit([a, act], [y], "MUL")
        outputs = [unary(c, "LEAKY_RELU", y, alpha=0.1)]
    c.model.outputs.extend(outputs)


@operator("VARIABLE", ("int8", "float32"))
def variable(c):
    """Variables over some steps: histories that are joined, cut and assigned, whole windows, and sums of what was read before and after."""
    form = c.pick_noted("form", ["history", "window", "sum", "old_after_new"])
    c.sequence_steps = 6
    q = (np.float32(0.05), int(c.rng.integers(-128, 128))) if c.dtype == "int8" else (None, 0)
    kept, width, axis = c.pick([2, 1, 5]), c.pick([3, 8]), c.pick([1, 1, 2])
    new = c.pick([1, 2]) if form == "history" else 1

    def shape(extent):
        return (1, extent, width) if axis == 1 else (2, 3, extent)

    def cut(x, first, extent):
        y = c.middle(shape(extent), quantization=q)
        begin = [first if i == axis else 0 for i in range(3)]
        end = [first + extent if i == axis else n for i, n in enumerate(shape(extent))]
        c.emit([x, c.constant(begin), c.constant(end), c.constant([1, 1, 1])], [y], "STRIDED_SLICE")
        return y

    def joined(a, b, extent):
        y = c.middle(shape(extent), quantization=q)
        c.emit([a, b], [y], "CONCATENATION", axis=axis)
        return y

    frame = c.input(shape(new if form in ("history", "window") else kept), quantization=q)
    extent = kept + 1 if form == "window" else kept
    first = c.draw(c.rng, shape(extent), c.dtype, q[1], "full") if c.pick([True, False]) else np.full(shape(extent), q[1])
    handle = c.model.variable("state", first, c.dtype, *q)
    old = c.middle(shape(extent), quantization=q)
    c.emit([handle], [old], "READ_VARIABLE")
    if form == "history":
        whole = joined(old, frame, kept + new)
        c.emit([handle, cut(whole, new, kept)], [], "ASSIGN_VARIABLE")
    elif form == "window":
        whole = joined(cut(old, 1, kept), frame, kept + 1)
        c.emit([handle, whole], [], "ASSIGN_VARIABLE")
    else:
        whole = c.middle(shape(kept), quantization=q)
        c.emit([old, frame], [whole], "ADD")
        c.emit([handle, whole], [], "ASSIGN_VARIABLE")
        if form == "old_after_new":
            again = c.middle(shape(kept), quantization=q)
            c.emit([handle], [again], "READ_VARIABLE")
            both = c.middle(shape(kept), quantization=q)
            c.emit([old, again], [both], "MAXIMUM")
            whole = both
    c.model.outputs.append(unary(c, "LEAKY_RELU", whole, alpha=0.5))
