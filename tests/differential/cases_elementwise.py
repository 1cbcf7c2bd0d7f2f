"""Element by element: arithmetic with broadcasting, comparisons that select, activations."""

import numpy as np

from case import operator, limits

PAIRS = [
    ((1, 4, 5, 3), (1, 4, 5, 3)),
    ((2, 3, 4, 5), ()),
    ((1, 5, 7, 8), (1, 1, 1, 8)),
    ((), (3, 7)),
    ((7,), (7,)),
    ((2, 3, 1, 5), (1, 1, 4, 1)),
    ((6, 5), (5,)),
    ((1, 1, 1, 16), (1, 3, 3, 16)),
    ((3, 1), (1, 4)),
    ((1, 4, 4, 3), (1, 4, 4, 1)),
    ((1,), (2, 3, 3)),
    ((2, 3, 4), (3, 1)),
    ((17,), (1,)),
]


def broadcast_operands(c, q1="own", q2="own", pairs=None):
    first, second = c.pick_noted("shapes", pairs or PAIRS)
    shape = np.broadcast_shapes(first, second)
    a = c.input(first, quantization=q1)
    b = c.operand(second, quantization=q2)
    return a, b, shape


def arithmetic(c, result_scale, activations=("NONE", "RELU", "NONE", "RELU6", "RELU_N1_TO_1"), q2="own"):
    a, b, shape = broadcast_operands(c, q2=q2)
    if a.scale is None:
        activation = c.activation(activations if c.dtype == "float32" else ("NONE", "NONE", "RELU"))
        y = c.output(shape)
    else:
        scale = np.float32(result_scale(a.scale, b.scale))
        # A clamp at 6 must be an int32 in the output's quantization.
        activation = c.activation(activations if scale > 1e-8 else ("NONE",))
        y = c.output(shape, quantization=c.quantization(scale=scale))
    c.emit([a, b], [y], fused_activation_function=activation)


def near_scale(c):
    """The second operand's quantization: mostly of the first's order of magnitude, at times far off."""
    if c.dtype not in ("int8", "uint8", "int16"):
        return "own"
    return (
        c.quantization()
        if c.index % 3 == 0
        else c.quantization(scale=c.between(0.01, 0.1) / (256 if c.dtype == "int16" else 1))
    )


ARITHMETIC_PROBES = ("uint8", "int64", "bool")


@operator("ADD", ("int8", "int16", "int32", "float32"), ARITHMETIC_PROBES)
def add(c):
    arithmetic(c, lambda s, t: max(s, t) * c.pick([1, 1.5, 2, 0.6]), q2=near_scale(c))


@operator("SUB", ("int8", "int16", "int32", "float32"), ARITHMETIC_PROBES)
def sub(c):
    arithmetic(c, lambda s, t: max(s, t) * c.pick([1, 1.5, 2, 0.6]), q2=near_scale(c))


@operator("MUL", ("int8", "int16", "int32", "float32"), ARITHMETIC_PROBES)
def mul(c):
    top = 100 if c.dtype != "int16" else 30000
    arithmetic(c, lambda s, t: s * t * c.pick([top / 2, top, top / 4, 0.4]), q2=near_scale(c))


def select_by_value(c):
    quantization = c.quantization()
    a, b, shape = broadcast_operands(c, quantization, quantization)
    c.emit([a, b], [c.output(shape, quantization=quantization)])


@operator("MAXIMUM", ("int8", "int16", "int32", "float32"), ("int64", "uint8", "bool"))
def maximum(c):
    select_by_value(c)


@operator("MINIMUM", ("int8", "int16", "int32", "float32"), ("int64", "uint8", "bool"))
def minimum(c):
    select_by_value(c)


SHAPES = [(1, 4, 5, 3), (7,), (2, 17), (1, 1, 1, 64), (3, 5, 2), (256,), (1, 33), (2, 3, 4, 5)]


def every_value(c, x):
    """Replaces the first data set by every value of an 8-bit type, when the tensor has room for them."""
    if x.dtype == "int8" and np.prod(x.shape) == 256:
        c.values[x.index] = lambda rng, flavour: (
            np.arange(-128, 128).reshape(x.shape)
            if flavour == "full"
            else c.draw(rng, x.shape, x.dtype, x.zero_point, flavour)
        )


def unary_shape(c):
    return (256,) if c.dtype == "int8" and c.index % 2 == 0 else c.pick_noted("shape", SHAPES)


def input_scale(c, reach):
    """A scale for which the input's range is some `reach` wide, at times much smaller or larger."""
    if c.dtype == "float32":
        return None
    wide = np.float32(
        c.pick([reach, reach / 4, reach * 4, reach / 2, reach * 2, reach / 300, reach * 40]) * c.rng.uniform(0.8, 1.25)
    )
    return np.float32(wide / (limits(c.dtype)[1] + 1))


def unary(c, x_scale=None, output="own", **options):
    quantization = "own" if c.dtype not in ("int8", "uint8", "int16") else c.quantization(scale=x_scale)
    x = c.input(unary_shape(c), quantization=quantization)
    every_value(c, x)
    if output == "same":
        output = (x.scale, x.zero_point)
    c.emit([x], [c.output(x.shape, quantization=output)], **options)


FIXED_OUTPUT = {
    "LOGISTIC": {"int8": (1 / 256, -128), "int16": (1 / 32768, 0)},
    "TANH": {"int8": (1 / 128, 0), "int16": (1 / 32768, 0)},
}


def fixed_output(c):
    scale, zero = FIXED_OUTPUT[c.op].get(c.dtype, (None, 0))
    return (None, 0) if scale is None else (np.float32(scale), zero)


def sigmoid_input_scale(c):
    if c.dtype == "int16":
        return c.pick(
            [
                np.float32(2.0**-12),
                np.float32(2.0**-11),
                c.between(1e-5, 1e-3),
                np.float32(2.0**-13),
                c.between(1e-4, 4e-4),
                c.between(1e-3, 1),
                np.float32(2.0**-15),
            ]
        )
    return input_scale(c, 8)


@operator("LOGISTIC", ("int8", "int16", "float32"), ("uint8", "int32"))
def logistic(c):
    unary(c, sigmoid_input_scale(c), fixed_output(c))


@operator("TANH", ("int8", "int16", "float32"), ("uint8", "int32"))
def tanh(c):
    unary(c, sigmoid_input_scale(c), fixed_output(c))


@operator("RELU", ("int8", "int16", "float32"), ("uint8", "int32"))
def relu(c):
    scale = input_scale(c, 8)
    output = "own"
    if c.dtype in ("int8", "int16"):
        output = c.quantization(scale=scale * np.float32(c.pick([1, 0.5, 1.7, 3, 0.9, 1])))
    unary(c, scale, output)


@operator("RELU6", ("int8", "int16", "float32"), ("uint8", "int32"))
def relu6(c):
    # TFLM clamps the stored values and does not requantize: only equal quantization means what it says.
    unary(c, input_scale(c, 12), "same")


@operator("LEAKY_RELU", ("int8", "int16", "float32"), ("uint8", "int32"))
def leaky_relu(c):
    scale = input_scale(c, 8)
    output = "own"
    if c.dtype in ("int8", "int16"):
        output = c.quantization(scale=scale * np.float32(c.pick([1, 0.7, 1.7, 0.3, 1])))
    unary(c, scale, output, alpha=c.pick_noted("alpha", [0.01, 0.3, 0.5, 1.5, -0.2, 0.1]))


@operator("HARD_SWISH", ("int8", "float32"), ("int16", "uint8"))
def hard_swish(c):
    scale = input_scale(c, 6)
    output = "own"
    if c.dtype in ("int8", "uint8", "int16"):
        output = c.quantization(scale=scale * np.float32(c.pick([1, 0.6, 1.4, 0.3, 4])))
    unary(c, scale, output)
