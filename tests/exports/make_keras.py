"""Keras's networks as .tflite (float and int8) and, through tf2onnx, as ONNX, with their expected outputs: keras/* and fashion_keras.tflite.

Usage: make_keras.py [NAME...]; see make_all.sh for the environment. Float outputs are Keras's own; int8 ones TensorFlow Lite Micro's.
With TF_USE_LEGACY_KERAS=1 the recurrent networks, by Keras 2 (tf_keras): Keras 3 writes their layers as loops, in either format.
"""

import os
import sys
from pathlib import Path
from typing import Callable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # its kernels round differently from one CPU to the next

import numpy as np
import tensorflow as tf

from data_sets import digits, fashion, motions
from golden import compact, write_golden

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "keras"
layers = tf.keras.layers
LEGACY = os.environ.get("TF_USE_LEGACY_KERAS") == "1"


def digits_cnn() -> list:
    """Batch normalization, a dilated and a depthwise convolution, a mean and two dense layers."""
    return [layers.Input((8, 8, 1)), layers.Conv2D(12, 3, padding="same", use_bias=False), layers.BatchNormalization(), layers.ReLU(),
            layers.Conv2D(12, 3, padding="same", dilation_rate=2, activation="relu"), layers.DepthwiseConv2D(3, strides=2, padding="same"),
            layers.BatchNormalization(), layers.ReLU(6.0), layers.Conv2D(24, 1, activation="relu"), layers.GlobalAveragePooling2D(),
            layers.Dense(16, activation="relu"), layers.Dense(10, activation="softmax")]


def motions_conv1d() -> list:
    return [layers.Input((100, 6)), layers.Conv1D(12, 5, strides=2, activation="relu"), layers.MaxPooling1D(2), layers.BatchNormalization(),
            layers.SeparableConv1D(16, 3, padding="same", activation="elu"), layers.GlobalMaxPooling1D(), layers.Dense(4, activation="softmax")]


def motions_lstm() -> list:
    return [layers.Input((100, 6)), layers.LSTM(12), layers.Dense(4, activation="softmax")]


def motions_gru() -> list:
    return [layers.Input((100, 6)), layers.GRU(12), layers.Dense(4, activation="softmax")]


def fashion_cnn() -> list:
    return [layers.Input((28, 28, 1)), layers.Conv2D(12, 3, activation="relu"), layers.MaxPooling2D(2), layers.Conv2D(24, 3, activation="relu"),
            layers.MaxPooling2D(2), layers.Conv2D(32, 3, activation="relu"), layers.Flatten(), layers.Dense(10, activation="softmax")]


def train(build: Callable[[], list], x: np.ndarray, y: np.ndarray, epochs: int, rate: float = 3e-3, batch: int = 32) -> tf.keras.Model:
    tf.keras.utils.set_random_seed(0)
    model = tf.keras.Sequential(build())
    steps = epochs * -(-len(x) // batch)
    model.compile(tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(rate, steps)), "sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0)
    return model


def for_one_row(model: tf.keras.Model, build: Callable[[], list]) -> tf.keras.Model:
    first, *rest = build()
    fixed = tf.keras.Sequential([layers.Input(first.shape[1:], batch_size=1), *rest])
    fixed.set_weights(model.get_weights())
    return fixed


def to_tflite(model: tf.keras.Model, calibration: np.ndarray | None) -> bytes:
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if calibration is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([row[None]] for row in calibration)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def run_int8(model: bytes, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The quantized rows, and what TensorFlow Lite Micro makes of them."""
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(model)
    details = interpreter.get_input_details(0)["quantization_parameters"]
    q = np.clip(np.round(rows / details["scales"][0]) + details["zero_points"][0], -128, 127).astype(np.int8)
    outputs = []
    for row in q:
        interpreter.reset()
        interpreter.set_input(row[None], 0)
        interpreter.invoke()
        outputs.append(interpreter.get_output(0)[0])
    return q, np.stack(outputs)


def save(path: Path, model: bytes, x: np.ndarray, column: str, y: np.ndarray, labels: np.ndarray) -> None:
    path.write_bytes(model)
    write_golden(path.with_suffix(".npz"), [compact(x) if x.dtype == np.float32 else x], {column: [y]}, model=path.stem)
    print(f"{path.stem:24} {path.stat().st_size:6} + {path.with_suffix('.npz').stat().st_size:6} bytes, {len(x)} rows, "
          f"accuracy on them {np.mean(y.argmax(1) == labels):.3f}", flush=True)


def export(folder: Path, name: str, build: Callable[[], list], data: tuple, epochs: int, forms: str, every: int, batch: int = 32) -> None:
    """`forms`: any of "tflite", "int8" and "onnx"."""
    x, y, x_test, y_test = data
    model = for_one_row(train(build, x, y, epochs, batch=batch), build)
    rows, labels = x_test[::every], y_test[::every]
    wanted = np.concatenate([model(row[None]).numpy() for row in rows])
    hits = np.mean(np.concatenate([model(row[None]).numpy() for row in x_test[:1000]]).argmax(1) == y_test[:1000])
    print(f"{name}: accuracy {hits:.3f}")
    if "tflite" in forms:
        save(folder / f"{name}.tflite", to_tflite(model, None), rows, "keras", wanted, labels)
    if "int8" in forms:
        quantized = to_tflite(model, x[:100])
        save(folder / f"{name}_int8.tflite", quantized, *_columns(run_int8(quantized, rows)), labels)
    if "onnx" in forms:
        import tf2onnx

        signature = [tf.TensorSpec((1, *x.shape[1:]), tf.float32, name="window")]
        if LEGACY:
            proto, _ = tf2onnx.convert.from_keras(model, input_signature=signature, opset=17)
        else:
            proto, _ = tf2onnx.convert.from_function(tf.function(lambda window: model(window)), input_signature=signature, opset=17)
        save(folder / f"{name}.onnx", proto.SerializeToString(deterministic=True), rows, "keras", wanted, labels)


def _columns(pair: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, str, np.ndarray]:
    return pair[0], "tflm", pair[1]


def digits_rows() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    x, y, x_test, y_test = digits()
    return x.reshape(-1, 8, 8, 1) / 16, y, x_test.reshape(-1, 8, 8, 1) / 16, y_test


def windows() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    (x, y), (x_test, y_test) = motions("TRAIN"), motions("TEST")
    return x.transpose(0, 2, 1) / np.float32(10), y, x_test.transpose(0, 2, 1) / np.float32(10), y_test


def garments() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    (x, y), (x_test, y_test) = fashion("train"), fashion("t10k")
    as_rows = lambda images: images[..., None] / np.float32(255)  # noqa: E731
    return as_rows(x[:12000]), y[:12000], as_rows(x_test[:1000]), y_test[:1000]


MAKERS: dict[str, Callable[[], None]] = {
    "digits_keras_cnn": lambda: export(FOLDER, "digits_keras_cnn", digits_cnn, digits_rows(), 25, "tflite int8 onnx", 13),
    "motions_keras_conv1d": lambda: export(FOLDER, "motions_keras_conv1d", motions_conv1d, windows(), 80, "tflite onnx", 4),
    "fashion_keras": lambda: export(HERE, "fashion_keras", fashion_cnn, garments(), 6, "tflite", 25),
}
RECURRENT_MAKERS: dict[str, Callable[[], None]] = {
    "motions_keras_lstm": lambda: export(FOLDER, "motions_keras_lstm", motions_lstm, windows(), 40, "tflite onnx", 4, batch=8),
    "motions_keras_gru": lambda: export(FOLDER, "motions_keras_gru", motions_gru, windows(), 40, "onnx", 4, batch=8),
}

if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    FOLDER.mkdir(exist_ok=True)
    makers = RECURRENT_MAKERS if LEGACY else MAKERS
    for wanted in sys.argv[1:] or makers:
        makers[wanted]()
