#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "graph/operator.hpp"
#include "targets/target.hpp"

namespace mote {

/// A compile-time constant of a kernel: a number, a list of numbers, a function, a type or a descriptor of its own.
struct SpecField {
  std::string type;  ///< "int32_t", "float", "bool", "auto", "int32_t[]", "using", or "struct"
  std::string name, value;
  bool operator==(const SpecField&) const = default;
};

/// How the words of a table hold int8 weights, if they do: device/include/mote/unpack.hpp tells the forms.
enum class WeightCells : std::uint8_t { kNone, kBytes, kPairs, kJoined };

/// A part of a table: words that hold no weights, then words that do.
struct TableRun {
  std::size_t others = 0, weights = 0;
  bool operator==(const TableRun&) const = default;
};

/// A table that a kernel reads, in flash, in the layout the kernel wants.
struct PackedConstant {
  std::string name;  ///< "weights", "bias", ...
  DataType type = DataType::kInt8;
  std::vector<std::uint8_t> bytes;
  /// Where weights stand, for rows that hold them in fewer bytes (ops/unpacked.hpp).
  WeightCells cells = WeightCells::kNone;
  std::vector<TableRun> runs = {};
};

/// What stands in one place of a kernel's argument list.
struct KernelArgument {
  enum class Kind : std::uint8_t { kInput, kOutput, kConstant, kScratch, kNull };
  Kind kind;
  int index = 0;
};

/// How far the first output may lie inside an input: it may begin `bytes` or more before that input begins, since by the order in which
/// the kernel reads and writes nothing is overwritten that it still reads. Negative: it may begin that far behind the input's start.
struct Overlap {
  int input = 0;
  std::int64_t bytes = 0;
  bool operator==(const Overlap&) const = default;
};

/// A call of a device kernel: which function, with which constants, on which tensors. Codegen prints it, nothing more.
struct KernelCall {
  std::string header;             ///< under mote/, without ".hpp"
  std::string inner_header = {};  ///< that of a kernel which the function calls; empty for none
  std::string function;           ///< in namespace mote; its template argument is the spec
  std::vector<SpecField> spec;
  std::vector<PackedConstant> constants;
  std::vector<KernelArgument> arguments;
  std::int64_t scratch_bytes = 0;
  /// Source files of another library that hold what it calls, relative to that library's `Source`.
  std::vector<std::string_view> library_sources;
  /// Inputs whose memory the first output may take over when nobody needs them afterwards.
  std::vector<int> in_place;
  /// Inputs that the first output may overlap when nobody needs them afterwards; at most one for each input.
  std::vector<Overlap> overlaps = {};
  /// The kernel that learns a label (`Operator::teach`), a function of label and these inputs; empty for none.
  std::string teach_function = {};
  std::vector<int> teach_inputs = {};

  KernelCall(std::string_view header_name, std::string_view function_name) : header(header_name), function(function_name) {}

  std::vector<std::string> headers() const {
    return inner_header.empty() ? std::vector{header} : std::vector{header, inner_header};
  }

  KernelCall& type(std::string_view name, DataType value);
  KernelCall& text(std::string_view cpp_type, std::string_view name, std::string_view value);
  KernelCall& set(std::string_view name, std::int64_t value);
  KernelCall& flag(std::string_view name, bool value);
  KernelCall& real(std::string_view name, float value);
  KernelCall& list(std::string_view name, const std::vector<std::int64_t>& values);
  KernelCall& reals(std::string_view name, const std::vector<float>& values);

  KernelCall& input(int i = 0) { return argument(KernelArgument::Kind::kInput, i); }
  KernelCall& output(int i = 0) { return argument(KernelArgument::Kind::kOutput, i); }
  KernelCall& scratch(std::int64_t bytes);
  KernelCall& null() { return argument(KernelArgument::Kind::kNull, 0); }
  KernelCall& in_place_of(std::vector<int> inputs);
  KernelCall& overlapping(int input, std::int64_t bytes);
  KernelCall& taught_by(std::string_view function_name, std::vector<int> inputs);
  template <typename T>
  KernelCall& constant(std::string_view name, const std::vector<T>& values) {
    PackedConstant packed{std::string(name), type_of<T>(), std::vector<std::uint8_t>(values.size() * sizeof(T)), {}, {}};
    if (!values.empty()) std::memcpy(packed.bytes.data(), values.data(), packed.bytes.size());
    constants.push_back(std::move(packed));
    return argument(KernelArgument::Kind::kConstant, static_cast<int>(constants.size()) - 1);
  }
  /// Tells where weights stand in the constant given last.
  KernelCall& holds_weights(WeightCells cells, std::vector<TableRun> runs);
  /// A constant tensor as it stands in the model.
  KernelCall& constant(std::string_view name, const Tensor& tensor);
  /// Input `i`: the tensor when computed, a table when constant.
  KernelCall& value(const NodeView& node, int i, std::string_view name);

 private:
  KernelCall& argument(KernelArgument::Kind kind, int index);
};

/// The call's compile-time constants as C++: the body of a descriptor struct.
std::string spec_text(const KernelCall& call);

/// Whose kernels run: mote's own, or those of a library that stands beside the generated code.
enum class KernelLibrary : std::uint8_t { kMote, kCmsisNn };

// Machine code that layers share, by the header it is in.
constexpr std::string_view kPackedMatrixRoutine = "packed_matrix", kPackedColumnRoutine = "packed_column",
                           kByteMatrixRoutine = "byte_matrix", kChannelRowsRoutine = "channel_rows";
constexpr std::int64_t kPackedMatrixBytes = 2400, kPackedColumnBytes = 900, kByteMatrixBytes = 1000, kChannelRowsBytes = 1050;

/// One way to run an operator: a row that selection, code generation, tests and benchmarks read.
struct Implementation {
  std::string_view name;  ///< "conv_2d.pointwise"
  Isa isa = Isa::kPortable;
  KernelLibrary library = KernelLibrary::kMote;
  /// Whether it can run this node at all; the operator has already accepted it.
  bool (*applies)(const NodeView&) = nullptr;
  /// Whether it is worth its flash for a whole layer; a layer that runs a few rows at a time is asked as a whole.
  bool (*pays)(const NodeView&) = nullptr;
  /// Predicted cycles of one inference; an estimate for comparing rows, not for showing.
  double (*cycles)(const NodeView&) = nullptr;
  KernelCall (*lower)(const NodeView&) = nullptr;
  /// Machine code of one instance on a Cortex-M, roughly: one number, or one for each node.
  std::int64_t code_bytes = 300;
  std::int64_t (*code_bytes_of)(const NodeView&) = nullptr;
  /// Machine code that all layers with it share, over all operators: its name and size. Empty for none.
  std::string_view routine = {};
  std::int64_t routine_bytes = 0;
};

}  // namespace mote
