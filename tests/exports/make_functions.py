"""digits_gelu.onnx of PyTorch once more, as its newer exporter writes a model: torch/digits_gelu_nested.onnx and torch/digits_gelu_opset20.onnx.

Usage: make_functions.py; after make_torch.py, in scikit-learn's environment, whose onnx is newer.

The first has a function for each operation, with attributes passed on by name and defaults, called by a function for each module, in domains
of their own. The second has none, and Gelu and LayerNormalization as operators. Both compute what digits_gelu does, so its outputs are theirs.
"""

import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).resolve().parent / "torch"
ATEN, MODULES = "pkg.torchlib", "pkg.network"
FLOAT = TensorProto.FLOAT


def passed_on(node: onnx.NodeProto, **names: tuple[str, int]) -> onnx.NodeProto:
    """The node with attributes that take the calling node's: attribute = (its name there, type)."""
    for name, (outer, kind) in names.items():
        node.attribute.append(onnx.AttributeProto(name=name, ref_attr_name=outer, type=kind))
    return node


def operations(opset: int) -> list[onnx.FunctionProto]:
    versions = [helper.make_opsetid("", opset)]
    addmm = [helper.make_node("MatMul", ["x", "weight"], ["product"]), helper.make_node("Add", ["product", "bias"], ["y"])]
    gelu = [helper.make_node("Constant", [], ["root"], value_float=float(np.sqrt(2))), helper.make_node("Constant", [], ["one"], value_float=1.0),
            helper.make_node("Constant", [], ["half"], value_float=0.5), helper.make_node("Div", ["x", "root"], ["ratio"]),
            helper.make_node("Erf", ["ratio"], ["erf"]), helper.make_node("Add", ["erf", "one"], ["sum"]),
            helper.make_node("Mul", ["half", "sum"], ["share"]), helper.make_node("Mul", ["x", "share"], ["y"])]
    floats, ints = onnx.AttributeProto.FLOAT, onnx.AttributeProto.INT
    norm = [passed_on(helper.make_node("LayerNormalization", ["x", "scale", "bias"], ["y"], axis=-1), epsilon=("eps", floats))]
    flatten = [passed_on(helper.make_node("Flatten", ["x"], ["y"]), axis=("start_dim", ints))]
    make = helper.make_function
    return [make(ATEN, "aten_addmm", ["x", "weight", "bias"], ["y"], addmm, versions), make(ATEN, "aten_gelu", ["x"], ["y"], gelu, versions),
            make(ATEN, "aten_layer_norm", ["x", "scale", "bias"], ["y"], norm, versions, attribute_protos=[helper.make_attribute("eps", 1e-5)]),
            make(ATEN, "aten_flatten", ["x"], ["y"], flatten, versions, attributes=["start_dim"])]


def mixer_block(opset: int) -> onnx.FunctionProto:
    call = lambda name, *inputs: helper.make_node(name, list(inputs[:-1]), [inputs[-1]], domain=ATEN)  # noqa: E731
    nodes = [call("aten_layer_norm", "x", "scale", "shift", "normal"), call("aten_addmm", "normal", "w1", "b1", "wide"),
             call("aten_gelu", "wide", "bent"), call("aten_addmm", "bent", "w2", "b2", "narrow"), helper.make_node("Add", ["x", "narrow"], ["y"])]
    versions = [helper.make_opsetid("", opset), helper.make_opsetid(ATEN, 1)]
    return helper.make_function(MODULES, "MixerBlock", ["x", "scale", "shift", "w1", "b1", "w2", "b2"], ["y"], nodes, versions)


def weights() -> dict[str, np.ndarray]:
    """digits_gelu's numbers, dense weights as [inputs, outputs]."""
    numbers = {t.name: numpy_helper.to_array(t) for t in onnx.load(FOLDER / "digits_gelu.onnx").graph.initializer}
    dense = {"1.weight", "2.wide.weight", "2.narrow.weight", "3.wide.weight", "3.narrow.weight", "5.weight"}
    found = {}
    for name, value in numbers.items():
        if "." in name:
            found[name] = np.ascontiguousarray(value.T) if name in dense else value
    return found


def finish(name: str, nodes: list[onnx.NodeProto], numbers: dict[str, np.ndarray], opset: int, functions: list[onnx.FunctionProto]) -> None:
    graph = helper.make_graph(nodes, "main_graph", [helper.make_tensor_value_info("input", FLOAT, ["batch", 1, 8, 8])],
                              [helper.make_tensor_value_info("output", FLOAT, ["batch", 10])],
                              [numpy_helper.from_array(v, k) for k, v in numbers.items()])
    versions = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(ATEN, 1), helper.make_opsetid(MODULES, 1)] if functions else [])
    model = helper.make_model(graph, opset_imports=versions, functions=functions, ir_version=9)
    onnx.checker.check_model(model)
    path = FOLDER / f"{name}.onnx"
    path.write_bytes(model.SerializeToString(deterministic=True))
    shutil.copyfile(FOLDER / "digits_gelu.npz", path.with_suffix(".npz"))
    expected = np.load(path.with_suffix(".npz"))
    (got,) = onnxruntime.InferenceSession(path).run(None, {"input": expected["rows/x0"]})
    print(f"{name}: {path.stat().st_size} bytes, ONNX Runtime: {np.max(np.abs(got - expected['rows/y0_torch'])) / np.max(np.abs(got)):.1e}")


def nested(numbers: dict[str, np.ndarray]) -> None:
    block = lambda i, x, y: helper.make_node("MixerBlock", [x, *(f"{i}.{part}" for part in (  # noqa: E731
        "norm.weight", "norm.bias", "wide.weight", "wide.bias", "narrow.weight", "narrow.bias"))], [y], domain=MODULES)
    nodes = [helper.make_node("aten_flatten", ["input"], ["flat"], domain=ATEN, start_dim=1),
             helper.make_node("aten_addmm", ["flat", "1.weight", "1.bias"], ["first"], domain=ATEN), block(2, "first", "second"),
             block(3, "second", "third"), helper.make_node("aten_layer_norm", ["third", "4.weight", "4.bias"], ["normal"], domain=ATEN, eps=1e-5),
             helper.make_node("aten_addmm", ["normal", "5.weight", "5.bias"], ["output"], domain=ATEN)]
    finish("digits_gelu_nested", nodes, numbers, 18, [*operations(18), mixer_block(18)])


def operators_of_opset_20(numbers: dict[str, np.ndarray]) -> None:
    node = helper.make_node
    dense = lambda i, x, y: node("Gemm", [x, f"{i}.weight", f"{i}.bias"], [y])  # noqa: E731
    norm = lambda i, x, y: node("LayerNormalization", [x, f"{i}.weight", f"{i}.bias"], [y], axis=-1, epsilon=1e-5, stash_type=1)  # noqa: E731
    nodes = [node("Reshape", ["input", "shape"], ["flat"], allowzero=1), dense(1, "flat", "x1")]
    for i in (2, 3):
        x = f"x{i - 1}"
        nodes += [norm(f"{i}.norm", x, f"n{i}"), dense(f"{i}.wide", f"n{i}", f"w{i}"), node("Gelu", [f"w{i}"], [f"g{i}"], approximate="none"),
                  dense(f"{i}.narrow", f"g{i}", f"d{i}"), node("Add", [x, f"d{i}"], [f"x{i}"])]
    nodes += [norm(4, "x3", "n4"), dense(5, "n4", "output")]
    finish("digits_gelu_opset20", nodes, {**numbers, "shape": np.array([-1, 64])}, 20, [])


if __name__ == "__main__":
    nested(weights())
    operators_of_opset_20(weights())
