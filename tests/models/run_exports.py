"""Exports of PyTorch, Keras, scikit-learn, XGBoost and LightGBM against what those answered: tests/exports.

Usage: run_exports.py MOTE
Labels must be equal, scores within each file's tolerance, networks within 1e-4 of the largest value.
"""

import ast
import json
import math
import struct
import sys
import tempfile
import zipfile
from pathlib import Path

from checks import Check, call, call_json, run_all, usage, verify

EXPORTS = Path(__file__).resolve().parents[1] / "exports"
TARGETS = ("reference", "host", "cortex-m4")
# A few of every kind on other cores.
MORE_TARGETS = {
    "cortex-m0plus": ("wine_tree", "iris_svc_linear", "digits_separable", "motions_gru"),
    "cortex-m55": ("digits_random_forest", "wine_svc_rbf", "digits_cnn", "motions_lstm", "digits_transformer"),
    "rv32imc": ("breast_gradient_boosting", "iris_gmm_diagonal", "digits_gelu", "motions_conv1d"),
}


def member(golden: Path, name: str) -> bytes:
    with zipfile.ZipFile(golden) as archive:
        return archive.read(name)


def meta_of(golden: Path) -> dict:
    """The JSON text of the array "meta", a NumPy string: UTF-32 behind a header whose length stands in bytes 8 and 9."""
    raw = member(golden, "meta.npy")
    (header,) = struct.unpack_from("<H", raw, 8)
    return json.loads(raw[10 + header :].decode("utf-32-le").rstrip("\0"))


def column_of(golden: Path) -> str:
    with zipfile.ZipFile(golden) as archive:
        return next(name for name in archive.namelist() if "/y0_" in name).split("/y0_")[1].removesuffix(".npy")


def check(mote: str, model: Path, target: str) -> Check:
    golden = model.with_suffix(".npz")
    tolerance = meta_of(golden).get("tolerance")
    options = () if tolerance is None else ("--tolerance", str(tolerance))
    name = f"{model.relative_to(EXPORTS)} on {target}"
    return Check(name, lambda: verify(mote, str(model), str(golden), target, column_of(golden), options))


# emlearn's float network of 64-32-10 takes 16,885 instructions on digits; in int8 it may take a third, and lose half a point.
MLP, MLP_INSTRUCTIONS, MLP_LOST = "sklearn/digits_mlp.onnx", 16885 // 3, 0.005


def as_floats(npy: bytes) -> bytes:
    """An array of uint8 as one of float32: integers would be taken for stored values of the quantized input."""
    (header,) = struct.unpack_from("<H", npy, 8)
    text, values = npy[10 : 10 + header], npy[10 + header :]
    return npy[:8] + struct.pack("<H", header) + text.replace(b"'|u1'", b"'<f4'") + struct.pack(f"<{len(values)}f", *values)


def quantized_mlp(mote: str) -> str:
    """The network in int8, learned from its test rows without labels: decisions and instructions on the emulated board."""
    model = EXPORTS / MLP
    golden = model.with_suffix(".npz")
    with tempfile.TemporaryDirectory() as directory:
        data, quantized = Path(directory) / "data.npz", Path(directory) / "mlp.tflite"
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("x.npy", as_floats(member(golden, "rows/x0.npy")))
            archive.writestr("y.npy", member(golden, f"rows/y0_{column_of(golden)}.npy"))
        made = call([mote, "quantize", str(model), "--data", str(data), "-o", str(quantized)])
        if made.returncode != 0:
            return made.stderr
        same, problem = call_json([mote, "evaluate", str(quantized), "--data", str(data), "-t", "cortex-m4", "--json"])
        cost, more = call_json([mote, "run", str(quantized), "-i", str(data), "-t", "cortex-m4", "--json"])
    if same is None or cost is None:
        return problem or more
    if same["accuracy"] < 1 - MLP_LOST or cost["instructions"] > MLP_INSTRUCTIONS:
        return f"{same['accuracy']:.3f} of the decisions are the float network's, {cost['instructions']} instructions"
    return ""


# LSTM layers in float whose int8 form decides as they do.
LSTMS = ("torch/motions_lstm.onnx",)


def floats_of(npy: bytes) -> tuple[list[int], list[float]]:
    """Shape and values of an array of float32."""
    (header,) = struct.unpack_from("<H", npy, 8)
    shape = ast.literal_eval(npy[10 : 10 + header].decode())["shape"]
    return list(shape), list(struct.unpack_from(f"<{math.prod(shape)}f", npy, 10 + header))


def npy_of(values: list[int]) -> bytes:
    header = f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({len(values)},)}}"
    header = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(values)}q", *values)


def quantized_lstm(mote: str, model: Path) -> str:
    """The layer in int8, learned from its test rows without labels: all decisions on this machine and on the emulated board."""
    golden = model.with_suffix(".npz")
    (rows, classes), scores = floats_of(member(golden, f"rows/y0_{column_of(golden)}.npy"))
    said = [max(range(classes), key=lambda c: scores[r * classes + c]) for r in range(rows)]
    with tempfile.TemporaryDirectory() as directory:
        data, quantized = Path(directory) / "data.npz", Path(directory) / "lstm.tflite"
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("x.npy", member(golden, "rows/x0.npy"))
            archive.writestr("y.npy", npy_of(said))
            archive.writestr("case.npy", npy_of(list(range(rows))))  # state ends with each row
        made, problem = call_json([mote, "quantize", str(model), "--data", str(data), "-o", str(quantized), "--json"])
        if made is None or made["float"]["accuracy"] != 1:
            return problem or f"the float model's own accuracy is {made['float']['accuracy']}"
        listed = call([mote, "inspect", str(quantized)]).stdout
        if not any(" int8 " in line and "unidirectional_sequence_lstm" in line for line in listed.splitlines()):
            return f"the layer is not int8:\n{listed}"
        for target in ("host", "cortex-m4"):
            same, problem = call_json([mote, "evaluate", str(quantized), "--data", str(data), "-t", target, "--json"])
            if same is None or same["accuracy"] != 1:
                return problem or f"{same['accuracy']:.3f} of the decisions on {target} are the float network's"
    return ""


def main() -> int:
    if len(sys.argv) != 2:
        usage(__doc__)
    models = sorted(p for p in EXPORTS.rglob("*") if p.suffix in (".onnx", ".tflite"))
    checks = [check(sys.argv[1], model, target) for model in models for target in TARGETS]
    by_name = {model.stem: model for model in models}
    for target, names in MORE_TARGETS.items():
        checks += [check(sys.argv[1], by_name[name], target) for name in names]
    checks.append(Check("digits network in int8 on cortex-m4", lambda: quantized_mlp(sys.argv[1])))
    checks += [Check(f"{name} in int8", lambda n=name: quantized_lstm(sys.argv[1], EXPORTS / n)) for name in LSTMS]
    return run_all(checks)


if __name__ == "__main__":
    sys.exit(main())
