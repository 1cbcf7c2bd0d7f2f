"""Small .tflite models, tensor by tensor, through the classes that flatc makes of compiler/schema/tflite.fbs."""

import importlib
import pathlib
import subprocess
import sys
from dataclasses import dataclass

import flatbuffers
import numpy as np
from flatbuffers import flexbuffers

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "compiler" / "schema" / "tflite.fbs"

NUMPY_OF = {
    "float32": np.float32,
    "int8": np.int8,
    "uint8": np.uint8,
    "int16": np.int16,
    "int32": np.int32,
    "int64": np.int64,
    "bool": np.bool_,
    "int4": np.int8,
    "uint32": np.uint32,
    "uint64": np.uint64,
}

# Operators whose options table is not simply the operator's name in camel case.
OPTIONS_OF = {
    "AVERAGE_POOL_2D": "Pool2DOptions",
    "MAX_POOL_2D": "Pool2DOptions",
    "CONV_2D": "Conv2DOptions",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions",
    "MEAN": "ReducerOptions",
    "MAXIMUM": "MaximumMinimumOptions",
    "MINIMUM": "MaximumMinimumOptions",
    "PADV2": "PadV2Options",
    "SUM": "ReducerOptions",
    "REDUCE_MAX": "ReducerOptions",
    "REDUCE_MIN": "ReducerOptions",
    "REDUCE_PROD": "ReducerOptions",
    "L2_NORMALIZATION": "L2NormOptions",
    "BATCH_MATMUL": "BatchMatMulOptions",
    "SPACE_TO_BATCH_ND": "SpaceToBatchNDOptions",
    "BATCH_TO_SPACE_ND": "BatchToSpaceNDOptions",
    "SVDF": "SVDFOptions",
    "UNIDIRECTIONAL_SEQUENCE_LSTM": "UnidirectionalSequenceLSTMOptions",
}
NO_OPTIONS = {"LOGISTIC", "TANH", "RELU", "RELU6", "LOG", "SQRT", "RSQRT", "SIN", "FLOOR", "CEIL", "ROUND", "ELU", "PRELU", "EMBEDDING_LOOKUP"}


def generate_schema(folder):
    """Writes the Python of the schema into `folder` (as package `tflite`)."""
    subprocess.run(["flatc", "--python", "--gen-object-api", "-o", str(folder), str(SCHEMA)], check=True)


def load_schema(folder):
    sys.path.insert(0, str(folder))


def _schema(name):
    return importlib.import_module("tflite." + name)


def _object(table):
    return getattr(_schema(table), table + "T")()


def _enum(enum, value):
    return getattr(getattr(_schema(enum), enum), value)


def _camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def pack_int4(values):
    """Two values a byte, the first in the low half; an odd last byte is filled with zero."""
    flat = np.asarray(values, np.int8).ravel()
    flat = np.concatenate([flat, np.zeros(flat.size % 2, np.int8)]).astype(np.uint8) & 15
    return flat[0::2] | (flat[1::2] << 4)


@dataclass(frozen=True)
class Tensor:
    """A tensor of the model being built. `scale` is a float, an array (one per index of `axis`) or None."""

    index: int
    shape: tuple
    dtype: str
    scale: object = None
    zero_point: int = 0


class ModelBuilder:
    """Collects tensors and operators of one subgraph; `build()` gives the bytes of the file."""

    def __init__(self, description):
        self.description = description
        self.tensors, self.buffers, self.codes, self.operators = [], [_object("Buffer")], [], []
        self.inputs, self.outputs = [], []
        self.variables = []  # name, first value, type, scale and zero point

    def tensor(self, shape, dtype, data=None, scale=None, zero_point=0, axis=0, variable=False):
        t = _object("Tensor")
        t.shape, t.type, t.hasRank = [int(d) for d in shape], _enum("TensorType", dtype.upper()), True
        t.name, t.isVariable, t.buffer = f"t{len(self.tensors)}", variable, 0
        if scale is not None:
            q = _object("QuantizationParameters")
            scales = np.atleast_1d(np.asarray(scale, np.float32))
            q.scale, q.zeroPoint = [float(s) for s in scales], [int(zero_point)] * scales.size
            q.quantizedDimension = axis
            t.quantization = q
        if data is not None:
            b = _object("Buffer")
            packed = pack_int4(data) if dtype == "int4" else np.ascontiguousarray(data, NUMPY_OF[dtype])
            b.data = np.frombuffer(packed.tobytes(), np.uint8)
            t.buffer = len(self.buffers)
            self.buffers.append(b)
        self.tensors.append(t)
        return Tensor(len(self.tensors) - 1, tuple(int(d) for d in shape), dtype, scale, int(zero_point))

    def operator(self, name, inputs, outputs, version=1, custom=None, **options):
        """Appends an operator. An input of None is an absent optional one; options carry the names of the schema. `custom`: its name
        in the file when it is no builtin; its options are numbers by name."""
        code = _object("OperatorCode")
        code.builtinCode = _enum("BuiltinOperator", "CUSTOM" if custom else name)
        code.customCode = custom
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = version
        op = _object("Operator")
        op.opcodeIndex = len(self.codes)
        op.inputs = [-1 if t is None else t.index for t in inputs]
        op.outputs = [t.index for t in outputs]
        if custom:
            op.customOptions = np.frombuffer(bytes(flexbuffers.Dumps(options)), np.uint8) if options else None
        elif name not in NO_OPTIONS:
            table = OPTIONS_OF.get(name) or "".join(w.capitalize() for w in name.split("_")) + "Options"
            op.builtinOptionsType = _enum("BuiltinOptions", table)
            op.builtinOptions = _object(table)
            for key, value in options.items():
                assert hasattr(op.builtinOptions, _camel(key)), (table, key)
                setattr(op.builtinOptions, _camel(key), value)
        self.codes.append(code)
        self.operators.append(op)

    def variable(self, name, first, dtype, scale=None, zero_point=0):
        """The handle of a variable that holds `first` before the first run."""
        if not self.variables:
            self.operator("CALL_ONCE", [], [], init_subgraph_index=1)
        self.variables.append((name, np.asarray(first), dtype, scale, zero_point))
        handle = self.tensor((), "resource")
        self.operator("VAR_HANDLE", [], [handle], container="", shared_name=name)
        return handle

    def _initialization(self):
        """The subgraph that assigns the variables' first values."""
        inner = ModelBuilder("initialization")
        inner.buffers, inner.codes = self.buffers, self.codes
        for name, first, dtype, scale, zero_point in self.variables:
            handle = inner.tensor((), "resource")
            inner.operator("VAR_HANDLE", [], [handle], container="", shared_name=name)
            value = inner.tensor(first.shape, dtype, data=first, scale=scale, zero_point=zero_point)
            inner.operator("ASSIGN_VARIABLE", [handle, value], [])
        graph = _object("SubGraph")
        graph.tensors, graph.operators, graph.name, graph.inputs, graph.outputs = inner.tensors, inner.operators, "initialization", [], []
        return graph

    def build(self):
        graph = _object("SubGraph")
        graph.tensors, graph.operators, graph.name = self.tensors, self.operators, "main"
        graph.inputs = [t.index for t in self.inputs]
        graph.outputs = [t.index for t in self.outputs]
        model = _object("Model")
        model.version, model.description = 3, self.description
        subgraphs = [graph, self._initialization()] if self.variables else [graph]
        model.operatorCodes, model.subgraphs, model.buffers = self.codes, subgraphs, self.buffers
        builder = flatbuffers.Builder(4096)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())
