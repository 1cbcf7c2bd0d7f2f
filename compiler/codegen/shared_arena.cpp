#include "codegen/shared_arena.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/ranges.h>

#include "codegen/write_header.hpp"
#include "support/checked.hpp"
#include "support/error.hpp"
#include "support/version.hpp"

namespace mote {

namespace {

constexpr std::int64_t kAlignment = 16;

/// Models that are in the arena at the same time: members of a struct; a struct of one is the model itself.
using Together = std::vector<ArenaUser>;

std::vector<Together> parts_of(const std::vector<ArenaUser>& users, const std::vector<std::vector<std::string>>& groups) {
  std::map<std::string, std::size_t> group_of;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const std::string& name : groups[g]) {
      if (std::none_of(users.begin(), users.end(), [&](const ArenaUser& user) { return user.name == name; }))
        throw Error(fmt::format("--together {}: there is no model '{}'", fmt::join(groups[g], ","), name),
                    "models go by the names of their libraries");
      if (!group_of.emplace(name, g).second)
        throw Error(fmt::format("'{}' stands in two groups of --together, or twice in one", name),
                    "name all that run at the same time in one group");
    }
  }
  std::vector<Together> parts(groups.size());
  for (const ArenaUser& user : users) {
    if (const auto found = group_of.find(user.name); found != group_of.end())
      parts[found->second].push_back(user);
    else
      parts.push_back({user});
  }
  return parts;
}

std::int64_t bytes_of(const Together& part) {
  std::int64_t bytes = 0;
  for (const ArenaUser& user : part) bytes += align_up(user.plan->memory.outer[0].bytes, kAlignment);
  return bytes;
}

std::string include_all(const std::vector<ArenaUser>& users, std::string_view ending) {
  std::string text;
  for (const ArenaUser& user : users) text += fmt::format("#include \"{}.{}\"\n", user.name, ending);
  return text;
}

/// The members of the union; `type` gives a model's memory.
template <typename Type>
std::string members(const std::vector<Together>& parts, Type&& type) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::string list;
    for (const ArenaUser& user : parts[i])
      list += fmt::format("{}  {} {};\n", parts[i].size() > 1 ? "  " : "", type(user.name), user.name);
    text += parts[i].size() > 1 ? fmt::format("  struct {{\n{}  }} together{};\n", list, i) : list;
  }
  return text;
}

std::string write_cpp(const std::vector<ArenaUser>& users, const std::vector<Together>& parts, std::int64_t bytes) {
  return fmt::format(
      "// One arena for several models, compiled by mote {}. Generated: change the models, not this file.\n#pragma once\n\n{}\n"
      "/// Memory that models use in turn: a model's inputs and outputs are there until another of its members runs or is "
      "written to. Models\n"
      "/// of one struct do not disturb each other. Attach each to its member, `kws::Model model(arena.kws)`; what models "
      "remember\n"
      "/// from run to run lies in their objects.\n"
      "union SharedArena {{\n{}}};\n\nstatic_assert(sizeof(SharedArena) == {}, \"as planned\");\n",
      version(), include_all(users, "hpp"), members(parts, [](const std::string& name) { return "::" + name + "::ArenaMemory"; }),
      bytes);
}

std::string write_c(const std::vector<ArenaUser>& users, const std::vector<Together>& parts) {
  return fmt::format(
      "/* One arena for several models, for C, compiled by mote {}. Generated: change the models, not this file. */\n#ifndef "
      "SHARED_ARENA_H\n#define "
      "SHARED_ARENA_H\n\n{}\n"
      "/* Memory that models use in turn: a model's inputs and outputs are there until another of its members runs or is written "
      "to. Models of\n"
      "   one struct do not disturb each other. Attach each to its member: kws_attach(&model, &arena.kws). */\n"
      "typedef union shared_arena {{\n{}}} shared_arena;\n\n#endif\n",
      version(), include_all(users, "h"), members(parts, [](const std::string& name) { return name + "_arena_memory"; }));
}

}  // namespace

std::int64_t shared_arena_bytes(const std::vector<ArenaUser>& users, const std::vector<std::vector<std::string>>& groups) {
  std::int64_t most = 0;
  for (const Together& part : parts_of(users, groups)) most = std::max(most, bytes_of(part));
  return most;
}

FileSet generate_shared(const std::vector<ArenaUser>& users, const std::vector<std::vector<std::string>>& groups) {
  std::set<std::string> names;
  for (const ArenaUser& user : users) {
    MOTE_CHECK(user.plan->memory.outer.size() == 1 && user.plan->memory.outer[0].name == "arena");
    if (user.name == "arena" || !names.insert(user.name).second)
      throw Error(fmt::format("two files of the library would be called {}.hpp", user.name),
                  "give the models' files different names");
  }
  const std::vector<Together> parts = parts_of(users, groups);
  FileSet files;
  std::string cmake;
  for (const ArenaUser& user : users) {
    FileSet library = generate_library(*user.plan, user.name);
    cmake += library["CMakeLists.txt"];
    library.erase("CMakeLists.txt");
    files.merge(library);
  }
  files["CMakeLists.txt"] = cmake;
  files["arena.hpp"] = write_cpp(users, parts, shared_arena_bytes(users, groups));
  files["arena.h"] = write_c(users, parts);
  return files;
}

}  // namespace mote
