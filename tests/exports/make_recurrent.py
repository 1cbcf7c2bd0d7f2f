"""Random LSTM, GRU and RNN layers as ONNX with what ONNX Runtime answers: recurrent/*.onnx and *.npz.

Usage: make_recurrent.py [OUT_DIR [COUNT]]   (with onnx and onnxruntime; by default the kept ones, into recurrent/)
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

from golden import write_golden

ROWS = 3
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
USUAL = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}
OTHER = ["Relu", "HardSigmoid", "Tanh", "Sigmoid"]


def layer(op: str, index: int):
    """A model of one layer, and inputs for ROWS inferences. Options go round as the index grows."""
    random = np.random.default_rng([index, len(op), ord(op[0])])
    direction = ["forward", "bidirectional", "reverse", "forward"][index % 4]
    directions = 2 if direction == "bidirectional" else 1
    layout = int(index % 5 == 3)
    time, batch, width, units = (int(random.integers(1, high)) for high in (7, 4, 9, 10))
    gates = GATES[op]

    def weights(*shape):
        return (random.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)

    tensors = {"W": weights(directions, gates * units, width), "R": weights(directions, gates * units, units)}
    names = ["x", "W", "R", "", "", "", ""]
    if index % 3 != 2:
        tensors["B"] = random.standard_normal((directions, 2 * gates * units)).astype(np.float32)
        names[3] = "B"
    if index % 7 == 4:
        tensors["lengths"] = np.full(batch, time, np.int32)
        names[4] = "lengths"
    state = [batch, directions, units] if layout else [directions, batch, units]
    inputs = {"x": [batch, time, width] if layout else [time, batch, width]}
    states = ["initial_h", "initial_c"][: 2 if op == "LSTM" else 1]
    for i, name in enumerate(states):
        kind = (index + i) % 4  # none, an input, a constant, zeros
        if kind == 1:
            inputs[name] = state
        elif kind > 1:
            tensors[name] = random.standard_normal(state).astype(np.float32) * (kind == 2)
        names[5 + i] = name if kind else ""
    options = {"direction": direction, "hidden_size": units, "layout": layout}
    if index % 6 == 5:
        options["clip"] = 0.6
    if op == "GRU":
        options["linear_before_reset"] = index % 2
    if index % 4 == 3:
        options["activations"] = [OTHER[int(random.integers(len(OTHER)))] for _ in USUAL[op] * directions]
        hard = options["activations"].count("HardSigmoid")
        if hard and index % 8 == 3:
            options |= {"activation_alpha": [0.3] * hard, "activation_beta": [0.4] * hard}
    all_outputs = ["Y", "Y_h", "Y_c"][: 1 + len(states)]
    wanted = [all_outputs, ["Y"], ["Y_h"], all_outputs[-1:], ["Y", "Y_h"]][index % 5]
    shapes = {"Y": [batch, time, directions, units] if layout else [time, directions, batch, units], "Y_h": state, "Y_c": state}
    while names[-1] == "":
        names.pop()
    node = helper.make_node(op, names, [name if name in wanted else "" for name in all_outputs], name="layer", **options)
    graph = helper.make_graph(
        [node],
        f"{op.lower()}_{index}",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shapes[name]) for name in wanted],
        [onnx.numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    opset = [14, 22][index % 2] if layout else [7, 11, 14, 22][index % 4]
    if opset < 14:
        for attribute in [a for a in node.attribute if a.name == "layout"]:
            graph.node[0].attribute.remove(attribute)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(model)
    return model, [random.standard_normal((ROWS, *shape)).astype(np.float32) for shape in inputs.values()]


def time_major(model):
    """The same with layout 0, the only one that ONNX Runtime has: batch and time, or batch and direction, of every input and state change places."""
    twin = onnx.ModelProto()
    twin.CopyFrom(model)
    node = twin.graph.node[0]
    for attribute in [a for a in node.attribute if a.name == "layout"]:
        node.attribute.remove(attribute)
    for value in list(twin.graph.input) + list(twin.graph.output):
        dims = value.type.tensor_type.shape.dim
        order = (1, 2, 0, 3) if len(dims) == 4 else (1, 0, 2)
        extents = [dims[axis].dim_value for axis in order]
        for dim, extent in zip(dims, extents):
            dim.dim_value = extent
    for tensor in twin.graph.initializer:
        if tensor.name.startswith("initial"):
            tensor.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor).swapaxes(0, 1), tensor.name))
    return twin


def write(folder: Path, op: str, index: int) -> None:
    model, inputs = layer(op, index)
    batch_major = any(a.name == "layout" and a.i for a in model.graph.node[0].attribute)
    runnable = time_major(model) if batch_major else model
    session = onnxruntime.InferenceSession(runnable.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [i.name for i in session.get_inputs()]
    rows = [session.run(None, {n: x.swapaxes(0, 1) if batch_major else x for n, x in zip(names, row)}) for row in zip(*inputs)]
    if batch_major:
        rows = [[y.transpose(2, 0, 1, 3) if y.ndim == 4 else y.swapaxes(0, 1) for y in row] for row in rows]
    path = folder / f"{op.lower()}_{index}"
    onnx.save(model, path.with_suffix(".onnx"))
    write_golden(path.with_suffix(".npz"), inputs, {"ort": [np.stack(values) for values in zip(*rows)]}, model=path.name + ".onnx")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "recurrent"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    folder.mkdir(exist_ok=True)
    for op in GATES:
        for index in range(count):
            write(folder, op, index)


if __name__ == "__main__":
    main()
