#include "pipeline/read_pipeline.hpp"

#include <algorithm>

#include "pipeline/anomaly_section.hpp"
#include "pipeline/append_model.hpp"
#include "pipeline/decision_section.hpp"
#include "pipeline/learning_section.hpp"
#include "pipeline/source_section.hpp"
#include "pipeline/steps.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

/// The input, and what makes real numbers of it.
TensorId add_input(ImportedGraph& graph, const SourceSettings& settings) {
  const Source& source = settings.source;
  Tensor samples{"samples", info_of(source.format).in_graph, {source.hop, source.channels}, {}, nullptr};
  const bool scaled = settings.scale != 1 || settings.zero != 0;
  if (scaled && !is_float(samples.type)) {
    samples.quantization = {{static_cast<float>(settings.scale)}, {static_cast<std::int32_t>(settings.zero)}};
  }
  const TensorId input = graph.add_tensor(samples);
  graph.graph().inputs = {input};
  if (!scaled || !is_float(samples.type)) return input;
  TensorId value = input;
  graph.set_origin("source");
  if (settings.zero != 0) value = graph.add("sub", {value, graph.scalar(static_cast<float>(settings.zero))});
  if (settings.scale != 1) value = graph.add("mul", {value, graph.scalar(static_cast<float>(settings.scale))});
  return value;
}

const ConfigTable* table_named(const ConfigTable& file, std::string_view name, ConfigPlace& place) {
  const auto found = file.find(name);
  if (found == file.end()) return nullptr;
  place = found->second.place;
  const auto* table = std::get_if<ConfigTable>(&found->second.value);
  if (table == nullptr) throw Error(fmt::format("line {}: '{}' must be a section: [{}]", place.line, name, name));
  return table;
}

std::vector<Section> sections_named(const ConfigTable& file, std::string_view name, const std::filesystem::path& directory) {
  const auto found = file.find(name);
  if (found == file.end()) return {};
  const auto* list = std::get_if<ConfigList>(&found->second.value);
  std::vector<Section> sections;
  if (list != nullptr) {
    for (const ConfigValue& item : *list)
      if (const auto* table = std::get_if<ConfigTable>(&item.value)) sections.emplace_back(fmt::format("[[{}]]", name), *table, item.place, directory);
  }
  if (list == nullptr || sections.size() != list->size())
    throw Error(fmt::format("line {}: '{}' must be sections in double brackets: [[{}]]", found->second.place.line, name, name));
  return sections;
}

constexpr std::string_view kSections[] = {"source", "features", "model", "anomaly", "learning", "decision"};

Graph build(const ConfigTable& file, const std::filesystem::path& path, PipelineScope scope, const FittedParameters* fitted) {
  const std::filesystem::path directory = path.parent_path();
  ConfigTable unnamed;  // what stands before the first section
  for (const auto& [key, value] : file)
    if (!std::holds_alternative<ConfigTable>(value.value) && key != "features") unnamed.emplace(key, value);
  Section top("the file's head,", unnamed, {1, 1, 1, 1}, directory);
  const std::string name = top.text("name").value_or(path.stem().string());
  top.finish();
  for (const auto& [key, value] : file) {
    if (unnamed.contains(key) || std::find(std::begin(kSections), std::end(kSections), key) != std::end(kSections)) continue;
    throw Error(fmt::format("line {}: there is no section [{}]", value.place.line, key),
                "sections: [source], [[features]], [model], [anomaly], [learning], [decision]");
  }

  ConfigPlace place;
  const ConfigTable* source_table = table_named(file, "source", place);
  if (source_table == nullptr) throw Error("the section [source] is missing", "it says rate, channels, format and hop of the samples");
  Section source_section("[source]", *source_table, place, directory);
  const SourceSettings settings = read_source(source_section);
  source_section.finish();

  ImportedGraph graph(name);
  PipelineBuilder builder{graph, settings.source, add_input(graph, settings), settings.source.rate_hz};
  for (Section& step : sections_named(file, "features", directory)) build_step(builder, step);
  require_no_blocks(builder);
  /// The section of that name, if there is one and it is wanted, becomes what `make` builds of it.
  const auto build_section = [&](std::string_view section_name, PipelineScope least, auto&& make) {
    const ConfigTable* table = table_named(file, section_name, place);
    if (table == nullptr || scope < least) return;
    Section section(fmt::format("[{}]", section_name), *table, place, directory);
    graph.set_origin(section_name);
    with_context(fmt::format("line {}: [{}]", place.line, section_name), [&] { make(section); });
    section.finish();
  };
  TensorId before_model = kNoTensor;
  std::optional<float> threshold;
  build_section("model", PipelineScope::kModel, [&](Section& section) {
    before_model = builder.value;
    build_model(builder, section);
  });
  std::vector<std::string> names = graph.graph().labels;
  build_section("anomaly", PipelineScope::kScores, [&](Section& section) {
    threshold = build_anomaly(builder, section, before_model, fitted);
    graph.graph().labels.clear();
    names = {"anomaly"};
  });
  build_section("learning", PipelineScope::kScores, [&](Section& section) {
    build_learning(builder, section);
    graph.graph().labels.clear();
    names.clear();
  });
  Decision decision{{builder.value}, {}};
  bool decides = false;
  build_section("decision", PipelineScope::kAll, [&](Section& section) {
    decision = build_decision(builder, section, threshold, names);
    decides = true;
  });
  Graph result = graph.graph();
  result.outputs = decision.outputs;
  result.source = settings.source;
  result.source->warm_up = builder.warm_up_runs;
  if (decides) {
    result.labels = decision.names;
    result.source->event_output = 0;
    result.source->event_names = decision.names;
  }
  prune(result);
  verify(result);
  return result;
}

/// What `read` makes of one section of a file.
template <typename Read>
auto with_section(const std::filesystem::path& path, std::string_view name, Read&& read) {
  return with_context(path.string(), [&] {
    const std::vector<std::uint8_t> bytes = read_file(path);
    const ConfigTable file = parse_config({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    ConfigPlace place;
    const ConfigTable* table = table_named(file, name, place);
    if (table == nullptr) throw Error(fmt::format("there is no section [{}]", name), fmt::format("add a [{}] to the pipeline", name));
    Section section(fmt::format("[{}]", name), *table, place, path.parent_path());
    return read(section);
  });
}

}  // namespace

Graph parse_pipeline(std::string_view text, const std::filesystem::path& path, PipelineScope scope, const FittedParameters* fitted) {
  return with_context(path.string(), [&] { return build(parse_config(text), path, scope, fitted); });
}

Graph read_pipeline_file(const std::filesystem::path& path, PipelineScope scope, const FittedParameters* fitted) {
  const std::vector<std::uint8_t> bytes = read_file(path);
  return parse_pipeline({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path, scope, fitted);
}

AnomalySettings anomaly_settings(const std::filesystem::path& path) {
  return with_section(path, "anomaly", [](Section& section) { return read_anomaly(section); });
}

DecisionSettings decision_settings(const std::filesystem::path& path, std::size_t scores, double runs_per_second) {
  return with_section(path, "decision", [&](Section& section) { return read_decision(section, scores, runs_per_second, {}); });
}

}  // namespace mote
