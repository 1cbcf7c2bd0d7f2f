#include <algorithm>
#include <charconv>

#include "graph/operator.hpp"
#include "graph/print.hpp"

namespace mote {

namespace {

/// Takes one line apart, word by word; every failure says the line's number.
class Line {
 public:
  Line(std::string_view text, int number) : rest_(text), number_(number) {}

  [[noreturn]] void fail(std::string_view why) const { throw Error(fmt::format("graph text, line {}: {}", number_, why)); }

  bool done() {
    while (!rest_.empty() && rest_[0] == ' ') rest_.remove_prefix(1);
    return rest_.empty();
  }

  std::string_view word() {
    if (done()) fail("a word is missing");
    const std::size_t length = std::min(rest_.find(' '), rest_.size());
    const std::string_view word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return word;
  }

  void expect(std::string_view wanted) {
    if (word() != wanted) fail(fmt::format("'{}' is missing", wanted));
  }

  std::string name() {
    if (done() || rest_[0] != '"') fail("a name in quotes is missing");
    std::string name;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return name;
      }
      if (rest_[i] == '\\') {
        if (i + 3 >= rest_.size() || rest_[i + 1] != 'x') fail("a bad escape in a name");
        name += static_cast<char>(integer(rest_.substr(i + 2, 2), 16));
        i += 3;
      } else {
        name += rest_[i];
      }
    }
    fail("a name's closing quote is missing");
  }

  std::vector<TensorId> ids() {
    if (done() || rest_[0] != '(') fail("a list of tensors in brackets is missing");
    const std::size_t close = rest_.find(')');
    if (close == std::string_view::npos) fail("a closing bracket is missing");
    Line inside(rest_.substr(1, close - 1), number_);
    rest_.remove_prefix(close + 1);
    std::vector<TensorId> list;
    while (!inside.done()) {
      const std::string_view word = inside.word();
      list.push_back(word == "-" ? kNoTensor : id(word));
    }
    return list;
  }

  TensorId id(std::string_view word) const {
    if (word.empty() || word[0] != '%') fail(fmt::format("'{}' is no tensor", word));
    return integer(word.substr(1));
  }

  std::int32_t integer(std::string_view word, int base = 10) const {
    std::int32_t value = 0;
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value, base);
    if (code != std::errc() || end != word.data() + word.size() || (base == 16 && value < 0))
      fail(fmt::format("'{}' is no integer", word));
    return value;
  }

  template <typename Real = float>
  Real real(std::string_view word) const {
    Real value = 0;
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (code != std::errc() || end != word.data() + word.size()) fail(fmt::format("'{}' is no number", word));
    return value;
  }

  /// "[a,b]" -> a, b
  std::vector<std::string_view> items(std::string_view word) const {
    if (word.size() < 2 || word.front() != '[' || word.back() != ']') fail(fmt::format("'{}' is no list", word));
    return split(word.substr(1, word.size() - 2), ',');
  }

  static std::vector<std::string_view> split(std::string_view text, char by) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
      const std::size_t length = std::min(text.find(by), text.size());
      parts.push_back(text.substr(0, length));
      text.remove_prefix(std::min(length + 1, text.size()));
    }
    return parts;
  }

 private:
  std::string_view rest_;
  int number_;
};

/// Reads attributes in the order in which they were printed.
class AttributeReader : public AttributeVisitor {
 public:
  explicit AttributeReader(Line& line) : line_(line) {}
  void visit(std::string_view name, bool& value) override { value = take(name) == "true"; }
  void visit(std::string_view name, std::int32_t& value) override { value = line_.integer(take(name)); }
  void visit(std::string_view name, float& value) override { value = line_.real(take(name)); }
  void visit(std::string_view name, std::vector<std::int32_t>& value) override {
    value.clear();
    for (const std::string_view item : line_.items(take(name))) value.push_back(line_.integer(item));
  }
  void visit(std::string_view name, Activation& value) override {
    const std::string_view word = take(name);
    for (std::size_t i = 0; i < kActivationNames.size(); ++i) {
      if (kActivationNames[i] == word) {
        value = static_cast<Activation>(i);
        return;
      }
    }
    line_.fail(fmt::format("'{}' is no activation", word));
  }
  void visit(std::string_view name, Padding& value) override {
    const std::string_view word = take(name);
    value = {};
    if (word == "same") {
      value.kind = Padding::Kind::kSame;
    } else if (word != "valid") {
      const auto parts = Line::split(word, ',');
      if (parts.size() != 4) line_.fail(fmt::format("'{}' is no padding", word));
      value = {Padding::Kind::kGiven, line_.integer(parts[0]), line_.integer(parts[1]), line_.integer(parts[2]),
               line_.integer(parts[3])};
    }
  }

 private:
  std::string_view take(std::string_view name) {
    const std::string_view word = line_.word();
    if (!word.starts_with(name) || word.size() <= name.size() || word[name.size()] != '=') {
      line_.fail(fmt::format("attribute '{}' is missing", name));
    }
    return word.substr(name.size() + 1);
  }
  Line& line_;
};

std::shared_ptr<const std::vector<std::uint8_t>> parse_bytes(Line& line, std::string_view hex, const Tensor& tensor) {
  std::vector<std::uint8_t> bytes;
  if (static_cast<std::int64_t>(hex.size()) != 2 * tensor.bytes()) line.fail("a constant's bytes are missing or cut");
  for (std::size_t i = 0; i < hex.size(); i += 2) bytes.push_back(static_cast<std::uint8_t>(line.integer(hex.substr(i, 2), 16)));
  return std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes));
}

Tensor parse_tensor(Line& line) {
  Tensor tensor;
  const std::string_view type = line.word();
  const auto known = type_from_name(type);
  if (!known) line.fail(fmt::format("'{}' is no type", type));
  tensor.type = *known;
  const std::string_view shape = line.word();
  std::int64_t elements = 1;
  if (shape != "scalar") {
    for (const std::string_view extent : Line::split(shape, 'x')) {
      tensor.shape.push_back(line.integer(extent));
      elements *= tensor.shape.back();
      if (tensor.shape.back() <= 0 || elements > INT32_MAX) line.fail(fmt::format("'{}' is no shape", shape));
    }
  }
  tensor.name = line.name();
  while (!line.done()) {
    const std::string_view word = line.word();
    if (word.starts_with("scale=")) {
      for (const auto item : line.items(word.substr(6))) tensor.quantization.scales.push_back(line.real(item));
    } else if (word.starts_with("zero_point=")) {
      for (const auto item : line.items(word.substr(11))) tensor.quantization.zero_points.push_back(line.integer(item));
    } else if (word.starts_with("axis=")) {
      tensor.quantization.axis = line.integer(word.substr(5));
    } else if (word.starts_with("file_axes=")) {
      for (const auto item : line.items(word.substr(10))) tensor.file_axes.push_back(line.integer(item));
    } else if (word == "state") {
      tensor.is_state = true;
    } else if (word.starts_with("state=")) {
      tensor.is_state = true;
      tensor.initial = parse_bytes(line, word.substr(6), tensor);
    } else if (word == "lasting") {
      tensor.lasting = true;
    } else if (word.starts_with("constant=")) {
      tensor.data = parse_bytes(line, word.substr(9), tensor);
    } else {
      line.fail(fmt::format("'{}' is not understood", word));
    }
  }
  return tensor;
}

Node parse_node(Line& line, OperatorMaker make_operator) {
  Node node;
  const std::string_view name = line.word();
  std::unique_ptr<Operator> op = make_operator(name);
  if (!op) line.fail(fmt::format("'{}' is no operator", name));
  node.name = line.name();
  node.inputs = line.ids();
  line.expect("->");
  node.outputs = line.ids();
  AttributeReader reader(line);
  op->visit_attributes(reader);
  if (!line.done()) line.fail(fmt::format("'{}' is not understood", line.word()));
  node.op = std::move(op);
  return node;
}

/// Reads the fields in the order in which they were printed.
Source parse_source(Line& line) {
  Source source;
  visit_fields(source, [&](std::string_view name, auto& field) {
    std::string_view word = line.word();
    if (!word.starts_with(name) || word.size() <= name.size() || word[name.size()] != '=')
      line.fail(fmt::format("'{}' of the source is missing", name));
    word.remove_prefix(name.size() + 1);
    using Field = std::decay_t<decltype(field)>;
    if constexpr (std::is_same_v<Field, bool>) {
      field = word == "true";
    } else if constexpr (std::is_same_v<Field, double>) {
      field = line.real<double>(word);
    } else if constexpr (std::is_same_v<Field, SampleFormat>) {
      const auto found = std::ranges::find(kSampleFormats, word, &SampleFormatInfo::name);
      if (found == std::end(kSampleFormats)) line.fail(fmt::format("'{}' is no format of samples", word));
      field = static_cast<SampleFormat>(found - std::begin(kSampleFormats));
    } else {
      field = line.integer(word);
    }
  });
  return source;
}

}  // namespace

void parse_attributes(Operator& op, std::string_view text) {
  Line line(text, 1);
  AttributeReader reader(line);
  op.visit_attributes(reader);
  if (!line.done()) line.fail(fmt::format("'{}' is not understood", line.word()));
}

Graph parse_graph(std::string_view text, OperatorMaker make_operator) {
  Graph graph;
  int number = 0;
  for (const std::string_view content : Line::split(text, '\n')) {
    Line line(content, ++number);
    if (line.done()) continue;
    const std::string_view what = line.word();
    if (what == "graph") {
      graph.name = line.name();
    } else if (what == "tensor") {
      if (line.id(line.word()) != static_cast<TensorId>(graph.tensors.size())) line.fail("tensors are out of order");
      graph.tensors.push_back(parse_tensor(line));
    } else if (what == "inputs") {
      graph.inputs = line.ids();
    } else if (what == "outputs") {
      graph.outputs = line.ids();
    } else if (what == "label") {
      graph.labels.push_back(line.name());
    } else if (what == "source") {
      graph.source = parse_source(line);
    } else if (what == "event") {
      if (!graph.source) line.fail("an event stands before the source");
      graph.source->event_names.push_back(line.name());
    } else if (what == "node") {
      graph.nodes.push_back(parse_node(line, make_operator));
    } else {
      line.fail(fmt::format("'{}' is not understood", what));
    }
  }
  verify(graph);
  return graph;
}

}  // namespace mote
