#pragma once

#include <memory>
#include <optional>

#include "graph/operator.hpp"

namespace mote {

/// The activation that an operator fuses; empty when it has no such attribute.
std::optional<Activation> fused_activation(const Operator& op);

/// The same operator with another fused activation; it must have that attribute.
std::shared_ptr<const Operator> with_activation(const Operator& op, Activation activation);

}  // namespace mote
