/// How long the whole catalogue takes, by number of groups: a year of each, per
/// month. Prints milliseconds and how time grows; with --smoke only once, to
/// see that it runs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "etherpeil/etherpeil.hpp"

namespace {

namespace fs = std::filesystem;
using namespace etherpeil;

/// The demo study of four groups, imported.
const Panel& demo_panel() {
  static const Panel panel = [] {
    const fs::path dir = fs::temp_directory_path() / "etherpeil-metrics-bench";
    fs::remove_all(dir);
    write_demo(dir, {.seed = 1});
    const Study study = load_study(dir / "study.json");
    const Roles roles = load_roles(dir / "roles.json");
    const Pseudonymiser pseudonyms{Key{}, study.key};
    Store store = Store::create(dir / "study.db", study, roles, pseudonyms);
    const Analyser analyser;
    for (const Group& group : study.groups) {
      store.add(group.key,
                analyser.run(find_exports(dir / group.key).front(),
                             roles.of(group.key)),
                pseudonyms);
    }
    Panel read = store.panel();
    fs::remove_all(dir);
    return read;
  }();
  return panel;
}

/// Appends rows of other groups: theirs move up by `groups`.
template <class Row>
void append(std::vector<Row>& rows, const std::vector<Row>& more,
            Index groups) {
  rows.reserve(rows.size() + more.size());
  for (Row row : more) {
    row.group += groups;
    rows.push_back(row);
  }
}

template <class Value>
void append(std::vector<Value>& column, const std::vector<Value>& more) {
  column.insert(column.end(), more.begin(), more.end());
}

void append_messages(Messages& all, const Messages& more, Index groups,
                     Index members, Index incidents) {
  for (const Index group : more.group) all.group.push_back(group + groups);
  for (const Index member : more.member) all.member.push_back(member + members);
  for (const Index incident : more.incident) {
    all.incident.push_back(
        incident == Messages::no_incident ? incident : incident + incidents);
  }
  append(all.line, more.line);
  append(all.time, more.time);
  append(all.role, more.role);
  append(all.kind, more.kind);
  append(all.media, more.media);
  append(all.label, more.label);
  append(all.attributes, more.attributes);
  append(all.flags, more.flags);
}

/// The same four groups again and again.
Panel panel_of(Index groups) {
  const Panel& one = demo_panel();
  Panel panel;
  panel.codes = one.codes;
  panel.study = one.study;
  panel.study.groups.clear();
  while (panel.study.groups.size() < groups) {
    const auto before = static_cast<Index>(panel.study.groups.size());
    const auto members = static_cast<Index>(panel.members.size());
    const auto incidents = static_cast<Index>(panel.incidents.size());
    for (Group group : one.study.groups) {
      group.key += std::to_string(before);
      panel.study.groups.push_back(group);
    }
    append(panel.files, one.files, before);
    append(panel.coverage, one.coverage, before);
    append(panel.members, one.members, before);
    append(panel.memberships, one.memberships, before);
    append(panel.days, one.days, before);
    append(panel.attributes, one.attributes, before);
    for (MemberDay row : one.member_days) {
      row.group += before;
      row.member += members;
      panel.member_days.push_back(row);
    }
    for (IncidentRow row : one.incidents) {
      row.group += before;
      row.reporter += members;
      panel.incidents.push_back(row);
    }
    append_messages(panel.messages, one.messages, before, members, incidents);
  }
  return panel;
}

void whole_catalogue(benchmark::State& state) {
  const Panel panel = panel_of(static_cast<Index>(state.range(0)));
  MetricOptions options{.period = Period::month};
  for (const MetricDefinition& one : catalogue()) options.ids.push_back(one.id);
  for (auto _ : state) benchmark::DoNotOptimize(metrics(panel, options));
  state.SetComplexityN(state.range(0));
}

}  // namespace

int main(int argc, char** argv) {
  const bool smoke = argc > 1 && std::string{argv[1]} == "--smoke";
  if (smoke) {
    --argc;
    ++argv;
  }
  auto* run = benchmark::RegisterBenchmark("catalogue, groups", whole_catalogue)
                  ->Unit(benchmark::kMillisecond)
                  ->Arg(4);
  if (smoke) {
    run->Iterations(1);
  } else {
    run->Arg(64)->Arg(250)->Arg(1000)->Complexity(benchmark::oN);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
