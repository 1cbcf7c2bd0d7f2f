#include "graph/attribute_values.hpp"

#include "graph/operator.hpp"

namespace mote {

namespace {

class Setter : public AttributeVisitor {
 public:
  explicit Setter(const Attributes& attributes) : left_(attributes) {}
  void visit(std::string_view name, bool& value) override { set(name, value); }
  void visit(std::string_view name, std::int32_t& value) override { set(name, value); }
  void visit(std::string_view name, float& value) override { set(name, value); }
  void visit(std::string_view name, std::vector<std::int32_t>& value) override { set(name, value); }
  void visit(std::string_view name, Activation& value) override { set(name, value); }
  void visit(std::string_view name, Padding& value) override { set(name, value); }
  const Attributes& left() const { return left_; }

 private:
  template <typename T>
  void set(std::string_view name, T& value) {
    const auto found = left_.find(std::string(name));
    if (found == left_.end()) return;
    MOTE_CHECK(std::holds_alternative<T>(found->second));
    value = std::get<T>(found->second);
    left_.erase(found);
  }
  Attributes left_;
};

class Getter : public AttributeVisitor {
 public:
  void visit(std::string_view name, bool& value) override { found[std::string(name)] = value; }
  void visit(std::string_view name, std::int32_t& value) override { found[std::string(name)] = value; }
  void visit(std::string_view name, float& value) override { found[std::string(name)] = value; }
  void visit(std::string_view name, std::vector<std::int32_t>& value) override { found[std::string(name)] = value; }
  void visit(std::string_view name, Activation& value) override { found[std::string(name)] = value; }
  void visit(std::string_view name, Padding& value) override { found[std::string(name)] = value; }
  Attributes found;
};

}  // namespace

void set_attributes(Operator& op, const Attributes& attributes) {
  Setter setter(attributes);
  op.visit_attributes(setter);
  if (!setter.left().empty())
    throw InternalError(fmt::format("{} has no attribute '{}'", op.name(), setter.left().begin()->first), __FILE__, __LINE__);
}

std::shared_ptr<const Operator> with_attributes(const Operator& op, const Attributes& attributes) {
  std::unique_ptr<Operator> changed = op.clone();
  set_attributes(*changed, attributes);
  return changed;
}

Attributes attributes_of(const Operator& op) {
  Getter getter;
  op.clone()->visit_attributes(getter);
  return std::move(getter.found);
}

}  // namespace mote
