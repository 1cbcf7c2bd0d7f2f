"""Writes a fitted scikit-learn model or pipeline as ONNX, with what it answers on every row: labels as class indices, then scores."""

from pathlib import Path

import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from golden import compact, write_golden

TOLERANCE = 1e-5  # of scores, over max(1, |expected|); twice ONNX Runtime's own difference where that is more
OPSET = {"": 17, "ai.onnx.ml": 3}


def last_step(model):
    return model[-1] if isinstance(model, Pipeline) else model


def expected(model, x: np.ndarray, scores: str | None) -> list[np.ndarray]:
    """What the exported graph's outputs must be: the label (an index into classes_) or the prediction, then `scores` of the model."""
    y = model.predict(x)
    if hasattr(model, "classes_"):
        y = np.searchsorted(model.classes_, y)
    first = y.astype(np.int64) if np.issubdtype(y.dtype, np.integer) else y.astype(np.float32).reshape(len(x), -1)
    if scores is None:
        return [first]
    second = getattr(model, scores)(x)
    if second.ndim == 1 and len(getattr(model, "classes_", ())) == 2:
        # ONNX has a column for each of two classes. For SVC, ONNX Runtime gives scikit-learn's value to the first of them.
        first_column = 1 if isinstance(last_step(model), SVC) else -1
        second = np.stack([first_column * second, -first_column * second], axis=1)
    return [first, second.astype(np.float32).reshape(len(x), -1)]


def difference(model, path: Path, x: np.ndarray, outputs: list[np.ndarray]) -> tuple[int, float]:
    """How ONNX Runtime's outputs differ: labels that are not equal, and the largest error over max(1, |expected|)."""
    session = onnxruntime.InferenceSession(path)
    results = session.run(None, {session.get_inputs()[0].name: x})
    labels, largest = 0, 0.0
    for got, wanted in zip(results, outputs):
        if isinstance(got, list):
            got = np.array([[row[key] for key in sorted(row)] for row in got])
        got = np.asarray(got)
        if wanted.dtype == np.int64:
            got = np.searchsorted(model.classes_, got) if hasattr(model, "classes_") else got
            labels += int(np.sum(got.reshape(-1) != wanted))
        elif got.size == wanted.size:
            largest = max(largest, float(np.max(np.abs(got.reshape(wanted.shape) - wanted) / np.maximum(1, np.abs(wanted)))))
        else:
            largest = float("nan")
    return labels, largest


def save(folder: Path, name: str, model, x: np.ndarray, scores: str | None = None, *, column: str = "sklearn",
         y: np.ndarray | None = None, options: dict | None = None, onnx_model=None, outputs: list[np.ndarray] | None = None) -> None:
    """Writes NAME.onnx and NAME.npz and prints how well ONNX Runtime agrees. `y`: what the rows are, for the printed accuracy."""
    onnx_model = onnx_model or to_onnx(model, x[:1].astype(np.float32), target_opset=OPSET,
                                       options={id(model): options} if options else None)
    path = folder / f"{name}.onnx"
    path.write_bytes(onnx_model.SerializeToString(deterministic=True))
    outputs = outputs or expected(model, x, scores)
    labels, largest = difference(model, path, x.astype(np.float32), outputs)
    score = "" if y is None else f"score {model.score(x, y):.3f}"
    operators = sorted({node.op_type for node in onnx_model.graph.node})
    tolerance = max(TOLERANCE, float(f"{2 * largest:.1e}"))
    write_golden(folder / f"{name}.npz", [compact(x)], {column: outputs}, model=name, scores=scores or "", tolerance=tolerance)
    print(f"{name:34} {path.stat().st_size:6} + {path.with_suffix('.npz').stat().st_size:6} bytes, {len(x)} rows {score:12} "
          f"ONNX Runtime: {labels} labels, {largest:.1e}  {' '.join(operators)}", flush=True)
