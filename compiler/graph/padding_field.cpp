#include "graph/padding_field.hpp"

namespace mote {

namespace {

/// Finds and, if asked, sets the padding.
class PaddingField : public AttributeVisitor {
 public:
  explicit PaddingField(const Padding* replacement = nullptr) : replacement_(replacement) {}
  void visit(std::string_view, bool&) override {}
  void visit(std::string_view, std::int32_t&) override {}
  void visit(std::string_view, float&) override {}
  void visit(std::string_view, std::vector<std::int32_t>&) override {}
  void visit(std::string_view, Activation&) override {}
  void visit(std::string_view, Padding& value) override {
    found = value;
    if (replacement_ != nullptr) value = *replacement_;
  }
  std::optional<Padding> found;

 private:
  const Padding* replacement_;
};

}  // namespace

std::optional<Padding> padding_of(const Operator& op) {
  PaddingField field;
  op.clone()->visit_attributes(field);
  return field.found;
}

std::unique_ptr<Operator> with_padding(const Operator& op, const Padding& padding) {
  std::unique_ptr<Operator> changed = op.clone();
  PaddingField field(&padding);
  changed->visit_attributes(field);
  return changed;
}

}  // namespace mote
