/// The folder of a synthetic study: exports, roles, interventions, truth.
#include "etherpeil/demo.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>
#include <vector>

#include "demo/files.hpp"
#include "demo/generator.hpp"
#include "demo/group.hpp"
#include "demo/teller.hpp"
#include "demo/world.hpp"
#include "etherpeil/error.hpp"
#include "json/json.hpp"
#include "text/times.hpp"

namespace etherpeil::demo {
namespace {

namespace fs = std::filesystem;

/// A record takes about 110 bytes; an export of 4 GiB could not be read back.
constexpr double most_messages = 36'500'000;
constexpr double most_per_day = 1'000'000;
constexpr std::uint32_t most_groups = 9999;
constexpr std::uint32_t most_days = 3660;

/// Chosen so that the default seed gives each group an ordinary year: as many
/// reports and outcomes as its parameters let expect.
constexpr std::uint64_t event_seed = 305;

/// One value per group; spreads neighbouring seeds (splitmix64, Vigna).
std::uint64_t seed_of(std::uint64_t seed, std::uint64_t group) {
  std::uint64_t z = seed * 0x9E3779B97F4A7C15U + group * 0xD1B54A32D192ED03U;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
  z = (z ^ z >> 27) * 0x94D049BB133111EBU;
  return z ^ z >> 31;
}

std::string date_text(std::int64_t day) {
  return text::iso(LocalDay{std::chrono::days{first_day + day}});
}

void check(const DemoOptions& options) {
  const auto refuse = [](const std::string& what) {
    throw Error{Errc::argument, "demo: " + what};
  };
  if (options.groups < 1 || options.groups > most_groups) {
    refuse("groups " + std::to_string(options.groups) + ": give 1 to 9999");
  }
  if (options.days < 1 || options.days > most_days) {
    refuse("days " + std::to_string(options.days) + ": give 1 to 3660");
  }
  const double rate = options.messages_per_day;
  if (!(rate >= 0) || rate > most_per_day) {
    refuse("messages per day: give 0 (each group's own rate) to 1000000");
  }
  if (rate * options.days > most_messages) {
    refuse(
        "messages per day: an export would pass 4 GiB; give fewer days or "
        "messages");
  }
}

/// The folder, made or found empty; emptied again unless the work is finished.
class Folder {
 public:
  explicit Folder(const fs::path& path) : path_(path) {
    std::error_code error;
    made_ = fs::create_directories(path, error);
    if (error || !fs::is_directory(path, error)) {
      throw Error{
          Errc::io,
          path.string() + ": not a folder that can be made; give another"};
    }
    const bool empty = fs::is_empty(path, error);
    if (error || !empty) {
      throw Error{Errc::io,
                  path.string() + ": not empty; give a new or an empty folder"};
    }
  }
  Folder(Folder&&) = delete;
  Folder& operator=(Folder&&) = delete;
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    if (finished_) return;
    std::error_code ignored;
    if (made_) {
      fs::remove_all(path_, ignored);
      return;
    }
    std::vector<fs::path> entries;
    for (fs::directory_iterator it{path_, ignored}, end; !ignored && it != end;
         it.increment(ignored)) {
      entries.push_back(it->path());
    }
    for (const fs::path& entry : entries) fs::remove_all(entry, ignored);
  }
  [[nodiscard]] fs::path make(const std::string& name) const {
    std::error_code error;
    fs::create_directory(path_ / name, error);
    if (error) {
      throw Error{Errc::io, (path_ / name).string() +
                                ": cannot be made; check the folder's rights"};
    }
    return path_ / name;
  }
  void finish() { finished_ = true; }

 private:
  fs::path path_;
  bool made_{};
  bool finished_{};
};

void write_file(const fs::path& path, std::string text) {
  OutFile file{path};
  text += '\n';
  file.buffer() = std::move(text);
  file.close();
}

void write_study_group(json::Writer& out, const World& world,
                       const Design& design) {
  out.begin_object()
      .member("key", design.key)
      .member("name", design.name)
      .member("arm", "intervention")
      .member("governance", design.governance)
      .member("regime", design.regime)
      .member("area_code", design.area_code)
      .member("households", design.households)
      .member("members", design.members)
      .key("interventions")
      .begin_array()
      .begin_object()
      .member("key", design.intervention)
      .member("title", world.titles.at(design.intervention))
      .member("start", date_text(design.start_day))
      .end_object()
      .end_array()
      .end_object();
}

void write_roles_group(json::Writer& out, const GroupPlan& plan) {
  out.key(plan.design.key).begin_array();
  for (const Person& person : plan.people) {
    if (person.voice == Voice::resident) continue;
    out.begin_object()
        .member("name", person.shown)
        .member("role", to_string(role_of(person.voice)))
        .end_object();
  }
  out.end_array();
}

void write_change(json::Writer& out, std::string_view name,
                  const Change& change) {
  out.key(name)
      .begin_object()
      .member("before", change.before)
      .member("after", change.after)
      .end_object();
}

void write_parameters(json::Writer& out, const Design& design, double scale) {
  const PerDay& rate = design.per_day;
  const double reports = scale * (1 + second_report_chance);
  out.key("parameters").begin_object();
  write_change(out, "chatter_factor", design.chatter);
  write_change(out, "closed_48h_share", design.closing);
  write_change(out, "professional_share", design.professional);
  write_change(out, "closing_formula_share", design.closing_formula);
  // The same before and after: the interventions do not change what happens.
  const double reports_per_day = (rate.inc + rate.verd + rate.over) * reports;
  write_change(out, "reports_per_day", {reports_per_day, reports_per_day});
  out.end_object();
}

void write_phase(json::Writer& out, const PhaseTruth& truth,
                 std::string_view name, std::int64_t first, std::int64_t end) {
  out.begin_object().member("phase", name);
  if (end > first) {
    out.member("first", date_text(first)).member("last", date_text(end - 1));
  }
  out.member("days", end - first)
      .member("records", truth.records)
      .member("messages", truth.messages)
      .member("system", truth.records - truth.messages)
      .member("night", truth.night)
      .member("joins", truth.joins)
      .member("leaves", truth.leaves);
  std::uint64_t roots = 0;
  for (const auto count : truth.roots) roots += count;
  out.member("roots", roots).member("closed_48h", truth.closed);
  out.key("roots_per_label").begin_object();
  for (const Code code : {Code::inc, Code::verd, Code::over}) {
    out.member(to_string(code), truth.roots[static_cast<std::size_t>(code)]);
  }
  out.end_object().key("labels").begin_object();
  for (std::size_t i = 0; i < code_count; ++i) {
    out.member(to_string(static_cast<Code>(i)), truth.labels[i]);
  }
  out.end_object().end_object();
}

class Demo {
 public:
  Demo(const fs::path& dir, const DemoOptions& options)
      : options_(options), world_(load_world()), folder_(dir), dir_(dir) {}

  void write() {
    const fs::path truth = folder_.make("truth");
    json::Writer study{study_};
    json::Writer roles{roles_};
    json::Writer effects{effects_};
    study.begin_object()
        .member("format", "etherpeil-study/1")
        .member("key", "waterhoven")
        .member("title", "Synthetische proef met buurtpreventiegroepen")
        .member("time_zone", "Europe/Amsterdam")
        .member("roles", "roles.json")
        .key("groups")
        .begin_array();
    roles.begin_object()
        .member("format", "etherpeil-roles/1")
        .key("groups")
        .begin_object();
    effects.begin_object()
        .member("format", "etherpeil-effects/1")
        .member("seed", options_.seed)
        .member("first", date_text(0))
        .member("days", options_.days)
        .key("groups")
        .begin_array();
    for (std::uint32_t i = 0; i < options_.groups; ++i) {
      write_group(i, truth, study, roles, effects);
    }
    study.end_array().end_object();
    roles.end_object().end_object();
    effects.end_array().end_object();
    write_file(dir_ / "study.json", std::move(study_));
    write_file(dir_ / "roles.json", std::move(roles_));
    write_file(truth / "effects.json", std::move(effects_));
    folder_.finish();
  }

 private:
  void write_group(std::uint32_t index, const fs::path& truth_folder,
                   json::Writer& study, json::Writer& roles,
                   json::Writer& effects) {
    Random random{seed_of(options_.seed, index)};
    Random events{seed_of(~(options_.seed + event_seed), index)};
    GroupPlan plan = plan_group(world_, index, random);
    const Design& design = plan.design;
    write_study_group(study, world_, design);
    write_roles_group(roles, plan);
    const double rate = options_.messages_per_day;
    const double scale = rate > 0 ? rate / expected_per_day(design) : 1;
    ChatFile chat{folder_.make(design.key) / plan.file_name, plan.zipped,
                  first_day + options_.days, options_.stop};
    OutFile truth{truth_folder / (design.key + ".labels.tsv")};
    Teller teller{world_, library_, plan, random, chat, truth};
    Generator{world_,        library_, plan,   scale,
              options_.days, random,   events, teller}
        .run();
    chat.finish();
    truth.close();
    write_effects(effects, plan, scale, teller);
  }

  void write_effects(json::Writer& out, const GroupPlan& plan, double scale,
                     Teller& teller) const {
    const Design& design = plan.design;
    const std::int64_t days = options_.days;
    const std::int64_t start = std::min<std::int64_t>(design.start_day, days);
    out.begin_object()
        .member("key", design.key)
        .member("form", to_string(design.form))
        .member("export", design.key + "/" + plan.file_name)
        .member("intervention", design.intervention)
        .member("start", date_text(design.start_day));
    write_parameters(out, design, scale);
    out.key("phases").begin_array();
    write_phase(out, teller.phase(false), "before", 0, start);
    write_phase(out, teller.phase(true), "after", start, days);
    out.end_array().end_object();
  }

  DemoOptions options_;
  World world_;
  Library library_;
  Folder folder_;
  fs::path dir_;
  std::string study_;
  std::string roles_;
  std::string effects_;
};

}  // namespace
}  // namespace etherpeil::demo

namespace etherpeil {

void write_demo(const std::filesystem::path& dir, const DemoOptions& options) {
  demo::check(options);
  demo::Demo{dir, options}.write();
}

}  // namespace etherpeil
