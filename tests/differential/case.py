"""What the case generators are written with: one `Case` builds one model and draws its inputs."""

import hashlib
import json

import numpy as np

from model_builder import ModelBuilder, NUMPY_OF

OPERATORS = {}
ACTIVATIONS = {"NONE": 0, "RELU": 1, "RELU_N1_TO_1": 2, "RELU6": 3, "TANH": 4}
QUANTIZED = ("int8", "uint8", "int16")


def operator(name, types, probes=()):
    """Registers a generator: `types` get cases; `types` and `probes` get a line in the support table.

    A type is the type of the data, with what else varies behind an underscore (`int16_b32`: int32 bias)."""

    def register(function):
        OPERATORS[name] = (function, tuple(types), tuple(probes))
        return function

    return register


def limits(dtype):
    if dtype == "int4":
        return -7, 7
    info = np.iinfo(NUMPY_OF[dtype])
    return info.min, info.max


class Case:
    """One model with its inputs. All choices come from the seed and the case's name, so they do not depend on other cases."""

    def __init__(self, op, kind, index, seed):
        self.op, self.type, self.index, self.seed = op, kind, index, seed
        self.name = f"{op.lower()}_{kind}_{index}"
        self.dtype = kind.split("_")[0]
        self.variant = kind.split("_")[1:]
        self.rng = self._generator(self.name)
        self.model = ModelBuilder(self.name)
        self.sequence_steps = 0
        self.values = {}
        self.note = {}
        self._picks = 0

    def _generator(self, key):
        return np.random.default_rng(
            int.from_bytes(hashlib.sha256(f"{self.seed}:{key}".encode()).digest()[:8], "little")
        )

    # ---- choices ----------------------------------------------------------------------------------------------------

    def pick(self, values):
        """Goes through all the values as the case index grows, in an order of its own for every call."""
        self._picks += 1
        block, position = divmod(self.index, len(values))
        order = self._generator(f"{self.op}:{self.type}:{self._picks}:{block}").permutation(len(values))
        return values[order[position]]

    def pick_noted(self, key, values):
        self.note[key] = self.pick(values)
        return self.note[key]

    def between(self, low, high):
        """A log-uniform float32 in [low, high]."""
        return np.float32(np.exp(self.rng.uniform(np.log(low), np.log(high))))

    def size(self, low=1, high=9):
        return int(self.rng.integers(low, high + 1))

    def channels(self):
        return self.pick([1, 3, 7, 8, 16, 17])

    def activation(self, names=("NONE", "RELU", "RELU6", "RELU_N1_TO_1")):
        return ACTIVATIONS[self.pick_noted("activation", names)]

    def quantization(self, dtype=None, scale=None):
        """(scale, zero point) of a tensor, or (None, 0) where the type carries none. Zero points visit both ends of the range."""
        dtype = dtype or self.dtype
        if dtype not in QUANTIZED:
            return None, 0
        low, high = limits(dtype)
        zero = 0
        if dtype != "int16":
            zero = int(
                self.pick(
                    [low, int(self.rng.integers(low, high)), high, 0, int(self.rng.integers(low // 4, high // 4 + 1))]
                )
            )
        if scale is None:
            spread = [
                self.between(0.004, 0.2),
                self.between(1e-6, 1e-4),
                self.between(0.5, 8),
                np.float32(1 / 128),
                self.between(0.004, 0.2),
            ]
            scale = self.pick(spread) / (256 if dtype == "int16" else 1)
        return np.float32(scale), zero

    # ---- tensors ----------------------------------------------------------------------------------------------------

    def input(self, shape, dtype=None, quantization="own", values=None):
        """A graph input. `values(rng, flavour)` overrides the drawn data."""
        dtype = dtype or self.dtype
        scale, zero = self.quantization(dtype) if quantization == "own" else quantization
        t = self.model.tensor(shape, dtype, scale=scale, zero_point=zero)
        self.model.inputs.append(t)
        if values:
            self.values[t.index] = values
        return t

    def output(self, shape, dtype=None, quantization="own"):
        t = self.middle(shape, dtype, quantization)
        self.model.outputs.append(t)
        return t

    def middle(self, shape, dtype=None, quantization="own"):
        dtype = dtype or self.dtype
        scale, zero = self.quantization(dtype) if quantization == "own" else quantization
        return self.model.tensor(shape, dtype, scale=scale, zero_point=zero)

    def constant(self, data, dtype="int32", scale=None, zero_point=0, axis=0):
        data = np.asarray(data)
        return self.model.tensor(data.shape, dtype, data=data, scale=scale, zero_point=zero_point, axis=axis)

    def operand(self, shape, dtype=None, quantization="own"):
        """A graph input, or now and then a constant of the same kind."""
        if self.rng.random() < 0.7:
            return self.input(shape, dtype, quantization)
        dtype = dtype or self.dtype
        scale, zero = self.quantization(dtype) if quantization == "own" else quantization
        return self.constant(self.draw(self.rng, shape, dtype, zero, "full"), dtype, scale, zero)

    def emit(self, inputs, outputs, name=None, **options):
        self.model.operator(name or self.op, inputs, outputs, **options)

    # ---- data -------------------------------------------------------------------------------------------------------

    FLAVOURS = ("full", "near", "edge")

    @staticmethod
    def draw(rng, shape, dtype, zero_point=0, flavour="full"):
        """full: the whole range of the type; near: around the zero point; edge: the ends of the range and around zero."""
        shape = tuple(shape)
        if dtype == "float32":
            if flavour == "edge":
                ends = np.float32([0, -0.0, 1, -1, 6, -6, 1e-30, 30, -30, 3000, -3000])
                return rng.choice(ends, shape).astype(np.float32)
            return (rng.standard_normal(shape) * (4 if flavour == "full" else 0.5)).astype(np.float32)
        if dtype == "bool":
            return rng.integers(0, 2, shape).astype(np.bool_)
        low, high = limits(dtype)
        if flavour == "full":
            return rng.integers(low, high, shape, endpoint=True).astype(NUMPY_OF[dtype])
        if flavour == "near":
            width = max(2, (high - low) // 24) if dtype in QUANTIZED else 20
            return np.clip(np.rint(zero_point + rng.standard_normal(shape) * width), low, high).astype(NUMPY_OF[dtype])
        ends = np.array([low, high, low + 1, high - 1, zero_point, min(zero_point + 1, high), max(zero_point - 1, low)])
        return rng.choice(ends, shape).astype(NUMPY_OF[dtype])

    def data_sets(self):
        """{flavour: [one array per graph input]}; a sequence has its steps as the first axis."""
        sets = {}
        for flavour in self.FLAVOURS:
            rng = self._generator(f"{self.name}:{flavour}")
            arrays = []
            for t in self.model.inputs:
                shape = ((self.sequence_steps,) if self.sequence_steps else ()) + t.shape
                custom = self.values.get(t.index)
                value = custom(rng, flavour) if custom else self.draw(rng, shape, t.dtype, t.zero_point, flavour)
                arrays.append(np.asarray(value, NUMPY_OF[t.dtype]))
            sets[flavour] = arrays
        return sets

    def meta(self, sha256):
        kind = "seq" if self.sequence_steps else "single"
        note = {k: v if isinstance(v, (int, str)) else str(v) for k, v in self.note.items()}
        return json.dumps(
            {
                "model": self.name + ".tflite",
                "sha256": sha256,
                "kind": kind,
                "op": self.op,
                "type": self.type,
                "note": note,
                "cases": list(self.FLAVOURS),
            }
        )
