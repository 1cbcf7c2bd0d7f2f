#pragma once

#include <memory>
#include <optional>

#include "graph/operator.hpp"

namespace mote {

/// The attribute "padding" of a window operator; nothing for operators without one.
std::optional<Padding> padding_of(const Operator& op);

/// The same operator with another padding.
std::unique_ptr<Operator> with_padding(const Operator& op, const Padding& padding);

}  // namespace mote
