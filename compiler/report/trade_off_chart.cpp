#include "report/trade_off_chart.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/svg.hpp"

namespace mote {

namespace {

constexpr double kWidth = 640, kHeight = 420, kLeft = 64, kRight = 24, kTop = 24, kBottom = 56;
constexpr const char* kColours[] = {"#1f6fb2", "#c8561b", "#2b8a3e", "#8a3ea8", "#a8862b", "#a83e5c"};

class Chart {
 public:
  Chart(const std::vector<TradeOffCurve>& curves, double hours) : least_(0.5 / hours), most_(10 * least_) {
    for (const TradeOffCurve& curve : curves)
      for (const TradeOffCurve::Point& point : curve.points) most_ = std::max(most_, point.false_accepts_per_hour);
  }

  /// 0 stands a step left of one false accept.
  double x(double per_hour) const {
    const double share = per_hour < least_ ? 0 : 0.06 + 0.94 * std::log(per_hour / least_) / std::log(most_ / least_);
    return kLeft + share * (kWidth - kLeft - kRight);
  }
  static double y(double rate) { return kTop + (1 - rate) * (kHeight - kTop - kBottom); }

  std::string axes() const {
    std::string text;
    for (int tenth = 0; tenth <= 10; tenth += 2) {
      text += line(kLeft, y(tenth / 10.0), kWidth - kRight, y(tenth / 10.0)) +
              label(kLeft - 8, y(tenth / 10.0) + 4, "end", fmt::format("{} %", 10 * tenth));
    }
    text += line(x(0), kTop, x(0), kHeight - kBottom) + label(x(0), kHeight - kBottom + 18, "middle", "0");
    for (double decade = std::pow(10, std::ceil(std::log10(least_))); decade <= most_; decade *= 10) {
      text += line(x(decade), kTop, x(decade), kHeight - kBottom) +
              label(x(decade), kHeight - kBottom + 18, "middle", fmt::format("{:.6g}", decade));
    }
    text += label((kLeft + kWidth - kRight) / 2, kHeight - 12, "middle", "false accepts per hour");
    return text +
           fmt::format(
               "<text x=\"16\" y=\"{:.1f}\" text-anchor=\"middle\" transform=\"rotate(-90 16 {:.1f})\">false rejects</text>\n",
               (kTop + kHeight - kBottom) / 2, (kTop + kHeight - kBottom) / 2);
  }

  std::string curve(const TradeOffCurve& curve, std::size_t index) const {
    const char* colour = kColours[index % std::size(kColours)];
    std::string path;
    for (const TradeOffCurve::Point& point : curve.points)
      path +=
          fmt::format("{}{:.1f},{:.1f}", path.empty() ? "" : " ", x(point.false_accepts_per_hour), y(point.false_rejection_rate));
    std::string text = fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n", path, colour);
    if (curve.has_choice) {
      text += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" fill=\"{}\"/>\n", x(curve.chosen.false_accepts_per_hour),
                          y(curve.chosen.false_rejection_rate), colour);
    }
    return text + fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\" fill=\"{}\">{}</text>\n", kWidth - kRight - 8,
                              kTop + 18 + 18 * static_cast<double>(index), colour, escaped(curve.name));
  }

 private:
  static std::string line(double x0, double y0, double x1, double y1) {
    return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"#d8d8d8\"/>\n", x0, y0, x1, y1);
  }
  static std::string label(double at_x, double at_y, std::string_view anchor, std::string_view text) {
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", at_x, at_y, anchor, text);
  }
  double least_, most_;
};

}  // namespace

std::string trade_off_svg(const std::vector<TradeOffCurve>& curves, double hours) {
  const Chart chart(curves, hours);
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" font-family=\"sans-serif\" "
      "font-size=\"13\">\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n",
      kWidth, kHeight);
  text += chart.axes();
  for (std::size_t i = 0; i < curves.size(); ++i) text += chart.curve(curves[i], i);
  return text + "</svg>\n";
}

}  // namespace mote
