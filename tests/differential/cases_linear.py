"""Operators with weights: convolutions, fully connected, transposed convolution, SVDF."""

import numpy as np

from case import operator, limits

STD = {"int8": 74, "uint8": 74, "int16": 19000}  # of data over the whole range
# How output relates to the accumulator: usual, all saturated or not, left shifts, an output that is nearly the bias alone.
STYLES = ["usual", "usual", "left_shift", "usual", "wide", "narrow", "usual", "tiny_multiplier"]


def same_out(size, stride):
    return -(-size // stride)


def valid_out(size, kernel, stride, dilation=1):
    return (size - (kernel - 1) * dilation - 1) // stride + 1


def output_quantization(c):
    """One for which the clamp of the activation lies inside the range."""
    if c.dtype not in STD:
        return None, 0
    name = c.note.get("activation")
    unit = {"RELU6": 6, "RELU_N1_TO_1": 1.4}.get(name)
    scale = c.between(0.005, 0.3) if unit is None else unit / 127 * c.rng.uniform(0.5, 2)
    return c.quantization(scale=np.float32(scale / (256 if c.dtype == "int16" else 1)))


STRUCTURES = ["int4", "sparse", "clusters", "one_of_four", "int2", "blocks", "groups", "skewed"]


def structured(c, shape):
    """int8 weights of a form that takes fewer bits: few different values, or many zeros. Rows are output channels."""
    rows, depth = shape[0], int(np.prod(shape[1:]))
    dense = c.rng.integers(-128, 128, (rows, depth))
    structure = c.pick_noted("structure", STRUCTURES)
    if structure == "int4":
        data = c.rng.integers(-8, 8, dense.shape)
    elif structure == "int2":
        data = c.rng.integers(-2, 2, dense.shape)
    elif structure == "clusters":
        data = c.rng.choice(c.rng.integers(-128, 128, c.size(3, 64)), dense.shape)
    elif structure == "groups":  # 4 bits times a whole number for each 32 of a row
        data = c.rng.integers(-7, 8, dense.shape) * c.rng.integers(1, 17, (rows, -(-depth // 32))).repeat(32, 1)[:, :depth]
    elif structure == "sparse":
        data = dense * (c.rng.random(dense.shape) < c.rng.choice([0.02, 0.1, 0.3]))
    elif structure == "one_of_four":
        data = dense * (np.arange(depth) % 4 == c.rng.integers(4, size=(rows, 1)))
    elif structure == "blocks":
        data = dense * (c.rng.random((-(-rows // 4), depth)) < 0.3).repeat(4, 0)[:rows]
    else:
        data = np.rint(c.rng.laplace(0, 4, dense.shape)).clip(-128, 127)
    return data.astype(np.int64).reshape(shape)


def weights(c, shape, taps, channels, axis, per_channel, x, y):
    """(weights, bias or None): scales are chosen so that the accumulator fills the range of the output."""
    bias_kind = "none" if "nobias" in c.variant else c.pick_noted("bias", ["some", "some", "some", "none", "some"])
    if c.dtype == "float32":
        w = c.constant(c.rng.standard_normal(shape) / np.sqrt(taps), "float32")
        return w, None if bias_kind == "none" else c.constant(c.rng.standard_normal(channels), "float32")
    if c.dtype not in STD:
        w = c.constant(c.rng.integers(-9, 10, shape), c.dtype)
        return w, None if bias_kind == "none" else c.constant(c.rng.integers(-99, 100, channels), "int32")
    style = c.pick_noted("style", STYLES)
    w_dtype = "int4" if "w4" in c.variant else "int8"
    low, high = limits(w_dtype)
    data = c.rng.integers(low, high + 1, shape)
    if w_dtype == "int8" and c.rng.random() < 0.5:
        data.flat[c.rng.integers(data.size)] = -128
    std_w = float(np.std(np.arange(low, high + 1)))
    if "compact" in c.variant:
        data = structured(c, shape)
        std_w = float(np.std(data)) or 1.0
    x_low, x_high = limits(c.dtype)
    std_x = np.hypot(STD[c.dtype], (x_low + x_high) / 2 - x.zero_point)
    if style == "left_shift":
        data = c.rng.integers(-1, 2, shape)
        multiplier = c.between(1, 40)
    elif style == "tiny_multiplier":
        multiplier = c.between(2.0**-24, 2.0**-14)
    else:
        reach = {"usual": c.between(1, 4), "wide": 0.3, "narrow": 16}[style]
        multiplier = limits(c.dtype)[1] / (np.sqrt(taps) * std_x * std_w * reach)
    count = channels if per_channel else 1
    jitter = np.exp(c.rng.uniform(-0.7, 0.7, count)) if per_channel else np.ones(1)
    scale = np.float32(multiplier * y.scale / x.scale * jitter)
    w = c.constant(data, w_dtype, scale, axis=axis)
    if bias_kind == "none":
        return w, None
    wide = c.dtype == "int16" and "b32" not in c.variant
    reach = min(limits(c.dtype)[1] / multiplier, 2.0**29)
    bias = np.rint(c.rng.uniform(-reach, reach, channels)).astype(np.int64)
    return w, c.constant(bias, "int64" if wide else "int32", np.float32(x.scale * scale), axis=0)


KERNELS = [(1, 1), (3, 3), (1, 3), (5, 3), (2, 2), (7, 7), (4, 1), (3, 3)]


def window(c, sizes, sharp=False, kernels=KERNELS):
    """(height, width, kernel h, w, stride h, w, dilation h, w, padding name): VALID never has a kernel larger than its input."""
    kernel = c.pick(kernels)
    stride = c.pick([(1, 1), (2, 2), (1, 2), (1, 1), (3, 3), (3, 1), (2, 1)])
    dilation = (1, 1) if sharp else c.pick([(1, 1), (1, 1), (2, 2), (1, 1), (2, 1), (1, 1), (1, 3)])
    padding = c.pick(["SAME", "VALID", "SAME"])
    height, width = c.pick(sizes), c.pick(sizes)
    if padding == "VALID":
        height = max(height, (kernel[0] - 1) * dilation[0] + 1)
        width = max(width, (kernel[1] - 1) * dilation[1] + 1)
        out = valid_out(height, kernel[0], stride[0], dilation[0]), valid_out(width, kernel[1], stride[1], dilation[1])
    else:
        out = same_out(height, stride[0]), same_out(width, stride[1])
    c.note.update(kernel=kernel, stride=stride, dilation=dilation, padding=padding, size=(height, width))
    return height, width, kernel, stride, dilation, padding, out


def window_3x3(c, sizes):
    """Like window, for 3x3 kernels without dilation."""
    stride, padding = c.pick([(1, 1), (2, 2), (1, 1)]), c.pick(["SAME", "VALID", "SAME", "SAME"])
    height, width = c.pick(sizes), c.pick(sizes)
    if padding == "VALID":
        height, width = max(height, 3), max(width, 3)
        out = valid_out(height, 3, stride[0]), valid_out(width, 3, stride[1])
    else:
        out = same_out(height, stride[0]), same_out(width, stride[1])
    c.note.update(kernel=(3, 3), stride=stride, dilation=(1, 1), padding=padding, size=(height, width))
    return height, width, (3, 3), stride, (1, 1), padding, out


SIZES = [5, 1, 8, 3, 9, 2, 7, 12, 4]
# Layers large enough for kernels of their own: all remainders of pixels and channels, windows of few and of many values.
LARGE_SIZES = [16, 25, 1, 33, 10, 48, 20, 13, 21, 31, 26, 23]
LARGE_KERNELS = [(3, 3), (1, 1), (5, 5), (10, 4), (1, 1), (7, 7), (2, 2), (1, 15), (3, 3), (1, 1), (6, 2), (1, 3), (12, 1), (8, 4)]
LARGE_DEPTHS = [16, 32, 5, 24, 64, 40, 3, 8, 17, 1, 30, 48, 11, 2, 63]
LARGE_CHANNELS = [32, 20, 9, 27, 48, 31, 13, 6, 16, 8, 7, 33, 3, 14, 40, 4, 2]
CONV_TYPES = ("int8", "int8_3x3", "int8_large", "int8_compact", "int8_tensor", "int8_w4", "int16", "int16_b32", "float32")
CONV_PROBES = ("uint8", "int32")


@operator("CONV_2D", CONV_TYPES, CONV_PROBES)
def conv_2d(c):
    large = "large" in c.variant
    if "3x3" in c.variant:  # tiles: whole, cut off, an odd number
        height, width, kernel, stride, dilation, padding, out = window_3x3(c, [8, 5, 12, 1, 16, 7, 3, 10, 6, 13, 9, 24, 4])
        depth, channels = c.pick([16, 3, 8, 1, 12, 5, 32, 4, 2, 17, 36]), c.pick([8, 4, 3, 16, 1, 12, 5, 8, 2, 20])
        if padding == "SAME" and c.index % 3 == 0:
            channels = depth  # may run in place
        batch = c.pick([1, 1, 1, 2])
    elif large:
        height, width, kernel, stride, dilation, padding, out = window(c, LARGE_SIZES, kernels=LARGE_KERNELS)
        depth, channels, batch = c.pick(LARGE_DEPTHS), c.pick(LARGE_CHANNELS), c.pick([1, 1, 2, 1, 1])
    elif "compact" in c.variant:
        height, width, kernel, stride, dilation, padding, out = window(c, SIZES, kernels=[(1, 1), (2, 2), (1, 1), (5, 3)])
        depth, channels, batch = c.pick([32, 17, 24, 64, 11]), c.pick([32, 20, 63, 9, 48, 27]), c.pick([1, 1, 2, 1, 1])
    else:
        height, width, kernel, stride, dilation, padding, out = window(c, SIZES)
        depth, channels, batch = c.channels(), c.channels(), c.pick([1, 1, 2, 1, 1])
    if "b32" in c.variant and kernel[0] * kernel[1] * depth > 480:
        depth = 3  # the 32-bit accumulator must not wrap
    groups = 2 if depth == 8 and channels % 2 == 0 and c.index % 2 else 1
    activation = c.activation()
    x = c.input((batch, height, width, depth))
    y = c.output((batch, *out, channels), quantization=output_quantization(c))
    shape = (channels, *kernel, depth // groups)
    w, b = weights(c, shape, np.prod(shape[1:]), channels, 0, "tensor" not in c.variant, x, y)
    c.note.update(depth=depth, channels=channels, groups=groups)
    c.emit(
        [x, w, b] if b else [x, w],
        [y],
        padding=0 if padding == "SAME" else 1,
        stride_h=stride[0],
        stride_w=stride[1],
        dilation_h_factor=dilation[0],
        dilation_w_factor=dilation[1],
        fused_activation_function=activation,
    )


def rows_window(c):
    """As `window`, for what kernels on rows of one channel tell apart: odd and even sizes, images smaller than the kernel."""
    kernel = c.pick(
        [(3, 3), (5, 5), (7, 7), (3, 3), (5, 1), (1, 5), (3, 3), (7, 7), (1, 10), (15, 1), (3, 3), (5, 3)]
        + [(3, 7), (2, 4), (6, 2), (4, 8), (3, 3), (1, 1)]
    )
    stride = c.pick([(1, 1), (2, 2), (1, 1), (2, 2), (2, 1), (1, 2)])
    padding = c.pick_noted("padding", ["SAME", "VALID", "SAME"])
    height, width = c.size(1, 25), c.size(1, 25)
    if c.pick([False, True, False]):
        height, width = c.size(1, 7), c.size(1, 7)
    if 1 in kernel and kernel != (1, 1) and c.pick([True, False]):
        height, width = (height, 1) if kernel[1] == 1 else (1, width)
    if padding == "VALID":
        height, width = max(height, kernel[0]), max(width, kernel[1])
        out = valid_out(height, kernel[0], stride[0]), valid_out(width, kernel[1], stride[1])
    else:
        out = same_out(height, stride[0]), same_out(width, stride[1])
    c.note.update(kernel=kernel, stride=stride, height=height, width=width)
    return height, width, kernel, stride, (1, 1), padding, out


def rectified_quantization(c):
    """One in which the clamp of the activation is the whole range, from the zero point on."""
    limit = 6 / 255 if c.note["activation"] == "RELU6" else 0.05
    return np.float32(limit * c.rng.uniform(0.5, 0.99)), -128


def one_pixel(c):
    """A window that covers the whole image."""
    kernel, dilation = c.pick([(5, 1), (3, 3), (1, 4), (10, 1), (2, 5)]), c.pick([(1, 1), (2, 1), (1, 1)])
    size = (kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1
    c.note.update(kernel=kernel, dilation=dilation, size=size)
    return *size, kernel, (1, 1), dilation, "VALID", (1, 1)


@operator("DEPTHWISE_CONV_2D", ("int8", "int8_rows", "int8_large", "int8_pixel", "float32_pixel", "int8_tensor", "int8_w4", "int16", "float32"), ("int16_b32", "uint8", "int32"))
def depthwise_conv_2d(c):
    by_rows, large, pixel = "rows" in c.variant, "large" in c.variant, "pixel" in c.variant
    if by_rows:
        height, width, kernel, stride, dilation, padding, out = rows_window(c)
    elif pixel:
        height, width, kernel, stride, dilation, padding, out = one_pixel(c)
    else:
        height, width, kernel, stride, dilation, padding, out = window(c, LARGE_SIZES if large else SIZES, kernels=LARGE_KERNELS if large else KERNELS)
    depth, times, batch = c.channels(), c.pick([1, 1, 2, 1, 3]), c.pick([1, 1, 1, 2])
    if by_rows:
        depth, times = c.size(1, 20), c.pick([1, 1, 1, 1, 2])
    if large:
        depth, times = c.pick([8, 20, 5, 32, 11, 16, 3]), 1
    if pixel:
        times, batch = 1, 1
    activation = c.activation()
    rectified = by_rows and c.note["activation"] in ("RELU", "RELU6") and c.pick([True, True, False])
    x = c.input((batch, height, width, depth))
    quantization = rectified_quantization(c) if rectified else output_quantization(c)
    y = c.output((batch, *out, depth * times), quantization=quantization)
    w, b = weights(
        c, (1, *kernel, depth * times), kernel[0] * kernel[1], depth * times, 3, "tensor" not in c.variant, x, y
    )
    c.note.update(depth=depth, multiplier=times)
    c.emit(
        [x, w, b] if b else [x, w],
        [y],
        padding=0 if padding == "SAME" else 1,
        stride_h=stride[0],
        stride_w=stride[1],
        depth_multiplier=times,
        dilation_h_factor=dilation[0],
        dilation_w_factor=dilation[1],
        fused_activation_function=activation,
    )


@operator(
    "FULLY_CONNECTED",
    ("int8", "int8_channel", "int8_large", "int8_channel_compact", "int8_w4", "int16", "int16_b32", "int16_channel", "float32"),
    ("uint8", "int32", "int8_w4_channel", "int16_w4"),
)
def fully_connected(c):
    depth, channels = c.pick([1, 3, 16, 7, 33, 64, 17, 8]), c.pick([10, 1, 3, 8, 16, 17])
    if "large" in c.variant:
        depth, channels = c.pick([128, 100, 640, 48, 83, 32, 80, 2000, 4000, 251, 300]), c.pick([32, 25, 9, 48, 30, 6, 5, 4, 8, 20, 3, 64, 16])
    if "compact" in c.variant:
        depth, channels = c.pick([64, 100, 33, 250, 128, 37]), c.pick([32, 25, 9, 48, 17, 30])
    form = c.pick_noted("form", ["2d", "4d_to_2d", "keep_3d", "batch", "keep_4d", "1d_to_2d"])
    x_shape, y_shape, keep = {
        "2d": ((1, depth), (1, channels), False),
        "batch": ((5, depth), (5, channels), False),
        "4d_to_2d": ((2, 3, 2, depth), (12, channels), False),
        "keep_3d": ((2, 4, depth), (2, 4, channels), True),
        "keep_4d": ((1, 3, 2, depth), (1, 3, 2, channels), True),
        "1d_to_2d": ((depth,), (1, channels), False),
    }[form]
    activation = c.activation()
    x = c.input(x_shape)
    y = c.output(y_shape, quantization=output_quantization(c))
    w, b = weights(c, (channels, depth), depth, channels, 0, "channel" in c.variant, x, y)
    c.note.update(depth=depth, channels=channels)
    c.emit([x, w, b], [y], fused_activation_function=activation, keep_num_dims=keep)


@operator("TRANSPOSE_CONV", ("int8", "int8_tensor", "int16", "float32"), ("int16_b32", "int8_w4", "uint8"))
def transpose_conv(c):
    kernel, stride = c.pick([(3, 3), (2, 2), (1, 1), (4, 4), (3, 5), (5, 2)]), c.pick(
        [(2, 2), (1, 1), (2, 1), (3, 3), (1, 2)]
    )
    padding = c.pick(["SAME", "VALID"])
    height, width = c.pick([1, 3, 4, 5, 2]), c.pick([3, 1, 4, 6])
    depth, channels = c.pick([3, 1, 8, 7, 16]), c.pick([1, 3, 8, 5, 16])
    sizes = []
    for size, k, s in ((height, kernel[0], stride[0]), (width, kernel[1], stride[1])):
        sizes.append(size * s if padding == "SAME" else (size - 1) * s + k + (c.index % 2) * max(0, min(1, s - 1)))
    # With VALID the output may be up to a stride larger than what the kernels reach: such elements hold the bias alone.
    activation = c.activation(("NONE", "RELU", "NONE", "RELU6"))
    x = c.input((1, height, width, depth))
    y = c.output((1, *sizes, channels), quantization=output_quantization(c))
    taps = depth * max(1, kernel[0] * kernel[1] // (stride[0] * stride[1]))
    w, b = weights(c, (channels, *kernel, depth), taps, channels, 0, "tensor" not in c.variant, x, y)
    c.note.update(kernel=kernel, stride=stride, padding=padding, depth=depth, channels=channels)
    shape = c.constant(np.array(y.shape), "int32")
    c.emit(
        [shape, w, x, b] if b else [shape, w, x],
        [y],
        padding=0 if padding == "SAME" else 1,
        stride_h=stride[0],
        stride_w=stride[1],
        fused_activation_function=activation,
    )


@operator("SVDF", ("int8", "int8_state8", "float32"), ("int8_nobias", "float32_nobias", "int16"))
def svdf(c):
    units, rank, memory = c.pick([4, 1, 7, 16]), c.pick([1, 2, 1, 4]), c.pick([8, 1, 3, 10, 5])
    width, batch = c.pick([16, 3, 8, 1, 40]), c.pick([1, 1, 2])
    filters = units * rank
    c.sequence_steps = 6 + memory // 2
    c.note.update(units=units, rank=rank, memory=memory)
    if c.dtype == "float32":
        activation = c.activation(("NONE", "RELU", "RELU6", "TANH", "RELU_N1_TO_1"))
        x, y = c.input((batch, width)), c.output((batch, units))
        wf = c.constant(c.rng.standard_normal((filters, width)) / np.sqrt(width), "float32")
        wt = c.constant(c.rng.standard_normal((filters, memory)) / np.sqrt(memory), "float32")
        b = None if "nobias" in c.variant else c.constant(c.rng.standard_normal(units), "float32")
        state = c.model.tensor((batch, memory * filters), "float32", variable=True)
    else:
        activation = c.activation(("RELU", "NONE"))
        narrow = "state8" in c.variant
        x, y = c.input((batch, width)), c.output((batch, units))
        state_dtype, top = ("int8", 127) if narrow else ("int16", 32767)
        scale_state = c.between(0.01, 0.1) * (1 if narrow else 1 / 256)
        std_x = np.hypot(74, x.zero_point)
        scale_f = np.float32(top / (np.sqrt(width) * std_x * 73 * c.between(0.8, 4)) * scale_state / x.scale)
        std_t, top_t = (73, 127) if narrow else (2000, 6000)
        multiplier = 127 / (np.sqrt(memory * rank) * top / 3 * std_t * c.between(0.8, 4))
        scale_t = np.float32(multiplier * y.scale / scale_state)
        wf = c.constant(c.rng.integers(-127, 128, (filters, width)), "int8", scale_f)
        wt = c.constant(c.rng.integers(-top_t, top_t + 1, (filters, memory)), state_dtype, scale_t)
        reach = 60 / multiplier
        b = c.constant(np.rint(c.rng.uniform(-reach, reach, units)), "int32", np.float32(scale_state * scale_t))
        zero = int(c.pick([0, -128, 5])) if narrow else 0
        state = c.model.tensor(
            (batch, memory * filters), state_dtype, scale=scale_state, zero_point=zero, variable=True
        )
        if "nobias" in c.variant:
            b = None
    c.emit([x, wf, wt, b, state], [y], rank=rank, fused_activation_function=activation)


@operator("BATCH_MATMUL", ("int8", "int16", "float32"), ("int32",))
def batch_matmul(c):
    x_batch, y_batch, m, k, n = c.pick_noted(
        "shapes", [((), (), 3, 5, 4), ((2,), (2,), 4, 8, 3), ((2, 3), (2, 3), 2, 7, 2), ((4,), (1,), 1, 16, 5), ((1, 2), (3, 1), 5, 3, 4)]
    )
    adj_x, adj_y = c.pick_noted("adj", [(False, False), (False, True), (True, False), (True, True)])
    x_q, y_q, out_q = c.quantization(), c.quantization(), "own"
    if c.dtype in ("int8", "int16"):
        full = 128 if c.dtype == "int8" else 32768
        out_q = c.quantization(scale=np.float32(x_q[0] * y_q[0] * full * np.sqrt(k) / c.pick([4, 2, 8])))
    x = c.input(x_batch + ((k, m) if adj_x else (m, k)), quantization=x_q)
    y = c.operand(y_batch + ((n, k) if adj_y else (k, n)), quantization=y_q)
    out = c.output(np.broadcast_shapes(x_batch, y_batch) + (m, n), quantization=out_q)
    c.emit([x, y], [out], adj_x=adj_x, adj_y=adj_y)
