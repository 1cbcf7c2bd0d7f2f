#include "data/event_labels.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"

namespace mote {
namespace {

using test::contains;
using test::error_of;

TEST(EventLabels, AreReadByTheirHeading) {
  const auto labels = parse_event_labels("start_s,end_s,name,file\n1.5,2,yes,\"a, b.wav\"\n0,0,no,c.wav\n");
  ASSERT_EQ(labels.size(), 2u);
  EXPECT_EQ(labels[0].file, "a, b.wav");
  EXPECT_EQ(labels[0].start_s, 1.5);
  EXPECT_EQ(labels[0].end_s, 2);
  EXPECT_EQ(labels[1].name, "no");
  EXPECT_EQ(parse_event_labels("file,start_s,end_s\na.wav,1,2\n")[0].name, "");
}

TEST(EventLabels, SayWhatIsWrong) {
  EXPECT_TRUE(contains(error_of([] { parse_event_labels("file,start_s\na.wav,1\n"); }), "there is no column 'end_s'"));
  EXPECT_TRUE(contains(error_of([] { parse_event_labels("file,start_s,end_s\na.wav,1,x\n"); }), "line 2: 'x' is no time"));
  EXPECT_TRUE(contains(error_of([] { parse_event_labels("file,start_s,end_s\na.wav,1,2\na.wav,3,2\n"); }),
                       "line 3: the event ends before it starts"));
  EXPECT_TRUE(contains(error_of([] { parse_event_labels("file,start_s,end_s\na.wav,-1,2\n"); }), "'-1' is no time"));
}

}  // namespace
}  // namespace mote
