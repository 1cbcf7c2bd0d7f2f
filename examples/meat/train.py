"""Trains the regression of fat on the spectrum: from the Tecator spectra to meat.onnx.

The data come inside the `sktime` wheel; nothing of sktime is imported, so its dependencies are not needed.
In a fresh virtual environment (Python 3.11):

    pip install scikit-learn==1.9.1 onnx==1.23.2 numpy==2.4.6
    pip install --no-deps sktime==1.2.0

    python train.py                    # some seconds; writes meat.onnx beside this script
    python train.py --cross-validate   # the comparison that chose CHOSEN; reads only training spectra

The same versions on the same machine give the same bytes.
"""

import argparse
import itertools
import sys
from pathlib import Path

import numpy as np
import onnx
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from meat.spectra import CHANNELS, load  # noqa: E402

CANDIDATES = tuple(itertools.product((3, 4, 6, 8), (1e-3, 1e-2, 1e-1)))  # hidden units, L2 penalty
CHOSEN = (3, 1e-3)  # the lowest error in cross-validation, and the smallest


def standard_normal_variate(spectra: np.ndarray) -> np.ndarray:
    """Each spectrum less its own mean, by its own deviation: how much light the grain of the meat scatters no longer matters. The pipeline's first step does the same."""
    return (spectra - spectra.mean(axis=1, keepdims=True)) / spectra.std(axis=1, keepdims=True)


def network(units: int, penalty: float) -> TransformedTargetRegressor:
    perceptron = MLPRegressor(hidden_layer_sizes=(units,), activation="tanh", solver="lbfgs", alpha=penalty, max_iter=5000, random_state=1)
    return TransformedTargetRegressor(make_pipeline(StandardScaler(), perceptron), transformer=StandardScaler())


def root_mean_square(error: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(error))))


def cross_validate(x: np.ndarray, y: np.ndarray) -> None:
    folds = KFold(10, shuffle=True, random_state=0)
    ridge = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-8, 2, 41)))
    print(f"ridge regression: RMSE {root_mean_square(cross_val_predict(ridge, x, y, cv=folds) - y):.2f} % fat")
    for units, penalty in CANDIDATES:
        error = root_mean_square(cross_val_predict(network(units, penalty), x, y, cv=folds) - y)
        print(f"{units} hidden units, penalty {penalty}: RMSE {error:.2f} % fat", flush=True)


def to_onnx(model: TransformedTargetRegressor) -> onnx.ModelProto:
    """Both scalings are folded into the layers beside them."""
    scaler, perceptron = model.regressor_.named_steps["standardscaler"], model.regressor_.named_steps["mlpregressor"]
    (w1, w2), (b1, b2) = perceptron.coefs_, perceptron.intercepts_
    w1, b1 = w1 / scaler.scale_[:, None], b1 - (scaler.mean_ / scaler.scale_) @ w1
    spread, centre = model.transformer_.scale_, model.transformer_.mean_
    w2, b2 = w2 * spread, b2 * spread + centre
    helper, float32 = onnx.helper, onnx.TensorProto.FLOAT
    constants = [onnx.numpy_helper.from_array(np.asarray(a, np.float32), name) for name, a in (("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2))]
    nodes = [helper.make_node("Gemm", ["spectrum", "w1", "b1"], ["sums"], "hidden"), helper.make_node("Tanh", ["sums"], ["units"], "tanh"),
             helper.make_node("Gemm", ["units", "w2", "b2"], ["fat"], "output")]
    graph = helper.make_graph(nodes, "meat", [helper.make_tensor_value_info("spectrum", float32, [1, CHANNELS])],
                              [helper.make_tensor_value_info("fat", float32, [1, 1])], constants)
    result = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="examples/meat/train.py")
    onnx.checker.check_model(result)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cross-validate", action="store_true", help="compare CANDIDATES on the training spectra")
    arguments = parser.parse_args()
    x, y = load("train")
    x = standard_normal_variate(x.astype(np.float64))
    if arguments.cross_validate:
        cross_validate(x, y)
        return
    model = network(*CHOSEN).fit(x, y)
    onnx.save(to_onnx(model), HERE / "meat.onnx")
    test_x, test_y = load("test")
    test_error = root_mean_square(model.predict(standard_normal_variate(test_x.astype(np.float64))) - test_y)
    print(f"RMSE: {root_mean_square(model.predict(x) - y):.2f} % fat on 172 training spectra, {test_error:.2f} on 43 test spectra; meat.onnx: {(HERE / 'meat.onnx').stat().st_size} bytes")


if __name__ == "__main__":
    main()
