#include "codegen/generate.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "codegen/write_c_header.hpp"
#include "codegen/write_header.hpp"
#include "codegen/write_source.hpp"
#include "codegen/write_state.hpp"
#include "graph/print.hpp"
#include "support/assets.hpp"

namespace mote {

namespace {

// Keywords of C and C++, the names generated code uses itself, and what its headers (math.h, string.h, stddef.h, stdint.h)
// declare besides functions of math.h and string.h.
constexpr std::string_view kReserved[] = {"alignas",      "alignof",
                                          "and",          "and_eq",
                                          "asm",          "auto",
                                          "bitand",       "bitor",
                                          "bool",         "break",
                                          "case",         "catch",
                                          "char",         "char8_t",
                                          "char16_t",     "char32_t",
                                          "class",        "co_await",
                                          "co_return",    "co_yield",
                                          "compl",        "concept",
                                          "const",        "const_cast",
                                          "consteval",    "constexpr",
                                          "constinit",    "continue",
                                          "decltype",     "default",
                                          "delete",       "do",
                                          "double",       "dynamic_cast",
                                          "else",         "enum",
                                          "explicit",     "export",
                                          "extern",       "false",
                                          "float",        "for",
                                          "friend",       "goto",
                                          "if",           "inline",
                                          "int",          "linux",
                                          "long",         "main",
                                          "mote",         "mutable",
                                          "namespace",    "new",
                                          "noexcept",     "not",
                                          "not_eq",       "nullptr",
                                          "operator",     "or",
                                          "or_eq",        "private",
                                          "protected",    "public",
                                          "register",     "reinterpret_cast",
                                          "requires",     "restrict",
                                          "return",       "short",
                                          "signed",       "sizeof",
                                          "static",       "static_assert",
                                          "static_cast",  "std",
                                          "struct",       "switch",
                                          "template",     "this",
                                          "thread_local", "throw",
                                          "true",         "try",
                                          "typedef",      "typeid",
                                          "typename",     "typeof",
                                          "union",        "unix",
                                          "unsigned",     "using",
                                          "virtual",      "void",
                                          "volatile",     "wchar_t",
                                          "while",        "xor",
                                          "xor_eq",       "errno",
                                          "double_t",     "float_t",
                                          "locale_t",     "max_align_t",
                                          "nullptr_t",    "ptrdiff_t",
                                          "signgam",      "size_t",
                                          "wint_t",       "NULL",
                                          "INFINITY",     "NAN"};

// Functions of math.h, which also come with the endings f and l, and of string.h.
constexpr std::string_view kCFunctions[] = {
    "acos",       "acosh",     "asin",       "asinh",       "atan",      "atan2",      "atanh",      "bcmp",        "bcopy",
    "bzero",      "cbrt",      "ceil",       "copysign",    "cos",       "cosh",       "drem",       "erf",         "erfc",
    "exp",        "exp10",     "exp2",       "expm1",       "fabs",      "fdim",       "ffs",        "ffsl",        "floor",
    "fma",        "fmax",      "fmin",       "fmod",        "finite",    "fpclassify", "frexp",      "gamma",       "gamma_r",
    "hypot",      "ilogb",     "index",      "infinity",    "isfinite",  "isinf",      "isnan",      "isnormal",    "j0",
    "j1",         "jn",        "ldexp",      "lgamma",      "lgamma_r",  "llogb",      "llrint",     "llround",     "log",
    "log10",      "log1p",     "log2",       "logb",        "lrint",     "lround",     "memccpy",    "memchr",      "memcmp",
    "memcpy",     "memfrob",   "memmem",     "memmove",     "mempcpy",   "memrchr",    "memset",     "modf",        "nan",
    "nearbyint",  "nextafter", "nexttoward", "pow",         "pow10",     "rawmemchr",  "remainder",  "remquo",      "rindex",
    "rint",       "round",     "roundeven",  "scalb",       "scalbln",   "scalbn",     "signbit",    "significand", "sin",
    "sincos",     "sinh",      "sqrt",       "stpcpy",      "stpncpy",   "strcasecmp", "strcasestr", "strcat",      "strchr",
    "strchrnul",  "strcmp",    "strcoll",    "strcpy",      "strcspn",   "strdup",     "strerror",   "strfry",      "strlcat",
    "strlcpy",    "strlen",    "strlwr",     "strncasecmp", "strncat",   "strncmp",    "strncpy",    "strndup",     "strnlen",
    "strnstr",    "strpbrk",   "strrchr",    "strsep",      "strsignal", "strspn",     "strstr",     "strtok",      "strupr",
    "strverscmp", "strxfrm",   "tan",        "tanh",        "tgamma",    "trunc",      "y0",         "y1",          "yn"};

template <std::size_t N>
bool among(std::string_view name, const std::string_view (&list)[N]) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

bool reserved(std::string_view name) {
  if (among(name, kReserved) || among(name, kCFunctions)) return true;
  if (name.starts_with("int") || name.starts_with("uint")) return name.ends_with("_t");
  return (name.ends_with('f') || name.ends_with('l')) && among(name.substr(0, name.size() - 1), kCFunctions);
}

/// A device header and those it includes, as "mote/NAME.hpp".
void add_header(const std::string& path, FileSet& files) {
  if (files.contains(path)) return;
  const std::string_view text = asset(path);
  files[path] = text;
  constexpr std::string_view kInclude = "#include \"";
  for (std::size_t at = text.find(kInclude); at != std::string_view::npos; at = text.find(kInclude, at + 1)) {
    const std::size_t begin = at + kInclude.size();
    add_header(std::string(text.substr(begin, text.find('"', begin) - begin)), files);
  }
}

/// Builds the files of CMSIS-NN that the plan calls, from the folder that MOTE_CMSIS_NN_DIR names.
std::string write_cmake_of_library(const std::string& name, const std::vector<std::string>& files) {
  if (files.empty()) return "";
  std::string text = fmt::format(
      R"(
# CMSIS-NN 4.0.0: the folder with Include and Source; and CMSIS-Core's Include, which holds cmsis_compiler.h.
set(MOTE_CMSIS_NN_DIR "$ENV{{MOTE_CMSIS_NN_DIR}}" CACHE PATH "CMSIS-NN")
set(MOTE_CMSIS_CORE_INCLUDE_DIR "${{MOTE_CMSIS_NN_DIR}}/../cmsis_core/Include" CACHE PATH "CMSIS-Core/Include")
if(NOT EXISTS "${{MOTE_CMSIS_NN_DIR}}/Include/arm_nnfunctions.h")
  message(FATAL_ERROR "{0} calls CMSIS-NN 4.0.0: set MOTE_CMSIS_NN_DIR to the folder that holds its Include and Source")
endif()
enable_language(C)
add_library({0}_cmsis_nn OBJECT
)",
      name);
  for (const std::string& file : files) text += fmt::format("  ${{MOTE_CMSIS_NN_DIR}}/Source/{}\n", file);
  return text + fmt::format(R"()
target_compile_options({0}_cmsis_nn PRIVATE -O3 -w -ffunction-sections -fdata-sections)
foreach(part {0} {0}_cmsis_nn)
  target_include_directories(${{part}} SYSTEM PRIVATE ${{MOTE_CMSIS_NN_DIR}}/Include ${{MOTE_CMSIS_CORE_INCLUDE_DIR}})
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "[Aa][Rr][Mm]|[Cc]ortex")
    target_compile_definitions(${{part}} PRIVATE __GNUC_PYTHON__ __RESTRICT=__restrict)
  endif()
endforeach()
target_sources({0} PRIVATE $<TARGET_OBJECTS:{0}_cmsis_nn>)
)",
                            name);
}

std::string write_cmake(const std::string& name) {
  return fmt::format(
      R"(# Library {0}: a model compiled by mote. Use it with: add_subdirectory(DIR) and target_link_libraries(APP {0})
cmake_minimum_required(VERSION 3.13)
if(NOT DEFINED PROJECT_NAME)
  project({0} LANGUAGES CXX)
endif()
add_library({0} STATIC {0}.cpp)
target_include_directories({0} PUBLIC ${{CMAKE_CURRENT_SOURCE_DIR}})
target_compile_features({0} PUBLIC cxx_std_17)
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  target_compile_options({0} PRIVATE -fno-exceptions -fno-rtti -fno-threadsafe-statics -ffunction-sections -fdata-sections)
endif()
)",
      name);
}

}  // namespace

std::string identifier(std::string_view text) {
  std::string name;
  for (const char c : text) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  const std::size_t first = name.find_first_not_of('_');
  name = first == std::string::npos ? "model" : name.substr(first);
  if (std::isdigit(static_cast<unsigned char>(name[0])) != 0 || reserved(name)) name = "model_" + name;
  // Two underscores in a row belong to the compiler.
  name.erase(std::unique(name.begin(), name.end(), [](char a, char b) { return a == '_' && b == '_'; }), name.end());
  return name;
}

void require_identifier(std::string_view name) {
  if (name == identifier(name)) return;
  throw Error(fmt::format("'{}' cannot be the name of the library: it becomes a C++ namespace", name),
              fmt::format("try --name {}", identifier(name)));
}

std::uint64_t model_hash(const Graph& graph) {
  Graph nameless = graph;
  nameless.name.clear();
  const std::string text = print_graph(nameless);
  return XXH64(text.data(), text.size(), 0);
}

FileSet generate_library(const Plan& plan, const std::string& name) {
  require_identifier(name);
  FileSet files;
  files[name + ".hpp"] = write_header(plan, name);
  files[name + ".cpp"] = write_source(plan, name);
  files[name + ".h"] = write_c_header(plan, name);
  files["CMakeLists.txt"] = write_cmake(name) + write_cmake_of_library(name, plan.library_sources());
  add_header("mote/kernel.hpp", files);
  if (lasting_bytes(plan) > 0) add_header("mote/lasting.hpp", files);
  if (plan.graph.source) add_header("mote/stream/pipeline.hpp", files);
  if (!plan.regions.empty()) add_header("mote/rows.hpp", files);
  for (const Step& step : plan.steps) {
    for (const std::string& header : step.call.headers()) add_header(fmt::format("mote/{}.hpp", header), files);
  }
  return files;
}

}  // namespace mote
