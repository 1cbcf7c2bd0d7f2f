#pragma once

#include <string>
#include <vector>

namespace mote {

/// How often a detector is wrong either way, over its thresholds.
struct TradeOffCurve {
  struct Point {
    double false_accepts_per_hour = 0, false_rejection_rate = 0;
  };
  std::string name;
  std::vector<Point> points;  ///< by threshold, lowest first
  Point chosen;
  bool has_choice = false;
};

/// An SVG picture: false accepts per hour (logarithmic, with 0 at the left edge) against the share of false rejects. `hours`: of
/// the recordings. The same curves give the same bytes.
std::string trade_off_svg(const std::vector<TradeOffCurve>& curves, double hours);

}  // namespace mote
