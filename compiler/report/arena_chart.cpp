#include "report/arena_chart.hpp"

#include <algorithm>
#include <cmath>

#include "graph/operator.hpp"
#include "report/front_report.hpp"
#include "report/memory_map.hpp"
#include "report/svg.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

constexpr double kLeft = 76, kRight = 150, kTop = 84, kPlotHeight = 420, kBottom = 150, kLeastWidth = 860;
constexpr double kFontSize = 11, kCharacter = 6.1;  // pixels; the widths of letters are a guess on the safe side

/// What a buffer is, which is what its colour tells.
enum class Kind : std::uint8_t { kInput, kActivation, kOutput, kState, kScratch };

struct Look {
  const char *name, *fill;
};
constexpr Look kLooks[] = {
    {"input", "#8fce9b"}, {"activations", "#8db8e8"}, {"output", "#f2b26b"}, {"state", "#c9a6e0"}, {"scratch", "#d9d9d9"}};
constexpr const char* kRegionColour = "#1d4e89";
constexpr const char* kOtherActivation = "#b9d3f0";  // every second one, so that neighbours differ

struct Box {
  double x = 0, y = 0, width = 0, height = 0;
};

std::string shortened(const std::string& text, std::size_t most) {
  return text.size() <= most ? text : text.substr(0, most - 2) + "..";
}

std::string text_at(double x, double y, std::string_view attributes, std::string_view text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" {}>{}</text>\n", x, y, attributes, escaped(text));
}

std::string rectangle(const Box& box, std::string_view attributes) {
  return fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" {}", box.x, box.y, box.width, box.height,
                     attributes);
}

std::string line(double x0, double y0, double x1, double y1, std::string_view attributes) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x0, y0, x1, y1, attributes);
}

bool holds(const std::vector<TensorId>& ids, TensorId id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

class Chart {
 public:
  Chart(const Plan& plan, std::optional<std::int64_t> budget_bytes)
      : plan_(plan), memory_(plan.memory), budget_(budget_bytes), count_(std::max<std::size_t>(plan.graph.nodes.size(), 1)) {
    step_ = std::clamp(760.0 / static_cast<double>(count_), 14.0, 120.0);
    std::int64_t most = std::max<std::int64_t>({memory_.arena_bytes, memory_.lower_bound_bytes, 1});
    // A budget far above would leave nothing of the rest.
    if (budget_ && *budget_ <= 2 * most) most = std::max(most, *budget_);
    top_bytes_ = static_cast<double>(most) * 1.04;
  }

  std::string text() const {
    const double width = std::max(kLeft + plot_width() + kRight, kLeastWidth), height = kTop + kPlotHeight + kBottom;
    std::string text = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
        "font-family=\"sans-serif\" font-size=\"{2:.0f}\" fill=\"#222\">\n"
        "<defs>\n"
        "<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
        "<rect width=\"2\" height=\"6\" fill=\"#777\"/></pattern>\n"
        "<pattern id=\"rows\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"1.5\" "
        "fill=\"#1d4e89\" fill-opacity=\"0.45\"/></pattern>\n"
        "<pattern id=\"shared\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><circle cx=\"2\" cy=\"2\" r=\"1.1\" "
        "fill=\"#a02020\"/></pattern>\n"
        "</defs>\n"
        "<rect width=\"{0:.0f}\" height=\"{1:.0f}\" rx=\"6\" fill=\"#ffffff\" stroke=\"#c8c8c8\"/>\n",
        width, height, kFontSize);
    return text + title() + legend() + scale() + peak_column() + buffers() + shared_bytes() + labels() + marks() + layer_names() +
           regions() + "</svg>\n";
  }

 private:
  double plot_width() const { return step_ * static_cast<double>(count_); }
  double x(double layer) const { return kLeft + step_ * layer; }
  double y(double bytes) const { return kTop + kPlotHeight * (1 - bytes / top_bytes_); }

  Box box(std::int32_t first, std::int32_t last, std::int64_t from, std::int64_t to) const {
    const double end = std::min(static_cast<double>(last) + 1, static_cast<double>(count_));
    const double left = x(std::min<double>(first, end)), upper = y(static_cast<double>(to));
    return {left, upper, x(end) - left, y(static_cast<double>(from)) - upper};
  }
  Box box(const PlacedBuffer& buffer) const {
    return box(buffer.first, buffer.last, buffer.offset, buffer.offset + buffer.bytes);
  }

  Kind kind(const PlacedBuffer& buffer) const {
    if (buffer.tensors.empty()) return Kind::kScratch;
    const auto any = [&](auto test) { return std::any_of(buffer.tensors.begin(), buffer.tensors.end(), test); };
    if (any([&](TensorId id) { return plan_.graph.tensor(id).is_state; })) return Kind::kState;
    if (any([&](TensorId id) { return holds(plan_.graph.inputs, id); })) return Kind::kInput;
    if (any([&](TensorId id) { return holds(plan_.graph.outputs, id); })) return Kind::kOutput;
    return Kind::kActivation;
  }

  std::string title() const {
    const std::size_t by_rows = layers_by_rows(plan_);
    std::string second = fmt::format("arena {} bytes, {} layers", grouped(memory_.arena_bytes), plan_.steps.size());
    if (by_rows > 0) second += fmt::format(", {} of them a few rows at a time", by_rows);
    if (const std::int64_t stack = plan_.stack_scratch_bytes())
      second += fmt::format("; {} bytes of scratch on the stack", grouped(stack));
    return text_at(kLeft, 26, "font-size=\"15\" font-weight=\"bold\"",
                   fmt::format("{} on {}: the arena over time", plan_.graph.name, plan_.target.name)) +
           text_at(kLeft, 44, "fill=\"#555\"", second);
  }

  /// Of what there is in this picture.
  std::string legend() const {
    std::string text;
    double at = kLeft;
    const auto entry = [&](std::string_view fill, std::string_view pattern, std::string_view name) {
      const Box mark{at, 54, 14, 12};
      text += rectangle(mark, fmt::format("fill=\"{}\" stroke=\"#666\"/>\n", fill));
      if (!pattern.empty()) text += rectangle(mark, fmt::format("fill=\"url(#{})\"/>\n", pattern));
      text += text_at(at + 19, 64, "", name);
      at += 19 + kCharacter * static_cast<double>(name.size()) + 18;
    };
    for (std::size_t k = 0; k < std::size(kLooks); ++k) {
      const auto same = [&](const PlacedBuffer& each) { return kind(each) == static_cast<Kind>(k) && !each.is_ring; };
      if (std::any_of(memory_.buffers.begin(), memory_.buffers.end(), same))
        entry(kLooks[k].fill, static_cast<Kind>(k) == Kind::kScratch ? "hatch" : "", kLooks[k].name);
    }
    if (std::any_of(memory_.buffers.begin(), memory_.buffers.end(), [](const PlacedBuffer& each) { return each.is_ring; }))
      entry(kLooks[1].fill, "rows", "some rows of a tensor");
    if (!shared_bytes().empty()) entry("#ffffff", "shared", "output over read input");
    if (!plan_.regions.empty()) entry(kRegionColour, "", "layers run by rows");
    return text;
  }

  std::string scale() const {
    double unit = 16;
    while (top_bytes_ / unit > 9) unit *= 2;
    std::string text;
    for (double bytes = 0; bytes <= top_bytes_; bytes += unit) {
      text += line(kLeft, y(bytes), kLeft + plot_width(), y(bytes), "stroke=\"#e4e4e4\"");
      const std::string label = unit >= 1024 ? fmt::format("{:.0f} KiB", bytes / 1024) : fmt::format("{:.0f}", bytes);
      text += text_at(kLeft - 7, y(bytes) + 4, "text-anchor=\"end\" fill=\"#555\"", label);
    }
    return text + line(kLeft, kTop, kLeft, kTop + kPlotHeight, "stroke=\"#999\"");
  }

  std::string peak_column() const {
    if (memory_.live_bytes.empty()) return "";
    const Box column{x(memory_.peak_node), kTop, step_, kPlotHeight};
    const std::string name = fmt::format("peak {}", grouped(memory_.live_bytes[static_cast<std::size_t>(memory_.peak_node)]));
    const double half = kCharacter * static_cast<double>(name.size()) / 2;
    return rectangle(column, "fill=\"#fde8e4\"/>\n") + text_at(std::max(column.x + step_ / 2, kLeft + half), kTop - 4,
                                                               "text-anchor=\"middle\" font-weight=\"bold\" fill=\"#c02020\"",
                                                               name);
  }

  std::string buffers() const {
    std::string text;
    std::size_t activations = 0;
    for (const PlacedBuffer& each : memory_.buffers) {
      const Kind what = kind(each);
      const bool is_other = what == Kind::kActivation && activations++ % 2 == 1;
      const Box area = box(each);
      std::string tooltip = fmt::format("{}: {} bytes from {} on, {} to {}", buffer_text(plan_, each), grouped(each.bytes),
                                        grouped(each.offset), first_layer(plan_, each), last_layer(plan_, each));
      for (const TensorId id : each.tensors) {
        const Tensor& tensor = plan_.graph.tensor(id);
        tooltip += fmt::format("; {} {} {}", tensor.name, type_name(tensor.type), to_string(tensor.shape));
      }
      text += "<g>" + fmt::format("<title>{}</title>", escaped(tooltip)) +
              rectangle(area, fmt::format("fill=\"{}\" fill-opacity=\"0.85\" stroke=\"#345\" stroke-width=\"0.8\"/>",
                                          is_other ? kOtherActivation : kLooks[static_cast<std::size_t>(what)].fill));
      if (what == Kind::kScratch) text += rectangle(area, "fill=\"url(#hatch)\"/>");
      if (each.is_ring) text += rectangle(area, "fill=\"url(#rows)\"/>");
      text += "</g>\n";
    }
    return text;
  }

  /// Where two buffers lie at the same time.
  std::string shared_bytes() const {
    std::string text;
    for (std::size_t i = 0; i < memory_.buffers.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const PlacedBuffer &a = memory_.buffers[i], &b = memory_.buffers[j];
        const std::int32_t first = std::max(a.first, b.first), last = std::min(a.last, b.last);
        const std::int64_t from = std::max(a.offset, b.offset), to = std::min(a.offset + a.bytes, b.offset + b.bytes);
        if (first <= last && from < to) text += rectangle(box(first, last, from, to), "fill=\"url(#shared)\"/>\n");
      }
    }
    return text;
  }

  /// Its first tensor's layer, and how many tensors more.
  std::string brief(const PlacedBuffer& buffer) const {
    if (buffer.tensors.empty()) return "scratch";
    PlacedBuffer first = buffer;
    first.tensors.resize(1);
    std::string text = buffer_text(plan_, first);
    if (const std::size_t at = text.find("output of "); at != std::string::npos) text.erase(at, 10);
    const std::size_t more = buffer.tensors.size() - 1;
    return more == 0 ? text : fmt::format("{} +{}", text, more);
  }

  /// Name and bytes as far as they fit: in one line, in two, up the box, or bytes alone.
  std::string label(const PlacedBuffer& buffer) const {
    constexpr std::string_view kStyle =
        "text-anchor=\"middle\" paint-order=\"stroke\" stroke=\"#fff\" stroke-width=\"2.5\" stroke-opacity=\"0.7\"";
    constexpr double kLine = kFontSize + 2;
    const auto length = [](const std::string& text) { return kCharacter * static_cast<double>(text.size()) + 4; };
    const Box area = box(buffer);
    const double middle_x = area.x + area.width / 2, middle_y = area.y + area.height / 2;
    const std::string name = brief(buffer), bytes = grouped(buffer.bytes);
    const auto along = [&](const std::string& text, double up) { return text_at(middle_x, middle_y + 4 - up, kStyle, text); };
    const auto fits = [&](const std::string& text) { return length(text) <= area.width && kLine <= area.height; };
    const auto upright = [&](const std::string& text) {
      const double x0 = middle_x + 4;
      return text_at(x0, middle_y, fmt::format("{} transform=\"rotate(-90 {:.1f} {:.1f})\"", kStyle, x0, middle_y), text);
    };
    const auto fits_upright = [&](const std::string& text) { return length(text) <= area.height && kLine <= area.width; };
    const std::string both = name + ", " + bytes, cut = shortened(name, 12) + ", " + bytes;
    if (fits(both)) return along(both, 0);
    if (fits(name) && 2 * kLine <= area.height) return along(name, kLine / 2) + along(bytes, -kLine / 2);
    for (const std::string& text : {both, cut}) {
      if (fits_upright(text)) return upright(text);
    }
    return fits(bytes) ? along(bytes, 0) : fits_upright(bytes) ? upright(bytes) : "";
  }

  std::string labels() const {
    std::string text;
    for (const PlacedBuffer& each : memory_.buffers) text += label(each);
    return text;
  }

  /// Lines across the picture with their names at the right, none over another.
  std::string marks() const {
    struct Mark {
      std::int64_t bytes;
      std::string name;
      const char *colour, *dashes;
    };
    std::vector<Mark> marks;
    marks.push_back({memory_.arena_bytes, fmt::format("arena {}", grouped(memory_.arena_bytes)), "#c02020", "none"});
    marks.push_back(
        {memory_.lower_bound_bytes, fmt::format("lower bound {}", grouped(memory_.lower_bound_bytes)), "#444", "6 4"});
    if (budget_ && static_cast<double>(*budget_) <= top_bytes_)
      marks.push_back({*budget_, fmt::format("budget {}", grouped(*budget_)), "#7a3fb0", "2 3"});
    std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.bytes > b.bytes; });
    std::string text;
    double least_y = kTop - 4;
    const double right = kLeft + plot_width();
    for (const Mark& each : marks) {
      const double at = y(static_cast<double>(each.bytes));
      text += line(kLeft, at, right + 6, at,
                   fmt::format("stroke=\"{}\" stroke-width=\"1.6\" stroke-dasharray=\"{}\"", each.colour, each.dashes));
      least_y = std::max(at + 4, least_y);
      text += text_at(right + 9, least_y, fmt::format("fill=\"{}\" font-weight=\"bold\"", each.colour), each.name);
      least_y += kFontSize + 3;
    }
    return text;
  }

  /// Below, as many as there is room for, always the peak's.
  std::string layer_names() const {
    constexpr double kApart = 13;
    const auto every = static_cast<std::size_t>(std::ceil(kApart / step_));
    const auto peak = static_cast<std::size_t>(memory_.peak_node);
    const double base = kTop + kPlotHeight + 24;
    std::string text;
    for (std::size_t i = 0; i < plan_.graph.nodes.size(); ++i) {
      const bool is_peak = i == peak;
      const bool is_near_peak = i + every > peak && peak + every > i;
      if (!is_peak && (i % every != 0 || is_near_peak)) continue;
      const double at = x(static_cast<double>(i) + 0.5);
      const std::string name = shortened(plan_.graph.nodes[i].name, 22);
      text += text_at(at + 4, base,
                      fmt::format("text-anchor=\"end\" transform=\"rotate(-55 {:.1f} {:.1f})\" {}", at + 4, base,
                                  is_peak ? "font-weight=\"bold\" fill=\"#c02020\"" : ""),
                      name);
    }
    return text;
  }

  /// Bars under the layers that run row by row.
  std::string regions() const {
    std::string text;
    for (const RowRegion& region : plan_.regions) {
      const Box bar{x(static_cast<double>(region.first_node())) + 1, kTop + kPlotHeight + 4,
                    step_ * static_cast<double>(region.last_node() + 1 - region.first_node()) - 2, 6};
      text += "<g><title>these layers run a few rows at a time</title>" +
              rectangle(bar, fmt::format("rx=\"2\" fill=\"{}\"/>", kRegionColour)) + "</g>\n";
    }
    return text;
  }

  const Plan& plan_;
  const MemoryPlan& memory_;
  std::optional<std::int64_t> budget_;
  std::size_t count_;
  double step_ = 0, top_bytes_ = 0;
};

}  // namespace

std::string arena_svg(const Plan& plan, std::optional<std::int64_t> budget_bytes) { return Chart(plan, budget_bytes).text(); }

}  // namespace mote
