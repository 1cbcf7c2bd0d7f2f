#include "ops/unpacked.hpp"

#include <algorithm>
#include <numeric>

namespace mote {

namespace {

/// Scratch that may stand on the stack.
constexpr std::int64_t kMostScratch = 2048;
/// Fewer weights are not worth the code that unpacks them.
constexpr std::size_t kLeastWeights = 256;
/// Tables become at least this much smaller.
constexpr double kMostOfTables = 0.9;
/// What stands for an argument's step from block to block: as in device/include/mote/unpacked.hpp.
constexpr std::int64_t kUnpackedTable = -1, kInnerScratch = -2, kOutputOfBlock = -3;
constexpr double kCyclesOfBlock = 120;

double cycles_of_value(WeightCode code, Isa isa, double bits) {
  const bool is_scalar = isa == Isa::kScalar;
  if (code == WeightCode::kCodebook) return is_scalar ? 20 : 11;
  return is_scalar ? 26 + 5 * bits : 16 + 4 * bits;
}

std::int32_t word_at(const PackedConstant& table, std::size_t i) {
  std::int32_t word;
  std::memcpy(&word, &table.bytes[4 * i], sizeof word);
  return word;
}

/// The values that a word holds, as the device's cells write them.
void append_values(WeightCells cells, std::int32_t word, std::vector<std::int8_t>& values) {
  const auto unsigned_word = static_cast<std::uint32_t>(word);
  if (cells == WeightCells::kBytes) {
    for (int i = 0; i < 4; ++i) values.push_back(static_cast<std::int8_t>(unsigned_word >> (8 * i)));
    return;
  }
  const auto low = static_cast<std::int16_t>(unsigned_word);
  if (cells == WeightCells::kPairs) {
    const auto high = static_cast<std::int16_t>((unsigned_word - static_cast<std::uint32_t>(low)) >> 16);
    MOTE_CHECK(low == static_cast<std::int8_t>(low) && high == static_cast<std::int8_t>(high));
    for (const std::int16_t value : {high, low}) values.push_back(static_cast<std::int8_t>(value));
    return;
  }
  for (const std::int16_t halfword : {low, static_cast<std::int16_t>(unsigned_word >> 16)}) {
    const auto first = static_cast<std::int8_t>(halfword);
    values.push_back(first);
    values.push_back(static_cast<std::int8_t>((halfword - first) / 256));
  }
}

std::string_view name_of(WeightCells cells) {
  return cells == WeightCells::kBytes   ? "mote::ByteCells"
         : cells == WeightCells::kPairs ? "mote::PairCells"
                                        : "mote::JoinedCells";
}

/// The table with weights of a call; nothing unless there is exactly one.
std::optional<std::size_t> weight_table(const KernelCall& call) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < call.constants.size(); ++i) {
    if (call.constants[i].cells == WeightCells::kNone) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

bool same_kernel(const KernelCall& a, const KernelCall& b) {
  const auto same_argument = [](const KernelArgument& x, const KernelArgument& y) {
    return x.kind == y.kind && x.index == y.index;
  };
  return a.function == b.function && a.spec == b.spec && a.scratch_bytes == b.scratch_bytes &&
         std::ranges::equal(a.arguments, b.arguments, same_argument);
}

/// The blocks' tables one behind the other; the step between them in elements. One table does for all if they are equal.
std::pair<PackedConstant, std::int64_t> joined_tables(const std::vector<KernelCall>& blocks, std::size_t table) {
  PackedConstant joined = blocks[0].constants[table];
  std::size_t size = 0;
  bool equal = true;
  for (const KernelCall& block : blocks) {
    size = std::max(size, block.constants[table].bytes.size());
    equal = equal && block.constants[table].bytes == joined.bytes;
  }
  if (equal) return {joined, 0};
  joined.bytes.clear();
  for (const KernelCall& block : blocks) {
    joined.bytes.insert(joined.bytes.end(), block.constants[table].bytes.begin(), block.constants[table].bytes.end());
    joined.bytes.resize((joined.bytes.size() + size - 1) / size * size);
  }
  return {joined, static_cast<std::int64_t>(size / type_bytes(joined.type))};
}

/// Runs of words and the weights between them of all blocks; nothing when the blocks' runs are not equally many.
struct TableParts {
  std::vector<std::int32_t> runs;
  std::vector<std::int8_t> values;
  std::size_t runs_of_block = 0;
};
std::optional<TableParts> take_apart(const std::vector<KernelCall>& blocks, std::size_t table) {
  constexpr std::size_t kMostWords = 32767;
  TableParts parts;
  for (const KernelCall& block : blocks) {
    const PackedConstant& packed = block.constants[table];
    std::size_t at = 0, runs = 0;
    TableRun run;
    for (std::size_t i = 0; i < packed.runs.size(); ++i) {
      run.others += packed.runs[i].others;
      run.weights = packed.runs[i].weights;
      if (run.weights == 0 && i + 1 < packed.runs.size()) continue;
      if (run.others > kMostWords || run.weights > kMostWords) return std::nullopt;
      parts.runs.push_back(static_cast<std::int32_t>(run.others + (run.weights << 16)));
      for (const std::size_t end = at + run.others; at < end; ++at) parts.runs.push_back(word_at(packed, at));
      for (const std::size_t end = at + run.weights; at < end; ++at)
        append_values(packed.cells, word_at(packed, at), parts.values);
      run = {};
      ++runs;
    }
    if (&block != blocks.data() && runs != parts.runs_of_block) return std::nullopt;
    parts.runs_of_block = runs;
    MOTE_CHECK(4 * at == packed.bytes.size());
  }
  return parts;
}

std::int64_t bytes_of(const KernelCall& call) {
  std::int64_t bytes = 0;
  for (const PackedConstant& constant : call.constants) bytes += static_cast<std::int64_t>(constant.bytes.size());
  return bytes;
}

/// One call for all blocks.
std::optional<KernelCall> join_blocks(const std::vector<KernelCall>& blocks, std::int32_t channels, std::int32_t last_channel,
                                      WeightCode code) {
  const KernelCall& first = blocks[0];
  const auto table = weight_table(first);
  if (!table || !std::ranges::all_of(blocks, [&](const KernelCall& each) { return same_kernel(each, first); }))
    return std::nullopt;
  const auto parts = take_apart(blocks, *table);
  if (!parts) return std::nullopt;
  const auto coded = encode_weights(code, parts->values);
  if (!coded) return std::nullopt;
  std::int64_t table_bytes = 0;
  for (const KernelCall& block : blocks)
    table_bytes = std::max(table_bytes, static_cast<std::int64_t>(block.constants[*table].bytes.size()));

  KernelCall call("unpacked", "unpacked");
  call.inner_header = first.header;
  call.text("struct", "Inner", spec_text(first)).text("auto", "kernel", fmt::format("mote::{}<Inner>", first.function));
  call.text("using", "Values", code == WeightCode::kCodebook ? "mote::CodedValues" : "mote::HuffmanValues");
  call.text("using", "Cells", name_of(first.constants[*table].cells)).set("bits", coded->bits);
  call.set("blocks", static_cast<std::int64_t>(blocks.size())).set("runs", static_cast<std::int64_t>(parts->runs_of_block));
  call.set("channels", channels).set("last_channel", last_channel).set("table_bytes", table_bytes);
  call.constant("stream", coded->stream).constant("symbols", coded->symbols);
  if (code == WeightCode::kHuffman) {
    call.constant("lengths", coded->lengths);
  } else {
    call.null();
  }
  call.constant("runs", parts->runs).scratch(table_bytes + first.scratch_bytes);
  std::vector<std::int64_t> steps;
  for (const KernelArgument& argument : first.arguments) {
    switch (argument.kind) {
      case KernelArgument::Kind::kInput:
        call.input(argument.index);
        steps.push_back(0);
        break;
      case KernelArgument::Kind::kOutput:
        call.output(argument.index);
        steps.push_back(kOutputOfBlock);
        break;
      case KernelArgument::Kind::kNull:
        call.null();
        steps.push_back(0);
        break;
      case KernelArgument::Kind::kScratch:
        call.null();
        steps.push_back(kInnerScratch);
        break;
      case KernelArgument::Kind::kConstant:
        if (static_cast<std::size_t>(argument.index) == *table) {
          call.null();
          steps.push_back(kUnpackedTable);
        } else {
          auto [joined, step] = joined_tables(blocks, static_cast<std::size_t>(argument.index));
          call.constants.push_back(std::move(joined));
          call.arguments.push_back({KernelArgument::Kind::kConstant, static_cast<int>(call.constants.size()) - 1});
          steps.push_back(step);
        }
        break;
    }
  }
  if (blocks.size() == 1) call.overlaps = first.overlaps;
  return call.list("steps", steps);
}

/// Channels of a block, a multiple of what kernels compute at a time: of those that have room on the stack, but for the smaller
/// half, the number whose blocks overlap least.
std::int32_t block_channels(const PackedConvolution& layer, const KernelCall& whole, std::size_t table) {
  constexpr std::int64_t kAtOnce = 4;
  const std::int64_t all = layer.window.out_c;
  const auto table_bytes = static_cast<std::int64_t>(whole.constants[table].bytes.size());
  const std::int64_t most = std::max((kMostScratch - whole.scratch_bytes) * all / table_bytes / kAtOnce * kAtOnce, kAtOnce);
  if (most >= all) return layer.window.out_c;
  const auto computed = [&](std::int64_t channels) { return (all + channels - 1) / channels * channels; };
  std::int64_t best = most;
  for (std::int64_t channels = most; channels >= std::max(most / 2, kAtOnce); channels -= kAtOnce) {
    if (computed(channels) < computed(best)) best = channels;
  }
  return static_cast<std::int32_t>(best);
}

std::optional<LoweredBlock> lower_as(const PackedConvolution& layer, bool uniform, std::int32_t channels, WeightCode code,
                                     Isa isa, LowerBlock inner, const NodeView& node) {
  std::vector<KernelCall> blocks;
  double cycles = 0;
  const std::int32_t last = layer.window.out_c - channels;
  for (std::int32_t first = 0; first < layer.window.out_c; first += channels) {
    auto block = inner(layer.channels(std::min(first, last), channels, uniform), node);
    if (!block) return std::nullopt;
    cycles += block->cycles + kCyclesOfBlock;
    blocks.push_back(std::move(block->call));
  }
  auto call = join_blocks(blocks, channels, last, code);
  if (!call) return std::nullopt;
  const double bits = coded_bits(code, layer.weights);
  return LoweredBlock{std::move(*call), cycles + cycles_of_value(code, isa, bits) * static_cast<double>(layer.weights.size())};
}

}  // namespace

std::int64_t unpacked_code_bytes(const NodeView& node) {
  const Shape& weights = node.input(1).shape;
  const bool gathers = weights.size() == 4 && weights[1] * weights[2] > 1;
  return 220 + (gathers ? 950 : 400);
}

std::optional<LoweredBlock> lower_unpacked(const PackedConvolution& layer, WeightCode code, Isa isa, LowerBlock inner,
                                           const NodeView& node) {
  constexpr double kMostBits = 6.5;
  if (layer.weights.size() < kLeastWeights || coded_bits(code, layer.weights) > kMostBits) return std::nullopt;
  const auto whole = inner(layer, node);
  if (!whole) return std::nullopt;
  const auto table = weight_table(whole->call);
  const auto uniform = table ? std::nullopt : inner(layer.channels(0, layer.window.out_c, true), node);
  const auto uniform_table = uniform ? weight_table(uniform->call) : std::nullopt;
  if (!table && !uniform_table) return std::nullopt;
  const std::int32_t channels =
      table ? block_channels(layer, whole->call, *table) : block_channels(layer, uniform->call, *uniform_table);
  auto lowered = lower_as(layer, false, channels, code, isa, inner, node);
  if (!lowered) lowered = lower_as(layer, true, channels, code, isa, inner, node);
  if (!lowered || static_cast<double>(bytes_of(lowered->call)) > kMostOfTables * static_cast<double>(bytes_of(whole->call)))
    return std::nullopt;
  return lowered;
}

}  // namespace mote
