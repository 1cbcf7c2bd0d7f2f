"""Exports of PyTorch, Keras, scikit-learn, XGBoost and LightGBM against what those answered: tests/exports.

Usage: run_exports.py MOTE
Labels must be equal, scores within each file's tolerance, networks within 1e-4 of the largest value.
"""

import json
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


def main() -> int:
    if len(sys.argv) != 2:
        usage(__doc__)
    models = sorted(p for p in EXPORTS.rglob("*") if p.suffix in (".onnx", ".tflite"))
    checks = [check(sys.argv[1], model, target) for model in models for target in TARGETS]
    by_name = {model.stem: model for model in models}
    for target, names in MORE_TARGETS.items():
        checks += [check(sys.argv[1], by_name[name], target) for name in names]
    checks.append(Check("digits network in int8 on cortex-m4", lambda: quantized_mlp(sys.argv[1])))
    return run_all(checks)


if __name__ == "__main__":
    sys.exit(main())
