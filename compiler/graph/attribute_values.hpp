#pragma once

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "graph/attributes.hpp"

namespace mote {

class Operator;

/// Attributes by name, for those who make or look at operators without their types.
using AttributeValue = std::variant<bool, std::int32_t, float, std::vector<std::int32_t>, Activation, Padding>;
using Attributes = std::map<std::string, AttributeValue>;

/// Sets the named attributes. Naming one that the operator does not have, or giving it another type, is an InternalError.
void set_attributes(Operator& op, const Attributes& attributes);
/// The operator with these attributes changed.
std::shared_ptr<const Operator> with_attributes(const Operator& op, const Attributes& attributes);
Attributes attributes_of(const Operator& op);

}  // namespace mote
