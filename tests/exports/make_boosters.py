"""XGBoost's and LightGBM's models as ONNX with their expected outputs: boosters/*.onnx and *.npz.

Usage: make_boosters.py; see make_all.sh for the environment.
"""

import warnings
from pathlib import Path

import lightgbm
import numpy as np
import onnxmltools
import xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn import datasets

from classical import save
from data_sets import digits, motion_features, motions

FOLDER = Path(__file__).resolve().parent / "boosters"
XGB = {"n_estimators": 15, "max_depth": 3, "n_jobs": 1, "random_state": 0}
LGBM = {"n_estimators": 15, "num_leaves": 8, "n_jobs": 1, "random_state": 0, "verbose": -1, "deterministic": True}


def table(load) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of up to 13 features. Trained on all rows, and all rows are what is checked."""
    x, y = load(return_X_y=True)
    x = x[:, :13]
    return x.astype(np.float32), y, x.astype(np.float32), y


def activities() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    (x, y), (x_test, y_test) = motions("TRAIN"), motions("TEST")
    return motion_features(x), y, motion_features(x_test), y_test


def export(name: str, model, data: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> None:
    x, y, x_test, y_test = data
    model.fit(x, y)
    types = [("input", FloatTensorType([None, x.shape[1]]))]
    if isinstance(model, lightgbm.LGBMModel):
        zipmap = {"zipmap": False} if name.startswith("digits") else {}
        onnx_model, column = onnxmltools.convert_lightgbm(model, initial_types=types, target_opset=15, **zipmap), "lightgbm"
    else:
        onnx_model, column = onnxmltools.convert_xgboost(model, initial_types=types, target_opset=15), "xgboost"
    scores = "predict_proba" if hasattr(model, "classes_") else None
    save(FOLDER, name, model, x_test, scores, column=column, y=y_test, onnx_model=onnx_model)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    FOLDER.mkdir(exist_ok=True)
    export("breast_xgboost", xgboost.XGBClassifier(**XGB), table(datasets.load_breast_cancer))
    export("wine_xgboost", xgboost.XGBClassifier(**XGB), table(datasets.load_wine))
    export("digits_xgboost", xgboost.XGBClassifier(**XGB | {"n_estimators": 6}), digits())
    export("diabetes_xgboost", xgboost.XGBRegressor(**XGB | {"n_estimators": 30}), table(datasets.load_diabetes))
    export("motions_xgboost", xgboost.XGBClassifier(**XGB | {"n_estimators": 8}), activities())
    export("breast_lightgbm", lightgbm.LGBMClassifier(**LGBM), table(datasets.load_breast_cancer))
    export("wine_lightgbm", lightgbm.LGBMClassifier(**LGBM), table(datasets.load_wine))
    export("digits_lightgbm", lightgbm.LGBMClassifier(**LGBM | {"n_estimators": 6}), digits())
    export("diabetes_lightgbm", lightgbm.LGBMRegressor(**LGBM | {"n_estimators": 30}), table(datasets.load_diabetes))
    export("motions_lightgbm", lightgbm.LGBMClassifier(**LGBM | {"min_child_samples": 5}), activities())
