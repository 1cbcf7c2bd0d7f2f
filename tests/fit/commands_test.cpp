// `mote fit` and `mote calibrate`, as a user sees them.

#include <random>

#include <nlohmann/json.hpp>

#include "common/errors.hpp"
#include "error/command.hpp"
#include "pipeline/fitted_parameters.hpp"

namespace mote::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view kSource = "[source]\nrate = 10\nchannels = 2\nformat = \"float32\"\nhop = 1\n";

class DetectionCommands : public testing::Test {
 protected:
  fs::path file(const std::string& name, std::string_view text) {
    write_file(directory_.path() / name, text);
    return directory_.path() / name;
  }
  std::string text_of(const fs::path& path) {
    const auto bytes = read_file(path);
    return {bytes.begin(), bytes.end()};
  }
  /// Two values per instant that go together; from `strange` on, for 5 instants, each is usual but not the other.
  fs::path recording(const std::string& name, std::uint32_t seed, int instants, std::vector<int> strange = {}) {
    std::mt19937 random(seed);
    std::normal_distribution<float> noise;
    std::string text = "a,b\n";
    for (int i = 0; i < instants; ++i) {
      const float a = noise(random);
      bool apart = false;
      for (const int at : strange) apart = apart || (i >= at && i < at + 5);
      text += fmt::format("{},{}\n", a, apart ? 3 - a : a + 0.1F * noise(random));
    }
    return file(name, text);
  }
  fs::path pipeline(const std::string& anomaly, const std::string& decision) {
    return file("pump.toml",
                std::string(kSource) + "[anomaly]\n" + anomaly + "parameters = \"fitted.npz\"\n\n[decision]\n" + decision);
  }
  Json json_of(std::vector<std::string> words) {
    words.push_back("--json");
    const ProcessResult result = mote(words);
    EXPECT_TRUE(result.succeeded()) << result.errors;
    return Json::parse(result.output);
  }

 private:
  TemporaryDirectory directory_;
};

TEST_F(DetectionCommands, EveryMethodThatIsFittedFindsWhatIsStrange) {
  const std::string normal = recording("normal.csv", 1, 3000).string(), test = recording("test.csv", 2, 600, {200, 400}).string();
  for (const std::string method :
       {"mahalanobis", "gaussian_mixture\"\ncovariance = \"full", "kmeans\"\nclusters = \"many", "isolation_forest"}) {
    const bool wrong = method.ends_with("many");
    const std::string path = pipeline("method = \"" + method + "\"\n", "refractory = \"2 s\"\n").string();
    if (wrong) {
      const ProcessResult result = mote({"fit", path, "--normal", normal});
      EXPECT_EQ(result.exit_code, 2);
      EXPECT_TRUE(contains(result.errors, "clusters: must be a whole number from 1 to 256")) << result.errors;
      continue;
    }
    const ProcessResult unfitted = mote({"inspect", path});
    EXPECT_TRUE(contains(unfitted.errors, "there is no file")) << unfitted.errors;
    const Json fitted = json_of({"fit", path, "--normal", normal, "-t", "reference"});
    EXPECT_EQ(fitted["vectors"], 3000);
    EXPECT_GT(fitted["threshold"].get<double>(), 0);
    const Json heard = json_of({"listen", path, "-t", "reference", "-i", test});
    std::size_t found = 0;
    for (const Json& event : heard["events"]) {
      const double at = event["seconds"];
      found += (at > 20 && at <= 20.6) || (at > 40 && at <= 40.6) ? 1 : 0;
      EXPECT_EQ(event["name"], "anomaly");
    }
    EXPECT_EQ(found, method == "isolation_forest" ? found : 2) << method;  // cuts along the axes see less of what goes together
    EXPECT_LE(heard["events"].size() - found, 1u) << method;
    fs::remove(fs::path(path).parent_path() / "fitted.npz");
  }
}

TEST_F(DetectionCommands, CalibrationWritesTheThresholdAndNothingElse) {
  const std::string normal = recording("normal.csv", 1, 3000).string(),
                    test = recording("test.csv", 3, 4000, {500, 1500, 3000}).string();
  const std::string decision = "# found by hand\non = 1e9   # too high\nrefractory = \"2 s\"";
  const fs::path path = pipeline("method = \"mahalanobis\"\n", decision);
  json_of({"fit", path.string(), "--normal", normal, "-t", "reference"});
  const std::string labels =
      file("labels.csv",
           "file,start_s,end_s,name\ntest.csv,50,50.6,anomaly\ntest.csv,150,150.6,anomaly\ntest.csv,300,300.6,anomaly\n")
          .string();
  const std::string before = text_of(path);
  const std::vector<std::string> words{
      "calibrate", path.string(), "--recordings", test, "--labels", labels, "-t", "reference", "--false-accepts-per-hour", "0"};
  std::vector<std::string> dry = words;
  dry.insert(dry.end(), {"--dry-run", "--chart", (path.parent_path() / "curve.svg").string()});
  const Json chosen = json_of(dry);
  EXPECT_EQ(text_of(path), before);
  EXPECT_EQ(chosen["false_rejects"], 0);
  EXPECT_EQ(chosen["false_accepts"], 0);
  EXPECT_TRUE(contains(text_of(path.parent_path() / "curve.svg"), "<polyline points="));
  const ProcessResult result = mote(words);
  EXPECT_TRUE(result.succeeded()) << result.errors;
  EXPECT_TRUE(contains(result.output, "0 of 3 labels missed")) << result.output;
  const std::string after = text_of(path);
  const std::size_t at = before.find("1e9");
  EXPECT_EQ(after.substr(0, at), before.substr(0, at));
  EXPECT_TRUE(after.ends_with(before.substr(at + 3)));
  EXPECT_NEAR(std::stod(after.substr(at)), chosen["on"][0].get<double>(), 1e-3 * chosen["on"][0].get<double>());
}

TEST_F(DetectionCommands, SayWhatIsWrong) {
  const std::string normal = recording("normal.csv", 1, 30).string();
  const std::string bare = file("bare.toml", kSource).string();
  EXPECT_TRUE(contains(mote({"fit", bare, "--normal", normal}).errors, "there is no section [anomaly]"));
  const std::string path = pipeline("method = \"mahalanobis\"\n", "on = 1\n").string();
  const ProcessResult few = mote({"fit", path, "--normal", normal, "-t", "reference"});
  EXPECT_EQ(few.exit_code, 2);
  EXPECT_TRUE(contains(few.errors, "too few to fit a tail")) << few.errors;
  EXPECT_TRUE(mote({"fit", path, "--normal", normal, "-t", "reference", "--threshold", "quantile"}).succeeded());
  const std::string labels = file("labels.csv", "file,start_s,end_s\nother.wav,1,2\n").string();
  EXPECT_TRUE(contains(mote({"calibrate", path, "--recordings", normal, "--labels", labels, "-t", "reference"}).errors,
                       "there is no recording 'other.wav'"));
}

}  // namespace
}  // namespace mote::test
