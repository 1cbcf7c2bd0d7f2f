"""Trains the activity classifier: from BasicMotions to activity.tflite and test_windows.npz.

The data set comes inside the `aeon` wheel; nothing of aeon is imported, so its dependencies are not needed.
In a fresh virtual environment (Python 3.11):

    pip install tensorflow-cpu==2.21.0 keras==3.15.1 numpy==2.4.6 tflite-micro==0.dev20261023182759
    pip install --no-deps aeon==1.6.0

    python train.py                    # under a minute on one core; writes both files beside this script
    python train.py --cross-validate   # ten minutes: the comparison that chose CHOSEN; reads only training windows

The same versions on the same machine give the same bytes.
"""

import argparse
import dataclasses
import importlib.util
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # its kernels round differently from one CPU to the next

import numpy as np
import tensorflow as tf

HERE = Path(__file__).resolve().parent
CLASS_NAMES = ("Badminton", "Running", "Standing", "Walking")
SAMPLES, CHANNELS = 100, 6  # 10 s at 10 Hz; accelerometer x y z, gyroscope x y z
SEED = 1


@dataclasses.dataclass(frozen=True)
class Config:
    """What cross-validation chooses: the widths of the three convolution stages and the amount of augmentation."""

    widths: tuple[int, int, int]
    kernel: int = 5
    augmentation: float = 1.0  # 0: the recorded windows only; 1: the ranges in augment()


CANDIDATES = (
    Config((8, 12, 16)),
    Config((16, 24, 32)),
    Config((16, 24, 32), kernel=9),
    Config((16, 24, 32), augmentation=0.0),
    Config((16, 24, 32), augmentation=2.0),
    Config((24, 40, 64)),
)
CHOSEN = CANDIDATES[4]  # the lowest log loss over the two folds


# ---- data


def read_ts(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Reads a .ts file: windows [n, SAMPLES, CHANNELS] in sensor units, and labels [n] as indices of CLASS_NAMES.

    A line that starts with # or @ is header; any other holds one series per channel, then the label, separated by
    colons; the samples of a series are separated by commas.
    """
    windows, labels = [], []
    for line in path.read_text().splitlines():
        if not line.strip() or line[0] in "#@":
            continue
        *series, label = line.strip().split(":")
        windows.append(np.array([s.split(",") for s in series], dtype=np.float32).T)
        labels.append(CLASS_NAMES.index(label))
    x = np.stack(windows)
    if x.shape[1:] != (SAMPLES, CHANNELS):
        raise ValueError(f"{path}: windows are {x.shape[1:]}, expected {(SAMPLES, CHANNELS)}")
    return x, np.array(labels, dtype=np.int32)


def load(split: str) -> tuple[np.ndarray, np.ndarray]:
    """Windows [40, 1, SAMPLES, CHANNELS] and labels [40] of the split "TRAIN" or "TEST"."""
    spec = importlib.util.find_spec("aeon")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("aeon is not installed: pip install --no-deps aeon==1.6.0")
    folder = Path(spec.submodule_search_locations[0]) / "datasets" / "data" / "BasicMotions"
    x, y = read_ts(folder / f"BasicMotions_{split}.ts")
    return x[:, None], y


def small_rotation(max_radians: float, rng: np.random.Generator) -> np.ndarray:
    """A rotation matrix about a random axis (Rodrigues' formula)."""
    axis = rng.normal(size=3)
    x, y, z = axis / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = rng.uniform(-max_radians, max_radians)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def augment(window: np.ndarray, amount: float, rng: np.random.Generator) -> np.ndarray:
    """The same activity as another person might have done it: [1, SAMPLES, CHANNELS] -> the same shape.

    Starts elsewhere in the motion, is quicker or slower, is stronger or weaker, has the watch turned on the wrist
    (which turns both sensors alike), and has more sensor noise.
    """
    signal = window[0]
    speed = np.exp(amount * rng.uniform(-0.15, 0.15))
    at = (rng.integers(SAMPLES) * (amount > 0) + speed * np.arange(SAMPLES)) % SAMPLES
    warped = np.stack([np.interp(at, np.arange(SAMPLES), channel, period=SAMPLES) for channel in signal.T], axis=1)
    turn = small_rotation(amount * np.radians(20), rng)
    turned = np.concatenate([warped[:, :3] @ turn.T, warped[:, 3:] @ turn.T], axis=1)
    strength = np.exp(amount * rng.uniform(-0.2, 0.2))
    noise = amount * rng.normal(scale=0.05, size=turned.shape)
    return (strength * turned + noise).astype(np.float32)[None]


# ---- model


def build(config: Config, batch_size: int | None = None) -> tf.keras.Model:
    """A convolution, two depthwise-separable convolutions, the mean over time, a dense layer and a softmax."""
    layers = tf.keras.layers

    def normalised(x: tf.Tensor, layer: tf.keras.Layer) -> tf.Tensor:
        return layers.ReLU()(layers.BatchNormalization()(layer(x)))

    window = layers.Input((1, SAMPLES, CHANNELS), batch_size=batch_size, name="window")
    same = {"padding": "same", "use_bias": False}
    x = normalised(window, layers.Conv2D(config.widths[0], (1, 7), strides=(1, 2), name="conv", **same))
    for i, (width, stride) in enumerate(zip(config.widths[1:], (1, 2)), start=1):
        # Keras wants equal strides both ways; at a height of 1 the vertical one changes nothing.
        x = normalised(x, layers.DepthwiseConv2D((1, config.kernel), strides=stride, name=f"depthwise_{i}", **same))
        x = normalised(x, layers.Conv2D(width, 1, name=f"pointwise_{i}", **same))
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    return tf.keras.Model(window, layers.Dense(len(CLASS_NAMES), activation="softmax", name="dense")(x))


def train(x: np.ndarray, y: np.ndarray, config: Config, seed: int = SEED) -> tf.keras.Model:
    """Trains on raw windows and returns a model of raw windows."""
    tf.keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    copies, epochs, batch = 50, 12, 32
    windows = np.stack([augment(w, config.augmentation, rng) for w in np.repeat(x, copies, axis=0)])
    targets = np.eye(len(CLASS_NAMES), dtype=np.float32)[np.repeat(y, copies)]

    # Channels are divided by their deviation and not centred: zero stays zero, which is what the convolution pads with.
    scale = x.std(axis=(0, 1, 2))
    model = build(config)
    steps = epochs * -(-len(windows) // batch)
    model.compile(
        tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.CosineDecay(3e-3, steps)),
        tf.keras.losses.CategoricalCrossentropy(label_smoothing=0.05),
    )
    model.fit(windows / scale, targets, batch_size=batch, epochs=epochs, verbose=0)

    first = model.get_layer("conv")
    first.set_weights([first.get_weights()[0] / scale[:, None]])
    return model


def cross_validate(x: np.ndarray, y: np.ndarray) -> None:
    """Prints each candidate's accuracy and log loss on training windows left out: five folds, then two.

    Neighbours in the file are likely one person's, so a fold is a run of windows within each class, not a random pick.
    Five folds are easy for every candidate; half the windows, likely without half the people, tell them apart.
    """
    place = np.array([np.sum(y[:i] == label) for i, label in enumerate(y)])  # position within the class, 0..9
    for config in CANDIDATES:
        line = []
        for fold_size in (2, 5):
            p = np.zeros((2, len(x), len(CLASS_NAMES)))
            for seed, fold in np.ndindex(2, 10 // fold_size):
                held = place // fold_size == fold
                p[seed, held] = train(x[~held], y[~held], config, SEED + seed)(x[held])
            loss = -np.log(p[:, np.arange(len(y)), y]).mean()
            line.append(f"{np.mean(p.argmax(-1) == y):7.1%} {loss:.4f}")
        print(config, build(config).count_params(), "parameters:", " | ".join(line), flush=True)


# ---- int8


def convert(model: tf.keras.Model, config: Config, representative: np.ndarray) -> bytes:
    """A full-integer int8 .tflite of batch 1, per-channel weights, calibrated on the given raw windows."""
    fixed = build(config, batch_size=1)
    fixed.set_weights(model.get_weights())
    converter = tf.lite.TFLiteConverter.from_keras_model(fixed)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([window[None]] for window in representative)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def run_int8(tflite: bytes, windows: np.ndarray) -> np.ndarray:
    """Class probabilities [n, 4] of the int8 model, run by TensorFlow Lite Micro."""
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(tflite)
    details_in, details_out = interpreter.get_input_details(0), interpreter.get_output_details(0)
    (scale_in,), (zero_in,) = (details_in["quantization_parameters"][k] for k in ("scales", "zero_points"))
    (scale_out,), (zero_out,) = (details_out["quantization_parameters"][k] for k in ("scales", "zero_points"))
    rows = []
    for window in windows:
        q = np.clip(np.round(window / scale_in) + zero_in, -128, 127).astype(np.int8)
        interpreter.set_input(q[None], 0)
        interpreter.invoke()
        rows.append((interpreter.get_output(0)[0].astype(np.float32) - zero_out) * scale_out)
    return np.stack(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cross-validate", action="store_true", help="compare CANDIDATES on the training windows")
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    tf.keras.config.disable_interactive_logging()

    x, y = load("TRAIN")
    if arguments.cross_validate:
        cross_validate(x, y)
        return

    model = train(x, y, CHOSEN)
    tflite = convert(model, CHOSEN, x)
    (HERE / "activity.tflite").write_bytes(tflite)
    x_test, y_test = load("TEST")
    np.savez(HERE / "test_windows.npz", x=x_test, y=y_test, class_names=np.array(CLASS_NAMES))

    print(f"activity.tflite: {len(tflite)} bytes")
    for name, windows, labels in (("train", x, y), ("test", x_test, y_test)):
        float_hits = np.mean(model.predict(windows, verbose=0).argmax(1) == labels)
        int8_hits = np.mean(run_int8(tflite, windows).argmax(1) == labels)
        print(f"{name}: accuracy {float_hits:.1%} in float32, {int8_hits:.1%} in int8")


if __name__ == "__main__":
    main()
