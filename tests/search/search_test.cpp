#include "search/search.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/float_graph.hpp"
#include "emulate/run_model.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

Graph classifier() {
  FloatBuilder b(5);
  TensorId x = b.float_input({1, 8, 8, 2});
  x = b.convolution(x, 12, 3);
  x = b.convolution(x, 16, 3);
  x = b.op("mean", {x, b.integers({1, 2})});
  b.output(b.op("softmax", {b.dense(x, 4)}));
  return b.finish();
}

class SearchTest : public testing::Test {
 protected:
  SearchTest() {
    options_.target = find_target("cortex-m4");
    options_.pruned = {0, 0.4};
    options_.steps = 2;
  }

  SearchResult run(const std::filesystem::path& file = {}, int most_recipes = 1000) {
    Journal journal(file, search_identity(graph_, samples_, {}, options_));
    int asked = 0;
    std::size_t known = journal.size();
    return search(graph_, samples_, {}, options_, journal,
                  [&] {
                    if (journal.size() > known) ++asked, known = journal.size();
                    return asked >= most_recipes;
                  },
                  {});
  }

  static std::vector<std::string> texts(const std::vector<FrontPoint>& front) {
    std::vector<std::string> result;
    for (const FrontPoint& point : front)
      result.push_back(fmt::format("{} {} {} {} {}", recipe_text(point.recipe), point.plan.cost.flash_bytes,
                                   point.plan.cost.ram_bytes, point.plan.cost.cycles, point.drop));
    return result;
  }

  Graph graph_ = classifier();
  SampleInputs samples_ = random_samples(graph_, 48, 9);
  SearchOptions options_;
};

TEST_F(SearchTest, OnBoardTheChosenLibraryHoldsTheBudget) {
  const SearchResult free = run();
  ASSERT_TRUE(free.held);
  options_.aim.budget.flash_bytes = free.chosen.plan.cost.flash_bytes - 700;
  const SearchResult tight = run();
  ASSERT_TRUE(tight.held);
  EXPECT_LE(tight.chosen.plan.cost.flash_bytes, *options_.aim.budget.flash_bytes);
  SelectionOptions limits;
  limits.flash_bytes = tight.chosen.plan.flash_limit;
  limits.ram_bytes = tight.chosen.plan.ram_limit;
  const Plan plan = make_plan(as_compiled(tight.compressed.graph), options_.target, limits);
  EXPECT_EQ(measured_cost(plan, {Bytes(128)}).flash_bytes, tight.chosen.plan.cost.flash_bytes);
  EXPECT_FALSE(tight.layers.empty());
}

TEST_F(SearchTest, OnBoardAnImpossibleBudgetNamesWhatCannotBeKept) {
  options_.aim.budget.flash_bytes = 300;
  options_.aim.budget.ram_bytes = 100'000;
  const SearchResult result = run();
  EXPECT_FALSE(result.held);
  ASSERT_EQ(result.shortfalls.size(), 1U);
  EXPECT_TRUE(contains(result.shortfalls[0], "flash: "));
  EXPECT_TRUE(contains(result.shortfalls[0], "300 asked"));
}

TEST_F(SearchTest, OnBoardStoppedAndContinuedGivesTheSameFront) {
  const TemporaryDirectory directory;
  const std::filesystem::path file = directory.path() / "search.jsonl";
  const SearchResult whole = run();
  const SearchResult part = run(file, 1);
  EXPECT_TRUE(part.interrupted);
  EXPECT_LT(part.looked_at, whole.looked_at);
  const SearchResult rest = run(file);
  EXPECT_FALSE(rest.interrupted);
  EXPECT_EQ(texts(rest.front), texts(whole.front));
  EXPECT_EQ(recipe_text(rest.chosen.recipe), recipe_text(whole.chosen.recipe));
}

/// A stand-in for training takes the forms away again, and counts.
TEST_F(SearchTest, OnBoardWhatIsTrainedIsWrittenDownAndNotTrainedAgain) {
  const TemporaryDirectory directory;
  const std::filesystem::path file = directory.path() / "search.jsonl";
  options_.pruned = {0};
  int trained = 0;
  options_.training = SearchTraining{"once", [&](const Recipe& recipe) {
                                       EXPECT_EQ(recipe.training, "once");
                                       return [&](Graph&, Scheme& scheme) {
                                         ++trained;
                                         scheme.books.clear();
                                         scheme.weights.clear();
                                       };
                                     }};
  const SearchResult first = run(file);
  EXPECT_GE(trained, 1);
  const int before = trained;
  const SearchResult again = run(file);
  EXPECT_EQ(texts(again.front), texts(first.front));
  // At most to make the chosen one anew.
  EXPECT_LE(trained, before + 1);
  EXPECT_EQ(again.looked_at, first.looked_at);
  const auto bytes = read_file(file);
  EXPECT_TRUE(contains(std::string(bytes.begin(), bytes.end()), ", trained once"));
}

TEST_F(SearchTest, NoPointOfTheFrontBeatsAnother) {
  const std::vector<FrontPoint> front = run().front;
  EXPECT_GT(front.size(), 1U);
  for (const FrontPoint& a : front)
    for (const FrontPoint& b : front) {
      const bool all = a.drop <= b.drop && a.plan.cost.flash_bytes <= b.plan.cost.flash_bytes &&
                       a.plan.cost.ram_bytes <= b.plan.cost.ram_bytes && a.plan.cost.cycles <= b.plan.cost.cycles;
      const bool any = a.drop < b.drop || a.plan.cost.flash_bytes < b.plan.cost.flash_bytes ||
                       a.plan.cost.ram_bytes < b.plan.cost.ram_bytes || a.plan.cost.cycles < b.plan.cost.cycles;
      EXPECT_FALSE(all && any);
    }
}

TEST_F(SearchTest, RefusesATargetWithoutABoard) {
  options_.target = find_target("host");
  EXPECT_TRUE(contains(error_of([&] { run(); }), "a search needs an emulated board"));
}

}  // namespace
}  // namespace mote::test
