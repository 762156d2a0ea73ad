/// What the store costs, in time of the processor, on an export of the demo
/// generator. Labels are made up: the classifier has its own benchmark. Prints
/// a row per goal; exit 1 when counts are not those of the export, and with
/// `--gates` when a goal is missed.
///
///   store_bench [--gates] [--data DIR] [--messages-per-day N] [--groups N]
///
/// 3300 messages a day are 100 MB and a million messages. `--groups 1000`: that
/// many groups of 20,000 messages in one file, in place of the rest (minutes).
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "etherpeil/etherpeil.hpp"

namespace {

namespace fs = std::filesystem;
using namespace etherpeil;

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

double seconds_of(const std::function<void()>& act) {
  const double start = processor_seconds();
  act();
  return processor_seconds() - start;
}

/// The fastest of five: noise only ever adds time.
double fastest(const std::function<double()>& act) {
  double best = act();
  for (int i = 1; i < 5; ++i) best = std::min(best, act());
  return best;
}

double peak_megabytes() {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  return static_cast<double>(use.ru_maxrss) / 1024;
}

class Table {
 public:
  void at_least(const char* what, double value, const char* unit, double goal) {
    row(what, value, unit, ">=", goal, value < goal);
  }
  void at_most(const char* what, double value, const char* unit, double goal) {
    row(what, value, unit, "<=", goal, value > goal);
  }
  [[nodiscard]] bool missed() const { return missed_; }

 private:
  void row(const char* what, double value, const char* unit, const char* sign,
           double goal, bool missed) {
    missed_ = missed_ || missed;
    std::printf("%-44s %9.2f %-10s goal %s %g%s\n", what, value, unit, sign,
                goal, missed ? " missed" : "");
    std::fflush(stdout);
  }
  bool missed_{};
};

Study study_of(std::size_t groups) {
  Study study{.key = "bench", .title = "Bench"};
  for (std::size_t i = 0; i < groups; ++i) {
    const std::string key = "g" + std::to_string(i);
    study.groups.push_back({.key = key, .name = key});
  }
  return study;
}

Pseudonymiser the_key() { return {Key{{1}}, "bench"}; }

Store fresh(const fs::path& path, std::size_t groups) {
  for (const char* part : {"", "-wal", "-shm", ".vault", ".vault-journal"})
    fs::remove(path.string() + part);
  return Store::create(path, study_of(groups), {}, the_key());
}

/// Labels in turn, every fiftieth message a report with three that follow.
Analysis made_up(Chat chat, const std::string& sha256) {
  static const Codes codes = Codebook::dutch().codes();
  Analysis analysis;
  analysis.codes = codes;
  analysis.sha256 = sha256;
  analysis.text_bytes = chat.bytes.view.size();
  analysis.labels.resize(chat.messages.size());
  analysis.incidents.of_message.resize(chat.messages.size());
  std::size_t n = 0;
  for (Index i = 0; i < chat.messages.size(); ++i) {
    if (!chat.messages[i].human()) continue;
    analysis.labels[i].code =
        static_cast<std::uint8_t>(n % codes.labels.size());
    if (n % 50 < 4) {
      if (n % 50 == 0) {
        analysis.incidents.list.push_back(
            {.root = i, .participants = 1, .followed_until = LocalTime::max()});
      }
      Incident& incident = analysis.incidents.list.back();
      incident.messages.push_back(i);
      analysis.incidents.of_message[i] =
          static_cast<Index>(analysis.incidents.list.size() - 1);
    }
    ++n;
  }
  for (Incident& one : analysis.incidents.list)
    one.followed_until = chat.messages[one.root].time();
  analysis.provenance = {.library = "bench",
                         .codebook = "bench/1",
                         .codebook_sha256 = "bench",
                         .model = "none",
                         .unicode = "0"};
  analysis.chat = std::move(chat);
  return analysis;
}

/// The text of an export of the demo, out of its zip.
fs::path export_of(const fs::path& dir, double messages_per_day) {
  const fs::path demo =
      dir / std::to_string(static_cast<long>(messages_per_day));
  const fs::path text = demo / "export.txt";
  if (fs::exists(text)) return text;
  if (!fs::exists(demo / "study.json")) {
    fs::create_directories(dir);
    write_demo(demo,
               {.seed = 1, .groups = 1, .messages_per_day = messages_per_day});
  }
  const std::string key = load_study(demo / "study.json").groups.front().key;
  const Chat chat = parse_file(find_exports(demo / key).front());
  std::ofstream{text, std::ios::binary} << chat.bytes.view;
  return text;
}

/// Messages by people on the days that the store covers.
std::size_t covered(const Chat& chat, const Coverage& coverage) {
  return static_cast<std::size_t>(std::count_if(
      chat.messages.begin(), chat.messages.end(), [&](const Message& one) {
        const auto day = std::chrono::floor<std::chrono::days>(one.time());
        return one.human() && coverage.first <= day && day <= coverage.last;
      }));
}

void check(bool right, const char* what) {
  if (right) return;
  std::fprintf(stderr, "store_bench: %s: counts are not those of the export\n",
               what);
  std::exit(1);
}

void measure_import(Table& table, const fs::path& file, const fs::path& work) {
  const std::string sha256 = text_sha256(file);
  const Analysis analysis = made_up(parse_file(file), sha256);
  const auto bytes = static_cast<double>(analysis.text_bytes);
  const auto messages = static_cast<double>(analysis.chat.messages.size());
  std::printf("%.1f MB, %.0f records; fastest of five, time of the processor\n",
              bytes / 1e6, messages);
  const fs::path path = work / "one.db";
  const double aggregates = fastest([&] {
    Store store = fresh(path, 4);
    return seconds_of(
        [&] { store.add("g0", made_up(parse_file(file), sha256), the_key()); });
  });
  {
    const Panel panel = Store{path}.panel();
    std::size_t counted = 0;
    for (const DayCount& one : panel.days) counted += one.messages;
    check(counted == covered(analysis.chat, panel.coverage.at(0)) &&
              counted == panel.messages.size(),
          "import");
  }
  table.at_least("export to aggregates and segments", bytes / aggregates / 1e6,
                 "MB/s", 200);
  const auto add = [&](bool rows, bool text) {
    return fastest([&] {
      Store store = fresh(path, 4);
      if (rows) store.keep_rows();
      return seconds_of(
          [&] { store.add("g0", analysis, the_key(), {.keep_text = text}); });
    });
  };
  const double plain = add(false, false);
  const double rows = add(true, false);
  const double all = add(true, true);
  table.at_least("the store's part of it", messages / plain / 1e6, "M/s", 2);
  table.at_least("rows beside it", messages / (rows - plain) / 1e6, "M rows/s",
                 1);
  table.at_least("rows and the vault beside it", messages / (all - plain) / 1e6,
                 "M rows/s", 0.75);
  std::printf("all of it: %.2f M/s with rows, %.2f with rows and vault\n",
              messages / rows / 1e6, messages / all / 1e6);
  {
    const Store store{path};
    const auto ids = store.message_ids("g0", analysis);
    const auto last =
        std::find_if(ids.rbegin(), ids.rend(),
                     [](const auto& id) { return id.has_value(); });
    check(store.text(**last).has_value(), "vault");
  }
  table.at_most("unchanged export known again",
                1e3 * fastest([&] {
                  const Store store{path};
                  return seconds_of([&] {
                    check(store.contains("g0", text_sha256(file)), "unchanged");
                  });
                }),
                "ms", 40);
  // A later export: a hundredth more of the same days, a minute later each.
  std::ifstream in{file, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  const std::size_t tail = text.rfind('\n', text.size() * 99 / 100) + 1;
  const fs::path shorter = work / "shorter.txt";
  std::ofstream{shorter, std::ios::binary} << text.substr(0, tail);
  const Analysis first = made_up(parse_file(shorter), text_sha256(shorter));
  table.at_most("one in a hundred appended, all of it read",
                1e3 * fastest([&] {
                  Store store = fresh(path, 4);
                  store.add("g0", first, the_key());
                  return seconds_of([&] {
                    check(store.add("g0", made_up(parse_file(file), sha256),
                                    the_key()) == Added::replaced,
                          "appended");
                  });
                }),
                "ms", 45);
  fs::remove(shorter);
}

void measure_queries(Table& table, const fs::path& work) {
  const fs::path path = work / "one.db";
  table.at_most("opening it, every page checked",
                1e3 * fastest([&] {
                  return seconds_of([&] { const Store store{path}; });
                }),
                "ms", 100);
  const Store store{path};
  table.at_most("day panel of a million messages",
                1e3 * fastest([&] {
                  return seconds_of(
                      [&] { check(!store.day_panel().days.empty(), "panel"); });
                }),
                "ms", 20);
}

/// A year of four groups at the demo's own rates.
void measure_four(Table& table, const fs::path& dir, const fs::path& work) {
  const fs::path demo = dir / "four";
  if (!fs::exists(demo / "study.json")) write_demo(demo, {.seed = 1});
  const Study study = load_study(demo / "study.json");
  const fs::path path = work / "four.db";
  std::vector<Analysis> years;
  for (const Group& group : study.groups) {
    const fs::path file = find_exports(demo / group.key).front();
    years.push_back(made_up(parse_file(file), text_sha256(file)));
  }
  table.at_most("four groups of a year added",
                1e3 * fastest([&] {
                  Store store = fresh(path, years.size());
                  return seconds_of([&] {
                    for (std::size_t i = 0; i < years.size(); ++i)
                      store.add("g" + std::to_string(i), years[i], the_key());
                  });
                }),
                "ms", 1000);
  const Store store{path};
  table.at_most("day panel of four groups",
                1e3 * fastest([&] {
                  return seconds_of([&] {
                    check(store.day_panel().study.groups.size() == years.size(),
                          "four");
                  });
                }),
                "ms", 10);
  table.at_most("panel of four groups with messages",
                1e3 * fastest([&] {
                  return seconds_of([&] {
                    check(!store.panel().messages.time.empty(), "four");
                  });
                }),
                "ms", 10);
}

void measure_many(Table& table, const fs::path& file, const fs::path& work,
                  std::size_t groups) {
  const fs::path path = work / "many.db";
  Store store = fresh(path, groups);
  std::ifstream in{file, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const std::string last = text.substr(text.rfind('\n', text.size() - 2) + 1);
  const std::string head = last.substr(0, last.find(": ") + 2);
  double start = processor_seconds();
  double early = 0;
  std::size_t messages = 0;
  for (std::size_t i = 0; i < groups; ++i) {
    const std::string key = "g" + std::to_string(i);
    Chat chat = parse(Bytes::from(text + head + key + "\n"));
    messages += chat.messages.size();
    // Any 64 digits will do: no two groups have the same text.
    std::string sha256 = std::to_string(i);
    sha256.insert(0, 64 - sha256.size(), '0');
    store.add(key, made_up(std::move(chat), sha256), the_key());
    if ((i + 1) % 100 == 0) {
      std::printf(
          "%5zu groups %10zu messages %7.1f s %7.1f MB resident at most"
          " %8.1f MB of database\n",
          i + 1, messages, processor_seconds() - start, peak_megabytes(),
          static_cast<double>(fs::file_size(path)) / 1e6);
      std::fflush(stdout);
    }
    if (i + 1 == groups / 10) early = peak_megabytes();
  }
  table.at_most("groups: time in all", processor_seconds() - start, "s",
                0.3 * static_cast<double>(groups));
  table.at_most("groups: memory, last to first tenth", peak_megabytes() / early,
                "x", 1.1);
}

}  // namespace

int main(int argc, char** argv) {
  bool gates = false;
  std::size_t groups = 0;
  double rate = 3300;
  fs::path dir = fs::temp_directory_path() / "etherpeil-bench-data";
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--gates") {
      gates = true;
    } else if (arg == "--data" && i + 1 < argc) {
      dir = argv[++i];
    } else if (arg == "--messages-per-day" && i + 1 < argc) {
      rate = std::stod(argv[++i]);
    } else if (arg == "--groups" && i + 1 < argc) {
      groups = std::stoul(argv[++i]);
    } else {
      std::fprintf(stderr, "store_bench: unknown: %s\n", arg.c_str());
      return 2;
    }
  }
  try {
    const fs::path work = dir / "store";
    fs::create_directories(work);
    Table table;
    if (groups > 0) {
      measure_many(table, export_of(dir, 65), work, groups);
    } else {
      measure_import(table, export_of(dir, rate), work);
      measure_queries(table, work);
      measure_four(table, dir, work);
    }
    fs::remove_all(work);
    return gates && table.missed() ? 1 : 0;
  } catch (const Error& error) {
    std::fprintf(stderr, "store_bench: %s\n", error.what());
    return 2;
  }
}
