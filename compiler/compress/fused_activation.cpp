#include "compress/fused_activation.hpp"

namespace mote {

namespace {

/// Looks at, or replaces, the one attribute that is an activation.
class ActivationVisitor : public AttributeVisitor {
 public:
  std::optional<Activation> found, replacement;

  void visit(std::string_view, bool&) override {}
  void visit(std::string_view, std::int32_t&) override {}
  void visit(std::string_view, float&) override {}
  void visit(std::string_view, std::vector<std::int32_t>&) override {}
  void visit(std::string_view name, Activation& value) override {
    if (name != "activation") return;
    found = value;
    if (replacement) value = *replacement;
  }
  void visit(std::string_view, Padding&) override {}
};

}  // namespace

std::optional<Activation> fused_activation(const Operator& op) {
  ActivationVisitor visitor;
  op.clone()->visit_attributes(visitor);
  return visitor.found;
}

std::shared_ptr<const Operator> with_activation(const Operator& op, Activation activation) {
  ActivationVisitor visitor;
  visitor.replacement = activation;
  std::unique_ptr<Operator> changed = op.clone();
  changed->visit_attributes(visitor);
  MOTE_CHECK(visitor.found.has_value());
  return changed;
}

}  // namespace mote
