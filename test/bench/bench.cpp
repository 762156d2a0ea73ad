/// Speeds as ratios: every step and the yardstick (one memchr loop over the
/// lines) run over the same bytes in the same process, randomly interleaved.
/// The data come from the demo generator with its truth beside it; a benchmark
/// whose counts differ from the truth fails instead of printing a speed.
///
///   bench [--smoke] [--gates] [--data DIR] [--messages-per-day N] [Google
///   Benchmark's own options]
///
/// `--gates`: exit 1 when a goal is missed.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "etherpeil/etherpeil.hpp"

namespace {

namespace fs = std::filesystem;
using namespace etherpeil;

/// One generated export and what is true of it.
struct Input {
  Chat chat{};
  Study study{};
  Analysis analysis{};  ///< with the truth as labels
  std::size_t human{};  ///< rows of the truth file
  std::size_t roots{};  ///< reports in it
};

Input load(const fs::path& dir, const DemoOptions& options) {
  if (!fs::exists(dir / "study.json")) {
    fs::create_directories(dir.parent_path());
    write_demo(dir, options);
  }
  Input input;
  input.study = load_study(dir / "study.json");
  const std::string key = input.study.groups.front().key;
  const fs::path truth = dir / "truth" / (key + ".labels.tsv");
  input.chat = parse_file(find_exports(dir / key).front());
  input.analysis = Analyser{}.run(
      input.chat,
      read_coding(truth, input.chat, Codebook::dutch().codes()).labels,
      "truth");
  std::ifstream in{truth};
  std::string line;
  std::getline(in, line);  // the header
  while (std::getline(in, line)) {
    ++input.human;
    std::size_t column = 0;
    for (int tabs = 0; tabs < 3; ++tabs) column = line.find('\t', column) + 1;
    input.roots += line[column] == '1' ? 1 : 0;
  }
  return input;
}

std::size_t human_records(const Chat& chat) {
  return static_cast<std::size_t>(
      std::count_if(chat.messages.begin(), chat.messages.end(),
                    [](const Message& m) { return m.human(); }));
}

void set_counters(benchmark::State& state, const Input& input) {
  state.SetBytesProcessed(
      state.iterations() *
      static_cast<std::int64_t>(input.chat.bytes.view.size()));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(
                                                   input.chat.messages.size()));
}

void yardstick(benchmark::State& state, const Input& input) {
  const std::string_view bytes = input.chat.bytes.view;
  for (auto _ : state) {
    std::size_t lines = 0;
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    while (at < end) {
      const void* hit =
          std::memchr(at, '\n', static_cast<std::size_t>(end - at));
      if (hit == nullptr) break;
      ++lines;
      at = static_cast<const char*>(hit) + 1;
    }
    benchmark::DoNotOptimize(lines);
  }
  set_counters(state, input);
}

void parse_step(benchmark::State& state, const Input& input) {
  for (auto _ : state) {
    const Chat chat = parse(input.chat.bytes);
    if (human_records(chat) != input.human)
      state.SkipWithError("counts differ from the truth");
  }
  set_counters(state, input);
}

void batches_step(benchmark::State& state, const Input& input) {
  for (auto _ : state) {
    std::size_t human = 0;
    (void)parse_batches(input.chat.bytes, [&](const Chat& batch) {
      human += human_records(batch);
    });
    if (human != input.human)
      state.SkipWithError("counts differ from the truth");
  }
  set_counters(state, input);
}

void classify_step(benchmark::State& state, const Input& input) {
  const Classifier classifier;
  for (auto _ : state) {
    const auto labels = classifier.classify(input.chat);
    const auto coded = static_cast<std::size_t>(std::count_if(
        labels.begin(), labels.end(),
        [](const Label& label) { return label.code != not_coded; }));
    if (coded != input.human)
      state.SkipWithError("counts differ from the truth");
  }
  set_counters(state, input);
}

void incidents_step(benchmark::State& state, const Input& input) {
  for (auto _ : state) {
    const Incidents found =
        find_incidents(input.chat, input.analysis.labels, input.analysis.codes);
    // With thousands of messages a day one reporter makes two reports within
    // minutes now and then, which count as one.
    if (found.list.size() > input.roots ||
        found.list.size() * 50 < input.roots * 49)
      state.SkipWithError("counts differ from the truth");
  }
  set_counters(state, input);
}

/// The database counts each message of the covered days once.
bool counts_are_true(const Input& input, const Panel& panel) {
  std::size_t counted = 0;
  for (const DayCount& row : panel.days) counted += row.messages;
  std::size_t expected = 0;
  for (const Message& message : input.chat.messages) {
    const auto day = std::chrono::floor<std::chrono::days>(message.time());
    const bool covered =
        day >= panel.coverage.at(0).first && day <= panel.coverage.at(0).last;
    expected += message.human() && covered ? 1 : 0;
  }
  return counted == expected && counted > 0;
}

/// Adds an analysis to a new database.
void import_step(benchmark::State& state, const Input& input) {
  const fs::path file = fs::temp_directory_path() / "etherpeil-bench.db";
  const Pseudonymiser pseudonyms{Key{}, input.study.key};
  for (auto _ : state) {
    state.PauseTiming();
    for (const char* suffix : {"", "-wal", "-shm"})
      fs::remove(file.string() + suffix);
    Store store = Store::create(file, input.study, {}, pseudonyms);
    state.ResumeTiming();
    store.add(input.study.groups.front().key, input.analysis, pseudonyms);
    state.PauseTiming();
    if (!counts_are_true(input, store.panel()))
      state.SkipWithError("counts differ from the truth");
    state.ResumeTiming();
  }
  set_counters(state, input);
}

/// What a step may cost at most, in yardsticks.
const std::map<std::string, double> goals{{"parse", 3.5}, {"batches", 5.0}};

/// Keeps the fastest run of each benchmark: noise only ever adds time.
class Fastest : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.error_occurred) {
        failed_ = true;
        std::fprintf(stderr, "%s: %s\n", run.benchmark_name().c_str(),
                     run.error_message.c_str());
      } else if (run.run_type == Run::RT_Iteration) {
        const double seconds =
            run.cpu_accumulated_time / static_cast<double>(run.iterations);
        const auto [it, inserted] =
            seconds_.try_emplace(run.run_name.function_name, seconds);
        it->second = std::min(it->second, seconds);
      }
    }
  }

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool misses_a_goal() const {
    const double yard = seconds_.at("memchr");
    return std::any_of(goals.begin(), goals.end(), [&](const auto& goal) {
      const auto step = seconds_.find(goal.first);
      return step != seconds_.end() && step->second > goal.second * yard;
    });
  }

  void print(const Input& input) const {
    const double yard = seconds_.at("memchr");
    const auto bytes = static_cast<double>(input.chat.bytes.view.size());
    const auto records = static_cast<double>(input.chat.messages.size());
    std::printf("%.1f MB, %.0f records; fastest of the repetitions, CPU time\n",
                bytes / 1e6, records);
    std::printf("%-10s %12s %14s %10s %6s\n", "step", "MB/s", "records/s",
                "x memchr", "goal");
    for (const auto& [name, seconds] : seconds_) {
      std::printf("%-10s %12.0f %14.0f %10.1f", name.c_str(),
                  bytes / seconds / 1e6, records / seconds, seconds / yard);
      if (const auto goal = goals.find(name); goal != goals.end()) {
        std::printf(" %6.1f%s", goal->second,
                    seconds / yard > goal->second ? " missed" : "");
      }
      std::printf("\n");
    }
  }

 private:
  std::map<std::string, double> seconds_;
  bool failed_{};
};

}  // namespace

int main(int argc, char** argv) {
  bool smoke = false;
  bool gates = false;
  fs::path dir = fs::temp_directory_path() / "etherpeil-bench-data";
  DemoOptions options{.seed = 1, .groups = 1, .messages_per_day = 1000};
  std::vector<char*> rest{argv[0]};
  std::string interleave = "--benchmark_enable_random_interleaving=true";
  std::string repetitions = "--benchmark_repetitions=9";
  std::string shortest = "--benchmark_min_time=0.05";
  rest.insert(rest.end(),
              {interleave.data(), repetitions.data(), shortest.data()});
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--smoke") {
      smoke = true;
    } else if (arg == "--gates") {
      gates = true;
    } else if (arg == "--data" && i + 1 < argc) {
      dir = argv[++i];
    } else if (arg == "--messages-per-day" && i + 1 < argc) {
      options.messages_per_day = std::stod(argv[++i]);
    } else {
      rest.push_back(argv[i]);
    }
  }
  if (smoke) {
    options.messages_per_day = 50;
    repetitions = "--benchmark_repetitions=1";
    rest[2] = repetitions.data();
  }
  // Data of other options are other data.
  dir /= std::to_string(static_cast<long>(options.messages_per_day));
  try {
    const Input input = load(dir, options);
    benchmark::RegisterBenchmark("memchr", yardstick, input);
    benchmark::RegisterBenchmark("parse", parse_step, input);
    benchmark::RegisterBenchmark("batches", batches_step, input);
    benchmark::RegisterBenchmark("classify", classify_step, input);
    benchmark::RegisterBenchmark("incidents", incidents_step, input);
    benchmark::RegisterBenchmark("import", import_step, input);
    int count = static_cast<int>(rest.size());
    benchmark::Initialize(&count, rest.data());
    Fastest reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    if (reporter.failed()) return 1;
    reporter.print(input);
    if (gates && reporter.misses_a_goal()) return 1;
  } catch (const Error& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 2;
  }
  return 0;
}
