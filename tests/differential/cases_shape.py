"""Operators that move values and do not compute: their output has the quantization of their input."""

import numpy as np

from case import operator

PLAIN = ("int8", "int16", "int32", "float32")
OTHER = ("uint8", "int64", "bool")


def moved(c, x, shape):
    return c.output(shape, x.dtype, quantization=(x.scale, x.zero_point))


def pad(c, value=None):
    shape, pads = c.pick_noted(
        "pads",
        [
            ((1, 4, 5, 3), ((0, 0), (1, 2), (2, 1), (0, 0))),
            ((3, 4), ((1, 0), (0, 3))),
            ((7,), ((2, 2),)),
            ((1, 3, 3, 8), ((0, 0), (0, 1), (0, 1), (0, 0))),
            ((2, 2, 3), ((0, 0), (0, 0), (0, 0))),
            ((2, 3, 2, 3), ((1, 0), (1, 1), (0, 2), (1, 1))),
            ((1, 5, 1, 7), ((0, 0), (2, 2), (0, 0), (0, 1))),
        ],
    )
    if "rank5" in c.variant:
        shape, pads = (1, 2, 2, 2, 2), ((0, 0), (1, 1), (0, 1), (0, 0), (1, 0))
    x = c.input(shape)
    inputs = [x, c.constant(np.array(pads), "int32")]
    if value:
        constant = c.draw(c.rng, (), x.dtype, x.zero_point)
        inputs.append(c.constant(constant if c.index % 2 else constant.reshape(1), x.dtype, x.scale, x.zero_point))
    c.emit(inputs, [moved(c, x, [d + b + e for d, (b, e) in zip(shape, pads)])])


@operator("PAD", PLAIN, OTHER + ("int8_rank5",))
def pad_zero(c):
    pad(c)


@operator("PADV2", PLAIN, OTHER)
def pad_value(c):
    pad(c, value=True)


@operator("RESHAPE", PLAIN, OTHER)
def reshape(c):
    shape, new = c.pick_noted(
        "to",
        [
            ((1, 4, 5, 3), (1, 60)),
            ((6,), (2, 3)),
            ((2, 3, 4), (4, -1)),
            ((1, 1, 1, 8), (8,)),
            ((1, 7), (1, 1, 7, 1)),
            ((1,), ()),
        ],
    )
    x = c.input(shape)
    y_shape = np.empty(shape).reshape(new).shape
    inputs = [x, c.constant(np.array(new, np.int32), "int32")] if c.index % 3 else [x]
    c.emit(inputs, [moved(c, x, y_shape)], new_shape=list(new))


@operator("SQUEEZE", PLAIN, OTHER)
def squeeze(c):
    shape, dims = c.pick_noted(
        "dims", [((1, 4, 1, 3), ()), ((1, 4, 1, 3), (0,)), ((1, 4, 1, 3), (-2,)), ((1, 1, 7), (0, 1)), ((5, 1), (1,))]
    )
    x = c.input(shape)
    gone = {d % len(shape) for d in dims} or {i for i, d in enumerate(shape) if d == 1}
    c.emit([x], [moved(c, x, [d for i, d in enumerate(shape) if i not in gone])], squeeze_dims=list(dims))


@operator("EXPAND_DIMS", ("int8", "int16", "float32"), ("int32",) + OTHER)
def expand_dims(c):
    shape, axis = c.pick_noted(
        "axis", [((4, 3), 0), ((4, 3), 2), ((4, 3), -1), ((7,), 1), ((2, 3, 4), -3), ((2, 3, 4), 1)]
    )
    x = c.input(shape)
    c.emit(
        [x, c.constant(np.array([axis] if c.index % 2 else axis), "int32")],
        [moved(c, x, np.expand_dims(np.empty(shape), axis).shape)],
    )


@operator("SHAPE", ("int8", "float32"), ("int16", "int32") + OTHER)
def shape_of(c):
    shape = c.pick_noted("shape", [(1, 4, 5, 3), (7,), (2, 3), (2, 1, 4)])
    c.emit([c.input(shape)], [c.output((len(shape),), "int32")], out_type=2)


@operator("PACK", ("int8", "int32", "float32"), ("int16",) + OTHER)
def pack(c):
    shape, axis, count = c.pick_noted(
        "axis",
        [((4, 3), 0, 2), ((4, 3), 1, 3), ((4, 3), 2, 2), ((4, 3), -1, 4), ((7,), 0, 1), ((2, 3, 4), 1, 2), ((), 0, 3)],
    )
    q = c.quantization()
    xs = [c.input(shape, quantization=q) for _ in range(count)]
    c.emit(xs, [moved(c, xs[0], np.stack([np.empty(shape)] * count, axis).shape)], values_count=count, axis=axis)


@operator("UNPACK", ("int8", "int32", "float32"), ("int16",) + OTHER)
def unpack(c):
    shape, axis = c.pick_noted(
        "axis", [((4, 3), 0), ((4, 3), 1), ((4, 3), -1), ((2, 3, 4), 1), ((5,), 0), ((1, 2, 3, 2), -2)]
    )
    x = c.input(shape)
    rest = [d for i, d in enumerate(shape) if i != axis % len(shape)]
    c.emit([x], [moved(c, x, rest) for _ in range(shape[axis])], num=shape[axis], axis=axis)


@operator("SPLIT", PLAIN, OTHER)
def split(c):
    shape, axis, count = c.pick_noted(
        "axis",
        [((4, 6), 1, 3), ((4, 6), 0, 2), ((1, 4, 5, 8), 3, 2), ((1, 4, 5, 8), -1, 4), ((2, 4, 3), 1, 4), ((6,), 0, 1)],
    )
    x = c.input(shape)
    part = list(shape)
    part[axis] //= count
    c.emit([c.constant(np.array(axis), "int32"), x], [moved(c, x, part) for _ in range(count)], num_splits=count)


@operator("SPLIT_V", PLAIN, OTHER)
def split_v(c):
    shape, axis, sizes = c.pick_noted(
        "sizes",
        [
            ((4, 7), 1, (3, 4)),
            ((5, 2), 0, (1, 3, 1)),
            ((1, 4, 5, 8), 3, (1, 7)),
            ((1, 4, 5, 8), -2, (2, 2, 1)),
            ((6,), 0, (6,)),
        ],
    )
    x = c.input(shape)
    outputs = []
    for size in sizes:
        part = list(shape)
        part[axis] = size
        outputs.append(moved(c, x, part))
    c.emit(
        [x, c.constant(np.array(sizes), "int32"), c.constant(np.array(axis), "int32")], outputs, num_splits=len(sizes)
    )


@operator(
    "CONCATENATION",
    ("int8", "int16", "int32", "int64", "float32"),
    ("uint8", "bool", "int8_mixed", "int16_mixed", "float32_relu", "int8_rank5"),
)
def concatenation(c):
    shape, axis, parts = c.pick_noted(
        "axis",
        [
            ((1, 4, 5, 3), 3, (3, 5)),
            ((1, 4, 5, 3), 1, (4, 1, 2)),
            ((2, 7), -1, (7, 1)),
            ((3,), 0, (3, 4, 1, 2)),
            ((2, 3, 4), 0, (2, 1)),
            ((1, 4, 5, 3), -2, (5, 2)),
            ((2, 3), 0, (2,)),
        ],
    )
    if "rank5" in c.variant:
        shape, axis, parts = (1, 2, 2, 2, 3), 4, (3, 2)
    q = c.quantization()
    xs = []
    for size in parts:
        part = list(shape)
        part[axis] = size
        own = c.quantization(scale=q[0] * np.float32(c.rng.uniform(0.5, 2))) if "mixed" in c.variant else q
        xs.append(c.operand(part, quantization=own) if xs else c.input(part, quantization=own))
    y = list(shape)
    y[axis] = sum(parts)
    c.emit(xs, [c.output(y, quantization=q)], axis=axis, fused_activation_function=1 if "relu" in c.variant else 0)


@operator("STRIDED_SLICE", PLAIN, OTHER + ("int8_newaxis", "int8_ellipsis", "int8_offset"))
def strided_slice(c):
    shape = c.pick([(4, 6), (7,), (1, 5, 6, 3), (2, 8, 3), (3, 4, 2, 5)])
    begin, end, strides, masks = [], [], [], {"begin": 0, "end": 0, "shrink": 0}
    slices = []
    for i, d in enumerate(shape):
        kind = c.rng.choice(["span", "step", "reverse", "all", "shrink"], p=[0.35, 0.2, 0.2, 0.15, 0.1])
        if kind == "shrink":
            at = int(c.rng.integers(-d, d))
            masks["shrink"] |= 1 << i
            b, e, s, piece = at, at + 1, 1, at
        elif kind == "all":
            b, e, s, piece = 0, 0, 1, slice(None)
            masks["begin"] |= 1 << i
            masks["end"] |= 1 << i
        elif kind == "reverse":
            b, s = int(c.rng.integers(0, d)), -int(c.rng.integers(1, 3))
            if c.rng.random() < 0.5:
                masks["begin"] |= 1 << i
                b = 0
            masks["end"] |= 1 << i
            e, piece = 0, slice(None if masks["begin"] >> i & 1 else b, None, s)
        else:
            b = int(c.rng.integers(0, d))
            e = int(c.rng.integers(b + 1, d + 1))
            s = 1 if kind == "span" else int(c.rng.integers(2, 4))
            if c.rng.random() < 0.3:
                b -= d
            if c.rng.random() < 0.2:
                e = d + 3  # past the end: clamped
            piece = slice(b, e, s)
            piece = slice(*piece.indices(d))
        begin.append(b)
        end.append(e)
        strides.append(s)
        slices.append(piece)
    y_shape = np.empty(shape)[tuple(slices)].shape
    options = {}
    if "newaxis" in c.variant:
        options, y_shape = {"new_axis_mask": 1}, (1,) + shape
        begin, end, strides = [0] * (len(shape) + 1), [1, *shape], [1] * (len(shape) + 1)
        masks = dict.fromkeys(masks, 0)
    elif "ellipsis" in c.variant:
        options, y_shape = {"ellipsis_mask": 1}, shape[:-1] + (1,)
        begin, end, strides, masks = [0, 0], [0, 1], [1, 1], dict.fromkeys(masks, 0)
    elif "offset" in c.variant:
        options, y_shape = {"offset": True}, shape
        begin, end, strides, masks = [0] * len(shape), list(shape), [1] * len(shape), dict.fromkeys(masks, 0)
    x = c.input(shape)
    c.note.update(shape=shape, begin=begin, end=end, strides=strides, masks=masks)
    constants = [c.constant(np.array(v), "int32") for v in (begin, end, strides)]
    c.emit(
        [x, *constants],
        [moved(c, x, y_shape)],
        begin_mask=masks["begin"],
        end_mask=masks["end"],
        shrink_axis_mask=masks["shrink"],
        **options
    )


@operator("SLICE", PLAIN, OTHER)
def slice_(c):
    shape = c.pick([(4, 6), (7,), (1, 5, 6, 3), (2, 8, 3)])
    begin = [int(c.rng.integers(0, d)) for d in shape]
    size = [int(c.rng.integers(1, d - b + 1)) for b, d in zip(begin, shape)]
    y_shape = list(size)
    if c.index % 2:
        size[-1], y_shape[-1] = -1, shape[-1] - begin[-1]
    x = c.input(shape)
    c.note.update(shape=shape, begin=begin, size=size)
    c.emit([x, c.constant(np.array(begin), "int32"), c.constant(np.array(size), "int32")], [moved(c, x, y_shape)])


@operator("TRANSPOSE", ("int8", "int16", "float32"), ("int32", "int8_rank5", "int8_rank6") + OTHER)
def transpose(c):
    shape, order = c.pick_noted(
        "order",
        [
            ((4, 6), (1, 0)),
            ((1, 5, 6, 3), (0, 3, 1, 2)),
            ((2, 3, 4), (2, 0, 1)),
            ((7,), (0,)),
            ((1, 3, 4, 5), (0, 2, 1, 3)),
            ((2, 3, 4), (0, 1, 2)),
            ((2, 3, 2, 5), (3, 2, 1, 0)),
        ],
    )
    if "rank5" in c.variant:
        shape, order = (2, 1, 3, 2, 2), (4, 0, 2, 1, 3)
    if "rank6" in c.variant:
        shape, order = (2, 1, 3, 2, 2, 2), (4, 0, 2, 1, 5, 3)
    x = c.input(shape)
    c.emit([x, c.constant(np.array(order), "int32")], [moved(c, x, [shape[i] for i in order])])


@operator("GATHER", ("int8", "float32"), ("int16", "int32") + OTHER)
def gather(c):
    shape, axis, batch, indices = c.pick_noted(
        "axis",
        [
            ((5, 3), 0, 0, (4,)),
            ((5, 3), 1, 0, (2, 2)),
            ((2, 4, 3), -1, 0, (3,)),
            ((2, 5, 3), 1, 1, (2, 4)),
            ((7,), 0, 0, ()),
            ((1, 4, 5, 2), 2, 0, (2,)),
        ],
    )
    x = c.input(shape)
    top = shape[axis]
    if c.index % 2:
        at = c.input(indices, "int32", values=lambda rng, flavour: rng.integers(0, top, indices))
    else:
        at = c.constant(c.rng.integers(0, top, indices), "int32")
    axis_at = axis % len(shape)
    y_shape = shape[:axis_at] + tuple(indices[batch:]) + shape[axis_at + 1 :]
    c.emit([x, at], [moved(c, x, y_shape)], axis=axis, batch_dims=batch)


@operator("TILE", (), ("int8", "float32"))
def tile(c):
    x = c.input((2, 3))
    c.emit([x, c.constant(np.array([1, 2]), "int32")], [moved(c, x, (2, 6))])


@operator("BROADCAST_TO", ("int8", "int16", "int32", "float32"), OTHER)
def broadcast_to(c):
    shape, to = c.pick_noted(
        "to", [((1, 4, 1, 3), (2, 4, 5, 3)), ((), (2, 3)), ((7,), (3, 7)), ((2, 1, 3), (2, 4, 3)), ((5, 1), (5, 6)), ((3,), (3,))]
    )
    x = c.input(shape)
    c.emit([x, c.constant(np.array(to), "int32")], [moved(c, x, to)])


@operator("FILL", ("int8", "int32", "float32"), ("int16",) + OTHER)
def fill(c):
    shape = c.pick_noted("shape", [(2, 3), (7,), (1, 4, 5, 2)])
    value = c.input(())
    c.emit([c.constant(np.array(shape), "int32"), value], [moved(c, value, shape)])


@operator("REVERSE_V2", PLAIN, OTHER)
def reverse_v2(c):
    shape, axes = c.pick_noted("axes", [((4, 5), (1,)), ((2, 3, 4), (0,)), ((1, 4, 5, 3), (1, 2)), ((7,), (0,)), ((2, 3, 4), (-1,))])
    x = c.input(shape)
    c.emit([x, c.constant(np.array(axes), "int32")], [moved(c, x, shape)])


@operator("GATHER_ND", ("int8", "float32"), ("int16", "int32") + OTHER)
def gather_nd(c):
    shape, indices = c.pick_noted("indices", [((5, 3), (4, 1)), ((5, 3), (4, 2)), ((2, 4, 3), (3, 2, 2)), ((2, 4, 3), (2,)), ((7,), (3, 1))])
    draw = lambda rng: np.stack([rng.integers(0, shape[i], indices[:-1]) for i in range(indices[-1])], -1)
    x = c.input(shape)
    at = c.input(indices, "int32", values=lambda rng, flavour: draw(rng)) if c.index % 2 else c.constant(draw(c.rng), "int32")
    c.emit([x, at], [moved(c, x, indices[:-1] + shape[indices[-1] :])])


@operator("SPACE_TO_DEPTH", ("int8", "float32"), ("int16", "int32") + OTHER)
def space_to_depth(c):
    shape, block = c.pick_noted("block", [((1, 4, 6, 3), 2), ((2, 6, 3, 1), 3), ((1, 2, 2, 5), 2), ((1, 4, 4, 2), 4), ((1, 3, 3, 2), 1)])
    x = c.input(shape)
    y = (shape[0], shape[1] // block, shape[2] // block, shape[3] * block * block)
    c.emit([x], [moved(c, x, y)], block_size=block)


@operator("DEPTH_TO_SPACE", ("int8", "float32"), ("int16", "int32") + OTHER)
def depth_to_space(c):
    shape, block = c.pick_noted("block", [((1, 2, 3, 12), 2), ((2, 2, 1, 9), 3), ((1, 2, 2, 20), 2), ((1, 1, 1, 32), 4), ((1, 3, 3, 2), 1)])
    x = c.input(shape)
    y = (shape[0], shape[1] * block, shape[2] * block, shape[3] // (block * block))
    c.emit([x], [moved(c, x, y)], block_size=block)


BLOCKS = [((1, 4, 6, 3), (2, 2), (0, 0, 0, 0)), ((2, 5, 4, 2), (3, 2), (1, 0, 1, 1)), ((1, 4, 4, 8), (1, 4), (0, 0, 2, 2)), ((1, 3, 3, 1), (2, 2), (0, 1, 1, 0))]


@operator("SPACE_TO_BATCH_ND", ("int8", "float32"), ("int16", "int32") + OTHER)
def space_to_batch_nd(c):
    # TFLM fills the borders of int8 with whatever stands in memory.
    without = [((1, 4, 6, 3), (2, 2), (0,) * 4), ((2, 6, 4, 2), (3, 2), (0,) * 4), ((1, 4, 4, 8), (1, 4), (0,) * 4)]
    shape, block, borders = c.pick_noted("block", without if c.dtype == "int8" else BLOCKS)
    x = c.input(shape)
    rows, columns = shape[1] + borders[0] + borders[1], shape[2] + borders[2] + borders[3]
    y = (shape[0] * block[0] * block[1], rows // block[0], columns // block[1], shape[3])
    c.emit([x, c.constant(np.array(block), "int32"), c.constant(np.array(borders).reshape(2, 2), "int32")], [moved(c, x, y)])


@operator("BATCH_TO_SPACE_ND", ("int8", "float32"), ("int16", "int32") + OTHER)
def batch_to_space_nd(c):
    shape, block, crops = c.pick_noted("block", BLOCKS)
    rows, columns = shape[1] + crops[0] + crops[1], shape[2] + crops[2] + crops[3]
    x = c.input((shape[0] * block[0] * block[1], rows // block[0], columns // block[1], shape[3]))
    c.emit([x, c.constant(np.array(block), "int32"), c.constant(np.array(crops).reshape(2, 2), "int32")], [moved(c, x, shape)])


@operator("MIRROR_PAD", ("int8", "float32"), ("int16", "int32") + OTHER)
def mirror_pad(c):
    shape, pads = c.pick_noted(
        "pads", [((1, 4, 5, 3), ((0, 0), (1, 2), (2, 1), (0, 0))), ((3, 4), ((1, 0), (0, 2))), ((7,), ((2, 3),)), ((2, 3, 3), ((0, 0), (1, 1), (0, 2)))]
    )
    x = c.input(shape)
    mode = c.pick_noted("mode", [0, 1])
    y = [d + b + e for d, (b, e) in zip(shape, pads)]
    c.emit([x, c.constant(np.array(pads), "int32")], [moved(c, x, y)], mode=mode)


@operator("EMBEDDING_LOOKUP", ("int8", "float32"), ("int16", "int32"))
def embedding_lookup(c):
    shape = c.pick_noted("shape", [(5, 4), (9, 1), (3, 2, 3)])
    table = c.constant(c.draw(c.rng, shape, c.dtype), c.dtype, *c.quantization())
    count = c.size(1, 6)
    ids = c.input((count,), "int32", values=lambda rng, flavour: rng.integers(0, shape[0], count))
    c.emit([ids, table], [moved(c, table, (count,) + shape[1:])])


@operator("ZEROS_LIKE", ("int8", "int32", "int64", "float32"), ("int16", "uint8", "bool"))
def zeros_like(c):
    x = c.input(c.pick_noted("shape", [(2, 3), (7,), (1, 4, 5, 2)]))
    c.emit([x], [moved(c, x, x.shape)])
