#include "ops/custom_options.hpp"

#include <limits>
#include <optional>

#include "ops/flex_map.hpp"

namespace mote {

namespace {

using Numbers = std::map<std::string, FlexNumber, std::less<>>;

class Reader : public AttributeVisitor {
 public:
  explicit Reader(const tflite::Operator& op) : op_(op) {}

  void visit(std::string_view name, bool& value) override {
    const FlexNumber& given = find(name);
    if (std::holds_alternative<double>(given)) refuse(name, "true or false");
    value = std::holds_alternative<bool>(given) ? std::get<bool>(given) : std::get<std::int64_t>(given) != 0;
  }
  void visit(std::string_view name, std::int32_t& value) override {
    const auto* number = std::get_if<std::int64_t>(&find(name));
    if (number == nullptr || *number < std::numeric_limits<std::int32_t>::min() ||
        *number > std::numeric_limits<std::int32_t>::max())
      refuse(name, "an integer of 32 bits");
    value = static_cast<std::int32_t>(*number);
  }
  void visit(std::string_view name, float& value) override {
    const FlexNumber& given = find(name);
    if (std::holds_alternative<bool>(given)) refuse(name, "a number");
    value = std::holds_alternative<double>(given) ? static_cast<float>(std::get<double>(given))
                                                  : static_cast<float>(std::get<std::int64_t>(given));
  }
  void visit(std::string_view name, std::vector<std::int32_t>&) override { refuse(name, "a number"); }
  void visit(std::string_view name, Activation&) override { refuse(name, "a number"); }
  void visit(std::string_view name, Padding&) override { refuse(name, "a number"); }

 private:
  [[noreturn]] static void refuse(std::string_view name, std::string_view wanted) {
    throw Error(fmt::format("the option '{}' is not {}", name, wanted));
  }

  /// An operator without attributes needs no options.
  const FlexNumber& find(std::string_view name) {
    if (!numbers_) {
      const auto* given = op_.custom_options();
      if (given == nullptr || given->size() == 0) throw Error("the options of the custom operator are missing");
      numbers_ = read_flex_map({given->data(), given->size()});
    }
    const auto found = numbers_->find(name);
    if (found == numbers_->end()) throw Error(fmt::format("the option '{}' is missing, or no number", name));
    return found->second;
  }

  const tflite::Operator& op_;
  std::optional<Numbers> numbers_;
};

class Collector : public AttributeVisitor {
 public:
  void visit(std::string_view name, bool& value) override { numbers[std::string(name)] = value; }
  void visit(std::string_view name, std::int32_t& value) override { numbers[std::string(name)] = std::int64_t{value}; }
  void visit(std::string_view name, float& value) override { numbers[std::string(name)] = static_cast<double>(value); }
  void visit(std::string_view, std::vector<std::int32_t>&) override { MOTE_CHECK(false); }
  void visit(std::string_view, Activation&) override { MOTE_CHECK(false); }
  void visit(std::string_view, Padding&) override { MOTE_CHECK(false); }
  Numbers numbers;
};

}  // namespace

void read_custom_options(const tflite::Operator& op, Operator& into) {
  Reader reader(op);
  into.visit_attributes(reader);
}

void OptionsWriter::set_custom(const Operator& op, const std::vector<std::pair<std::string_view, std::int32_t>>& besides) {
  Collector collector;
  op.clone()->visit_attributes(collector);
  for (const auto& [name, value] : besides) collector.numbers[std::string(name)] = std::int64_t{value};
  custom_ = write_flex_map(collector.numbers);
}

}  // namespace mote
