#include "graph/fused_activation.hpp"

#include "graph/attribute_values.hpp"

namespace mote {

std::optional<Activation> fused_activation(const Operator& op) {
  const Attributes attributes = attributes_of(op);
  const auto found = attributes.find("activation");
  return found == attributes.end() ? std::nullopt : std::optional(std::get<Activation>(found->second));
}

std::shared_ptr<const Operator> with_activation(const Operator& op, Activation activation) {
  return with_attributes(op, {{"activation", activation}});
}

}  // namespace mote
