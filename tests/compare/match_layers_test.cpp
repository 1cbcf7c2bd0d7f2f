#include "compare/match_layers.hpp"

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"

namespace mote::test {
namespace {

/// in -> [op ...] -> out, all float32 1x8, tensors named as given.
Graph chain(const std::vector<std::pair<std::string, std::string>>& steps) {
  GraphBuilder builder;
  TensorId at = builder.input({1, 8}, {}, DataType::kFloat32);
  std::vector<TensorId> made;
  for (const auto& [op, name] : steps) {
    Attributes attributes;
    std::vector<TensorId> inputs{at};
    if (op == "mul+relu") attributes["activation"] = Activation::kRelu;
    const std::string plain = op.substr(0, op.find('+'));
    if (plain == "mul" || plain == "add") inputs.push_back(at);
    at = builder.node(plain, inputs, attributes, {}, DataType::kFloat32);
    made.push_back(at);
  }
  builder.output(at);
  Graph graph = builder.finish();
  for (std::size_t i = 0; i < steps.size(); ++i) graph.tensor(made[i]).name = steps[i].second;
  return graph;
}

/// "a=b a=b ..." by the tensors' names.
std::string matched(const Graph& a, const Graph& b) {
  std::string text;
  for (const TensorPair& pair : match_layers(a, b)) text += (text.empty() ? "" : " ") + a.tensor(pair.a).name + "=" + b.tensor(pair.b).name;
  return text;
}

TEST(MatchLayers, NamesDecideWhateverTheOperator) {
  EXPECT_EQ(matched(chain({{"mul", "x"}, {"tanh", "y"}}), chain({{"logistic", "x"}, {"tanh", "y"}})), "x=x y=y");
}

TEST(MatchLayers, OtherNamesAreMatchedInOrderBetweenThoseThatAgree) {
  const Graph a = chain({{"mul", "a0"}, {"tanh", "same"}, {"mul", "a1"}, {"logistic", "a2"}});
  const Graph b = chain({{"mul", "b0"}, {"tanh", "same"}, {"add", "more"}, {"mul", "b1"}, {"logistic", "b2"}});
  EXPECT_EQ(matched(a, b), "a0=b0 same=same a1=b1 a2=b2");
}

TEST(MatchLayers, ARectifierBelongsToTheOperatorBefore) {
  const Graph a = chain({{"mul", "a0"}, {"relu", "a1"}, {"tanh", "a2"}});
  const Graph b = chain({{"mul+relu", "b0"}, {"tanh", "b1"}});
  EXPECT_EQ(matched(a, b), "a1=b0 a2=b1");
}

TEST(MatchLayers, OutputsAreMatchedInOrder) {
  EXPECT_EQ(matched(chain({{"tanh", "a"}}), chain({{"logistic", "b"}})), "a=b");
}

TEST(MatchLayers, AnotherShapeIsAnotherThing) {
  GraphBuilder builder;
  const TensorId wide = builder.node("tanh", {builder.input({1, 9}, {}, DataType::kFloat32)}, {}, {}, DataType::kFloat32);
  builder.output(wide);
  Graph b = builder.finish();
  b.tensor(wide).name = "x";
  EXPECT_EQ(matched(chain({{"tanh", "x"}}), b), "");
}

}  // namespace
}  // namespace mote::test
