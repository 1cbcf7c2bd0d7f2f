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


# ---- more operators on two inputs -----------------------------------------------------------------------------------


def not_zero(c, t):
    """Divisors: never 0 where the operator refuses it, and not so small that a quotient overflows."""

    def draw(rng, flavour):
        if t.dtype == "float32":
            return (np.exp(rng.standard_normal(t.shape)) * rng.choice([-1, 1], t.shape)).astype(np.float32)
        drawn = c.draw(rng, t.shape, t.dtype, t.zero_point, flavour).astype(np.int64)
        low, high = limits(t.dtype)
        return np.where(drawn == t.zero_point, t.zero_point + (1 if t.zero_point < high else -1), drawn)

    return draw


@operator("DIV", ("int8", "int32", "float32"), ("int16", "int64"))
def div(c):
    first, second = c.pick_noted("shapes", PAIRS)
    shape = np.broadcast_shapes(first, second)
    a, b = c.input(first), c.input(second)
    c.values[b.index] = not_zero(c, b)
    if c.dtype == "int32":
        c.values[a.index] = lambda rng, flavour: np.maximum(c.draw(rng, a.shape, "int32", 0, flavour), 1 - 2**31)
    if c.dtype == "int8":
        # A quotient of 1 is at least 128 steps of the output: TFLM's last shift has 31 bits.
        scale = np.float32(a.scale / b.scale / c.pick([300, 150, 1000, 200]))
        y = c.output(shape, quantization=c.quantization(scale=scale))
        activation = c.activation(("NONE", "RELU", "NONE") if scale > 1e-8 else ("NONE",))
    else:
        y = c.output(shape)
        activation = c.activation(("NONE", "RELU", "RELU6") if c.dtype == "float32" else ("NONE",))
    c.emit([a, b], [y], fused_activation_function=activation)


@operator("SQUARED_DIFFERENCE", ("int8", "int16", "int32", "float32"), ("int64",))
def squared_difference(c):
    a, b, shape = broadcast_operands(c, q2=near_scale(c))
    quantization = "own"
    if c.dtype in ("int8", "int16"):
        top = 100 if c.dtype == "int8" else 30000
        quantization = c.quantization(scale=max(a.scale, b.scale) ** 2 * np.float32(c.pick([top, top / 4, top * 3])))
    c.emit([a, b], [c.output(shape, quantization=quantization)])


for name in ("FLOOR_DIV", "FLOOR_MOD"):

    @operator(name, ("float32",), ("int8", "int32", "int64"))
    def floor_division(c):
        first, second = c.pick_noted("shapes", PAIRS)
        a, b = c.input(first), c.input(second)
        c.values[b.index] = not_zero(c, b)
        c.emit([a, b], [c.output(np.broadcast_shapes(first, second))])


@operator("PRELU", ("int8", "float32"), ("int16", "uint8"))
def prelu(c):
    shape, slopes = c.pick_noted("slopes", [((1, 4, 5, 3), (1, 1, 3)), ((2, 7), (7,)), ((1, 3, 3, 8), (3, 3, 8)), ((1, 4, 4, 2), (1, 1, 1))])
    scale = input_scale(c, 6)
    x = c.input(shape, quantization="own" if scale is None else c.quantization(scale=scale))
    y_q = "own"
    if c.dtype == "float32":
        slope = c.constant(c.rng.uniform(-0.5, 1.5, slopes), "float32")
    else:
        q = c.quantization(scale=c.between(0.002, 0.02))
        slope = c.constant(c.draw(c.rng, slopes, "int8", q[1]), "int8", *q)
        y_q = c.quantization(scale=scale * np.float32(c.pick([1, 0.6, 1.4, 3])))
    c.emit([x, slope], [c.output(shape, quantization=y_q)])


@operator("L2_NORMALIZATION", ("int8", "float32"), ("int16", "uint8"))
def l2_normalization(c):
    x = c.input(c.pick_noted("shape", [(1, 16), (3, 7), (1, 2, 2, 8), (2, 64), (5, 1)]))
    c.emit([x], [c.output(x.shape, quantization=(np.float32(1 / 128), 0) if c.dtype == "int8" else (None, 0))])


def comparison(c):
    quantization = q2 = "own"
    if c.dtype == "int8":
        quantization = c.quantization(scale=c.between(0.01, 0.9))
        q2 = quantization if c.index % 2 else c.quantization(scale=c.between(0.01, 0.9))
    a, b, shape = broadcast_operands(c, quantization, q2)
    c.emit([a, b], [c.output(shape, "bool")])


for name in ("LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"):
    operator(name, ("int8", "int32", "int64", "float32"), ("int16", "uint8", "bool"))(comparison)
for name in ("EQUAL", "NOT_EQUAL"):
    operator(name, ("int8", "int32", "int64", "bool", "float32"), ("int16", "uint8"))(comparison)


def logical(c):
    # TFLM's logical operators broadcast up to four dimensions.
    a, b, shape = broadcast_operands(c)
    c.emit([a, b], [c.output(shape, "bool")])


operator("LOGICAL_AND", ("bool",))(logical)
operator("LOGICAL_OR", ("bool",))(logical)


@operator("LOGICAL_NOT", ("bool",), ("int8",))
def logical_not(c):
    x = c.input(c.pick_noted("shape", SHAPES))
    c.emit([x], [c.output(x.shape)])


@operator("SELECT_V2", ("int8", "int16", "float32"), ("int32", "bool"))
def select_v2(c):
    shapes = c.pick_noted(
        "shapes",
        [
            ((2, 3), (2, 3), (2, 3)),
            ((), (4, 5), (4, 5)),
            ((1, 4, 5, 3), (1, 4, 5, 3), ()),
            ((2, 1, 3), (4, 3), (2, 4, 1)),
            ((7,), (7,), (1,)),
            ((1, 3, 4, 1), (2, 1, 4, 5), (1, 1, 1, 5)),
        ],
    )
    quantization = c.quantization()
    condition = c.input(shapes[0], "bool")
    a, b = c.input(shapes[1], quantization=quantization), c.operand(shapes[2], quantization=quantization)
    c.emit([condition, a, b], [c.output(np.broadcast_shapes(*shapes), quantization=quantization)])


# ---- functions of one value -----------------------------------------------------------------------------------------

OTHER_THAN_FLOAT = ("int8", "int16", "uint8")


def positive(c, shape, low=1e-4):
    """Values that a root or a logarithm takes."""

    def draw(rng, flavour):
        if flavour == "edge":
            return rng.choice(np.float32([1, 2, 0.5, 1e-6, 1e6, 3000, 0.1]), shape)
        return np.exp(rng.standard_normal(shape) * (4 if flavour == "full" else 1)) + low

    return draw


def float_function(c, values=None):
    shape = c.pick_noted("shape", SHAPES)
    x = c.input(shape)
    if values:
        c.values[x.index] = values(c, shape)
    c.emit([x], [c.output(shape)])


def small(c, shape):
    """Arguments of exp() and of sines."""
    return lambda rng, flavour: np.clip(rng.standard_normal(shape) * {"full": 6, "near": 1, "edge": 20}[flavour], -40, 40)


def with_halves(c, shape):
    """Whole numbers, halves and what lies between."""
    return lambda rng, flavour: rng.integers(-40, 40, shape) / 2 if flavour == "edge" else rng.standard_normal(shape) * 9


for name, values in {
    "EXP": small,
    "LOG": positive,
    "SQRT": positive,
    "SQUARE": None,
    "SIN": small,
    "COS": small,
    "FLOOR": with_halves,
    "CEIL": with_halves,
    "ROUND": with_halves,
    "NEG": None,
}.items():
    operator(name, ("float32",), OTHER_THAN_FLOAT)(lambda c, values=values: float_function(c, values))


@operator("ABS", ("int8", "int16", "float32"), ("uint8", "int32"))
def absolute(c):
    scale = input_scale(c, 8)
    output = "own"
    if c.dtype in ("int8", "int16"):
        output = c.quantization(scale=scale * np.float32(c.pick([1, 0.5, 1.7, 3, 0.9, 1])))
    unary(c, scale, output)


@operator("RSQRT", ("int8", "int16", "float32"), ("uint8", "int32"))
def rsqrt(c):
    if c.dtype == "float32":
        return float_function(c, positive)
    low, high = limits(c.dtype)
    scale = input_scale(c, 8)
    zero = int(c.pick([low, low, low // 2])) if c.dtype == "int8" else 0
    x = c.input(unary_shape(c), quantization=(scale, zero))
    # The result of one step fills the range, or a good deal more than it.
    result = np.float32(c.pick([1, 0.3, 0.05, 0.01]) / np.sqrt(scale) / high)
    c.values[x.index] = lambda rng, flavour: (
        np.maximum(c.draw(rng, x.shape, c.dtype, zero, flavour), zero)
        if flavour != "full"
        else np.clip(zero + np.abs(rng.integers(0, high - zero + 1, x.shape)), low, high)
    )
    c.emit([x], [c.output(x.shape, quantization=c.quantization(scale=result))])


@operator("ELU", ("int8", "float32"), ("int16", "uint8"))
def elu(c):
    if c.dtype == "float32":
        return float_function(c, small)
    scale = input_scale(c, 6)
    unary(c, scale, c.quantization(scale=scale * np.float32(c.pick([1, 0.6, 1.4, 0.3, 4]))))
