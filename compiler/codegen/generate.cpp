#include "codegen/generate.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "codegen/write_c_header.hpp"
#include "codegen/write_header.hpp"
#include "codegen/write_source.hpp"
#include "graph/print.hpp"
#include "support/assets.hpp"

namespace mote {

namespace {

constexpr std::string_view kReserved[] = {"alignas", "alignof", "and", "asm", "auto", "bool", "break", "case", "catch", "char", "class", "const",
    "constexpr", "continue", "default", "delete", "do", "double", "else", "enum", "explicit", "export", "extern", "false", "float", "for",
    "friend", "goto", "if", "inline", "int", "long", "main", "mote", "mutable", "namespace", "new", "not", "nullptr", "operator", "or", "private",
    "protected", "public", "register", "return", "short", "signed", "sizeof", "static", "std", "struct", "switch", "template", "this",
    "throw", "true", "try", "typedef", "typename", "union", "unsigned", "using", "virtual", "void", "volatile", "while", "xor"};

bool reserved(std::string_view name) { return std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved); }

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

std::string write_cmake(const std::string& name) {
  return fmt::format(R"(# Library {0}: a model compiled by mote. Use it with: add_subdirectory(DIR) and target_link_libraries(APP {0})
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
  throw Error(fmt::format("'{}' cannot be the name of the library: it becomes a C++ namespace", name), fmt::format("try --name {}", identifier(name)));
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
  files["CMakeLists.txt"] = write_cmake(name);
  add_header("mote/kernel.hpp", files);
  for (const Step& step : plan.steps) add_header(fmt::format("mote/{}.hpp", step.call.header), files);
  return files;
}

}  // namespace mote
