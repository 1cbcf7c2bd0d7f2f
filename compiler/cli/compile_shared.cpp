#include "cli/compile_shared.hpp"

#include <deque>

#include "codegen/shared_arena.hpp"
#include "memory/outer_memory.hpp"
#include "report/hop_report.hpp"
#include "report/report.hpp"
#include "support/table.hpp"

namespace mote::cli {

namespace {

/// "a,b" and "c,d" as lists of names.
std::vector<std::vector<std::string>> groups_of(const std::vector<std::string>& texts) {
  std::vector<std::vector<std::string>> groups;
  for (const std::string& text : texts) {
    std::vector<std::string>& group = groups.emplace_back();
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      group.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    if (group.size() < 2) throw Error(fmt::format("--together {} names one model", text), "for example: --together kws,vad");
  }
  return groups;
}

}  // namespace

ExitCode compile_shared(const SharedOptions& options) {
  const Target target = chosen_target(options.target);
  const auto groups = groups_of(options.together);
  std::vector<std::string> paths{options.model.path};
  paths.insert(paths.end(), options.others.begin(), options.others.end());
  std::deque<Plan> plans;
  std::vector<ArenaUser> users;
  for (const std::string& path : paths) {
    ModelOptions model = options.model;
    model.path = path;
    Plan& plan = plans.emplace_back(make_plan(load_model(model), target, selection_options(options.selection, path)));
    require_in_time(plan);
    move_out(plan.memory, plan.graph, "arena");
    users.push_back({identifier(plan.graph.name), &plan});
  }
  FileSet files = generate_shared(users, groups);
  const std::int64_t arena = shared_arena_bytes(users, groups);
  std::int64_t own = 0, apart = 0;
  Json models = Json::array();
  std::string report;
  std::vector<std::vector<std::string>> rows{{"model", "in the arena", "in its object"}};
  for (const ArenaUser& user : users) {
    const MemoryPlan& memory = user.plan->memory;
    rows.push_back({user.name, grouped(memory.outer[0].bytes), grouped(memory.own_bytes())});
    own += memory.own_bytes();
    apart += memory.arena_bytes;
    Json json = plan_json(*user.plan);
    json["name"] = user.name;
    json["own_bytes"] = memory.own_bytes();
    models.push_back(std::move(json));
    report += fmt::format("{}\n\n{}\n", user.name, plan_text(*user.plan));
  }
  report += fmt::format("{}\none arena of {} bytes and {} of state in objects; apart, the models would take {}\n",
                        format_table(rows), grouped(arena), grouped(own), grouped(apart));
  Json json{{"arena_bytes", arena}, {"own_bytes", own}, {"apart_bytes", apart}, {"models", std::move(models)}};
  files["report.txt"] = report;
  files["report.json"] = json_text(json);
  write_files(options.directory, files);
  json["directory"] = options.directory;
  if (options.model.json)
    fmt::print("{}", json_text(json));
  else
    fmt::print("{}\nwrote {} files to {}: include arena.hpp (C++) or arena.h (C) and build all .cpp files\n", report,
               files.size(), options.directory);
  return ExitCode::kDone;
}

}  // namespace mote::cli
