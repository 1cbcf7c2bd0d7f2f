// MAJORITY_VOTE: the class that most of the last runs name; of equals the one that was named last. Inputs: a class (int32 [1],
// below 0: none) or scores, of which a run names the first of the largest; and states. Outputs: the class, -1 while none has been
// named, and an event: the class where it is another than that of the run before, otherwise -1.

#include <algorithm>
#include <map>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/feature_vector.hpp"
#include "ops/kept_state.hpp"

namespace mote {

namespace {

class MajorityVote : public OperatorBase<MajorityVote> {
 public:
  static constexpr std::string_view kName = "majority_vote";
  static const std::vector<Implementation> kRows;

  std::int32_t length = 1;   ///< runs
  std::int32_t warm_up = 0;  ///< runs before any names a class, again after a gap

  template <typename V>
  void fields(V& v) {
    v.visit("length", length);
    v.visit("warm_up", warm_up);
  }

  static bool takes_class(const NodeView& node) { return node.input(0).type == DataType::kInt32; }

  std::vector<Tensor> own_state(const NodeView&) const override {
    return {kept_state("past", DataType::kInt32, {length}, false), kept_state("voted", DataType::kInt32, {2}, false)};
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kFloat32, DataType::kInt8, DataType::kUint8, DataType::kInt16, DataType::kInt32});
    require_elements(in);
    if (takes_class(node) && in.elements() != 1)
      throw Error(fmt::format("'{}' holds {} classes, not one", in.name, in.elements()));
    require_within("length", length, 1, 1 << 12);
    require_within("warm_up", warm_up, 0, 1 << 30);
    require_own_state(node, 1);
    return {{DataType::kInt32, {1}}, {DataType::kInt32, {1}}};
  }

  void evaluate(const Evaluation& e) const override {
    const auto past = e.state<std::int32_t>(1), voted = e.state<std::int32_t>(2);
    if (voted[1] < warm_up) {
      ++voted[1];
      e.out<std::int32_t>(0)[0] = e.out<std::int32_t>(1)[0] = -1;
      return;
    }
    std::rotate(past.begin(), past.end() - 1, past.end());
    const std::int32_t named = named_class(e);
    past[0] = named < 0 || named == INT32_MAX ? 0 : named + 1;
    std::map<std::int32_t, int> votes;
    for (const std::int32_t one_more : past) {
      if (one_more != 0) ++votes[one_more];
    }
    std::int32_t best = 0;
    for (const std::int32_t one_more : past) {  // the last one named comes first
      if (one_more != 0 && (best == 0 || votes[one_more] > votes[best])) best = one_more;
    }
    e.out<std::int32_t>(0)[0] = best - 1;
    e.out<std::int32_t>(1)[0] = best == voted[0] ? -1 : best - 1;
    voted[0] = best;
  }

 private:
  template <typename T>
  static std::int32_t first_largest(const Evaluation& e) {
    const auto scores = e.in<T>(0);
    std::size_t best = 0;
    for (std::size_t i = 1; i < scores.size(); ++i) {
      if (scores[i] > scores[best]) best = i;
    }
    return static_cast<std::int32_t>(best);
  }
  static std::int32_t named_class(const Evaluation& e) {
    switch (e.input(0).type) {
      case DataType::kInt32:
        return e.in<std::int32_t>(0)[0];
      case DataType::kInt8:
        return first_largest<std::int8_t>(e);
      case DataType::kUint8:
        return first_largest<std::uint8_t>(e);
      case DataType::kInt16:
        return first_largest<std::int16_t>(e);
      default:
        return first_largest<float>(e);
    }
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("decision/majority_vote", "majority_vote");
  call.type("Value", node.input(0).type).set("classes", MajorityVote::takes_class(node) ? 0 : node.input(0).elements());
  call.set("length", MajorityVote::of(node).length).set("warm_up", MajorityVote::of(node).warm_up);
  return call.value(node, 0, "scores").input(1).input(2).output().output(1);
}

double cycles(const NodeView& node) {
  const double length = MajorityVote::of(node).length;
  return 5.0 * static_cast<double>(node.input(0).elements()) + 8.0 * length * length;
}

const std::vector<Implementation> MajorityVote::kRows = {
    {.name = "majority_vote.direct", .cycles = cycles, .lower = lower, .code_bytes = 200}};

}  // namespace

MOTE_DEFINE_OPERATOR(MajorityVote, majority_vote)

}  // namespace mote
