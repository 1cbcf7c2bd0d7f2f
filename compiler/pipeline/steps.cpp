#include "pipeline/steps.hpp"

#include <algorithm>

#include "pipeline/append_model.hpp"
#include "pipeline/feature_steps.hpp"
#include "pipeline/filter_steps.hpp"
#include "pipeline/spectrum_steps.hpp"
#include "pipeline/value_steps.hpp"
#include "pipeline/windows.hpp"

namespace mote {

namespace {

using Options = std::vector<StepOption>;

Options operator+(Options a, const Options& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const Options kFilter{{"integers", "true: int16 stays int16, results saturate; false when missing: float32"}};
const Options kBand{{"lowpass", "Hz: what is below passes"}, {"highpass", "Hz: what is above passes"}, {"bandpass", "[LOW, HIGH] in Hz"}};
const Options kBlocks{{"integers", "true: int16 frames become integers with an exponent for each frame, as far as `log`; false when missing: float32"}};
const Options kWindow{{"kind", "hann, hamming, blackman or none; hann when missing"},
                      {"periodic", "false: symmetric; true when missing"},
                      {"remove_mean", "true: each frame without its mean, before; false when missing"}};
const Options kMel{{"low", "Hz; 0 when missing"},
                   {"high", "Hz; half of the rate when missing"},
                   {"scale", "htk or slaney; htk when missing"},
                   {"triangles", "height or area, which is 1; height when missing"},
                   {"straight", "hertz or mel: over what the triangles' sides are straight; hertz when missing"}};
const Options kLog{{"unit", "natural, decibels (of powers) or base 2; natural when missing"},
                   {"multiply", "by this before; 1 when missing"},
                   {"floor", "what is less then counts as this; 1e-10 when missing"}};
const Options kDct{{"coefficients", "how many; 13 when missing"}, {"first", "the first of them; 0 when missing"}, {"orthonormal", "true when missing"}};
const Options kCompound{{"bands", "of the mel bank; 40 when missing"},
                        {"points", "of the transform; the next power of two when missing"},
                        {"integers", "true when missing, if the frames are int16 with zero 0: no step is a float"}};
const Options kEstimates{{"smoothing", "part of the way that the channel's running mean moves per frame; 0.025 when missing"}};

}  // namespace

const std::vector<StepKind>& all_steps() {
  static const std::vector<StepKind> list{
      {"autocorrelation",
       "of frames, their sums of products with themselves some samples later: [frames, lags]",
       {{"lags", "how many, from 0 on"}, {"normalized", "true: over lag 0; false when missing"}},
       build_autocorrelation},
      {"band_passes",
       "Butterworth band-passes of samples, side by side: [hop, bands]",
       Options{{"edges", "[LOW, HIGH, LOW, HIGH, ...] in Hz"}, {"order", "of each edge; 1 when missing"}} + kFilter,
       build_band_passes},
      {"biquads",
       "recursive filters of second order of samples: a Butterworth filter, or coefficients",
       kBand + Options{{"order", "of the Butterworth filter; 2 when missing"}, {"coefficients", "b0, b1, b2, a1, a2 of each section; a0 is 1"}} + kFilter,
       build_biquads},
      {"dct", "the DCT-II of each row: [frames, coefficients]", kDct, build_dct},
      {"decimate",
       "a low-pass of samples, and one of several of its results",
       Options{{"by", "one in how many stays"}, {"taps", "of the low-pass; 16 * by + 1 when missing"}} + kFilter,
       build_decimate},
      {"difference", "of samples: each less the one before", kFilter, build_difference},
      {"fir",
       "a filter of samples without feedback: a windowed sinc, or coefficients",
       kBand + Options{{"taps", "of the windowed sinc; 31 when missing"}, {"coefficients", "the first is for the newest sample"}} + kFilter,
       build_fir},
      {"frames",
       "overlapping frames: [frames, length], or [frames, length, channels] of several channels",
       {{"length", "of a frame, in samples or as a duration"}, {"step", "from frame to frame; the length when missing"}},
       build_frames},
      {"log", "logarithms", kLog, build_log},
      {"log_mel", "of frames: `window`, `power_spectrum`, `mel` and `log` in one: [frames, bands]", kWindow + kCompound + kMel + kLog, build_log_mel},
      {"magnitude_spectrum",
       "magnitudes of the transform of frames: [frames, points / 2 + 1]",
       Options{{"points", "of the transform; the frame's length when missing"}} + kBlocks,
       build_magnitude_spectrum},
      {"mel", "sums of a spectrum by overlapping triangles on the mel scale: [frames, bands]", Options{{"bands", "how many"}} + kMel, build_mel},
      {"mfcc", "of frames: `log_mel` and `dct` in one: [frames, coefficients]", kWindow + kCompound + kMel + kLog + kDct, build_mfcc},
      {"model",
       "a .tflite or .onnx file whose input the value becomes",
       {{"file", "the model"}, {"output", "its output that goes on, by name; the first when missing"},
        {"stream", "an axis: the model takes only new frames along it, and keeps what it needs of those before"}},
       build_model_features},
      {"noise_subtraction",
       "energies less a running mean of their channel",
       kEstimates + Options{{"least", "part of the energy that always stays; 0.05 when missing"}},
       build_noise_subtraction},
      {"normalize", "each row less its mean, by its deviation", {{"epsilon", "added to the variance; 1e-12 when missing"}}, build_normalize},
      {"pcen",
       "per-channel energy normalization: (value / (epsilon + running mean)^gain + bias)^power - bias^power",
       kEstimates + Options{{"gain", "0.98 when missing"}, {"bias", "2 when missing"}, {"power", "0.5 when missing"}, {"epsilon", "1e-6 when missing"}},
       build_pcen},
      {"power_spectrum",
       "squared magnitudes of the transform of frames: [frames, points / 2 + 1]",
       Options{{"points", "of the transform; the frame's length when missing"}} + kBlocks,
       build_power_spectrum},
      {"preemphasis", "of samples: each less a part of the one before", Options{{"coefficient", "that part; 0.97 when missing"}} + kFilter, build_preemphasis},
      {"remove_mean", "each frame less its mean", {}, build_remove_mean},
      {"scale",
       "value * multiply + add, between minimum and maximum",
       {{"multiply", "1 when missing"}, {"add", "0 when missing"}, {"minimum", "none when missing"}, {"maximum", "none when missing"}},
       build_scale},
      {"spectral_features",
       "of spectra: [frames, values + bands]",
       {{"values", "a list of centroid, bandwidth, roll_off, flatness, entropy, dominant, peak, total; frequencies in Hz"},
        {"bands", "[LOW, HIGH, LOW, HIGH, ...] in Hz: sums over the bins from LOW on, below HIGH"},
        {"roll_off", "part of the sum below that frequency; 0.85 when missing"}},
       build_spectral_features},
      {"stack",
       "the last rows, joined to a window: [rows, ...]",
       {{"rows", "how many, or a duration"}},
       build_stack},
      {"standardize",
       "(value - mean) / deviation, column by column",
       {{"mean", "one number or one for each column; 0 when missing"}, {"deviation", "likewise; 1 when missing"}, {"file", "a .npz with arrays mean and deviation instead"}},
       build_standardize},
      {"statistics",
       "of each channel of frames: [frames, channels * values]",
       {{"values", "a list of mean, rms, variance, deviation, skewness, kurtosis, minimum, maximum, peak_to_peak, energy, mean_size, line_length, "
                   "zero_crossings, mean_crossings, peaks"}},
       build_statistics},
      {"window", "frames times a window", kWindow + kBlocks, build_window},
  };
  return list;
}

void build_step(PipelineBuilder& builder, Section& section) {
  const std::string name = section.required_text("op");
  const auto& steps = all_steps();
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const StepKind& step) { return step.name == name; });
  if (found == steps.end()) {
    std::vector<std::string_view> names;
    for (const StepKind& step : steps) names.push_back(step.name);
    section.fail("op", fmt::format("there is no step '{}'", name), fmt::format("one of: {}", fmt::join(names, ", ")));
  }
  builder.graph.set_origin(name);
  with_context(fmt::format("line {}: step '{}'", section.place("op").line, name), [&] { found->build(builder, section); });
  section.finish();
}

}  // namespace mote
