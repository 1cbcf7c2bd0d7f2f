#include "search/journal.hpp"

#include <fstream>
#include <limits>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

class JournalTest : public testing::Test {
 protected:
  std::string text() const {
    const auto bytes = read_file(file_);
    return {bytes.begin(), bytes.end()};
  }
  void append(const std::string& text) const { std::ofstream(file_, std::ios::app) << text; }

  TemporaryDirectory directory_;
  std::filesystem::path file_ = directory_.path() / "search.jsonl";
  Recipe recipe_{0.25, {{"a layer, with a comma", parse_weight_form("int4+2:4")}}};
  Finding finding_{{std::numeric_limits<double>::infinity(), 0.1, 0.012345678901234567, 0.99, std::nullopt},
                   0.01,
                   123456,
                   {{std::nullopt, 4096, {1000, 2000, 3.5e6, 12.25, std::nullopt}}, {900, std::nullopt, {890, 2000, 4e6, 13.0, 0.5}}}};
};

TEST_F(JournalTest, GivesBackWhatWasAdded) {
  {
    Journal journal(file_, "this");
    journal.add(recipe_, finding_);
    journal.add_forms(0.25, {recipe_.forms, {}});
  }
  const Journal journal(file_, "this");
  const auto found = journal.find(recipe_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->quality.sqnr_db, finding_.quality.sqnr_db);
  EXPECT_EQ(found->quality.relative_error, finding_.quality.relative_error);
  EXPECT_EQ(found->quality.agreement, finding_.quality.agreement);
  EXPECT_EQ(found->quality.accuracy, std::nullopt);
  ASSERT_EQ(found->plans.size(), 2U);
  EXPECT_EQ(found->plans[0].ram_limit, 4096);
  EXPECT_EQ(found->plans[1].cost.millijoules, 0.5);
  EXPECT_EQ(journal.find_forms(0.25), (std::vector<WantedForms>{recipe_.forms, {}}));
  EXPECT_FALSE(journal.find({0.5, {}}));
  EXPECT_FALSE(journal.find_forms(0.5));
}

TEST_F(JournalTest, DropsALineThatIsNotWhole) {
  Journal(file_, "this").add(recipe_, finding_);
  const std::string whole = text();
  append(R"({"recipe": "half of)");
  EXPECT_TRUE(Journal(file_, "this").find(recipe_));
  EXPECT_EQ(text(), whole);
}

TEST_F(JournalTest, RefusesAnotherSearchAndWhatIsNoJournal) {
  Journal(file_, "this").add(recipe_, finding_);
  EXPECT_TRUE(contains(error_of([&] { Journal(file_, "that"); }), "another model, data or options"));
  append("[1, 2]\n");
  EXPECT_TRUE(contains(error_of([&] { Journal(file_, "this"); }), "is not what a search writes"));
  write_file(file_, "weights\n");
  EXPECT_TRUE(contains(error_of([&] { Journal(file_, "this"); }), "byte 0 is not what a search writes"));
}

TEST_F(JournalTest, WithoutAFileNothingIsKept) {
  Journal journal({}, "this");
  journal.add(recipe_, finding_);
  EXPECT_TRUE(journal.find(recipe_));
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

}  // namespace
}  // namespace mote::test
