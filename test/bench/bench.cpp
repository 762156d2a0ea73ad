/// Speeds as ratios: every step and the yardstick (one memchr loop over the
/// lines) run over the same bytes in the same process, randomly interleaved.
/// The data come from the demo generator with its truth beside it; a benchmark
/// whose counts differ from the truth fails instead of printing a speed.
///
///   bench [--smoke] [--gates] [--data DIR] [--messages-per-day N] [Google
///   Benchmark's own options]
///
/// `--gates`: exit 1 when a goal is missed. 1200 messages a day are 36 MB; with
/// 3300 they are 100 MB, with 33000 a GB.
#include <benchmark/benchmark.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
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

/// The same records as an Android phone exports them.
Input as_android(const Input& input) {
  std::vector<DemoRecord> records(input.chat.messages.size());
  for (Index i = 0; i < records.size(); ++i) {
    const Message& message = input.chat.messages[i];
    DemoRecord& record = records[i];
    record = {.time = message.time(),
              .kind = message.kind,
              .event = message.event,
              .media = message.media,
              .text = std::string{input.chat.text(i)},
              .edited = message.has(Message::edited)};
    if (message.human())
      record.author = input.chat.authors[message.author].name;
  }
  for (const Mention& mention : input.chat.mentions) {
    const std::string name{
        input.chat.bytes.view.substr(mention.offset, mention.length)};
    if (mention.role == Mention::Role::actor)
      records[mention.message].actor = name;
    if (mention.role == Mention::Role::target)
      records[mention.message].target = name;
  }
  Input android;
  android.human = input.human;
  android.chat = parse(Bytes::from(
      render_export(records, ExportForm::android, input.chat.group_name)));
  return android;
}

std::size_t human_records(const Chat& chat) {
  return static_cast<std::size_t>(
      std::count_if(chat.messages.begin(), chat.messages.end(),
                    [](const Message& m) { return m.human(); }));
}

void set_counters(benchmark::State& state, const Chat& chat) {
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(chat.bytes.view.size()));
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(chat.messages.size()));
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
  set_counters(state, input.chat);
}

void parse_step(benchmark::State& state, const Input& input) {
  for (auto _ : state) {
    const Chat chat = parse(input.chat.bytes);
    if (human_records(chat) != input.human)
      state.SkipWithError("counts differ from the truth");
  }
  set_counters(state, input.chat);
}

/// A file with some bytes, or a zip with them as its only text.
class File {
 public:
  File(fs::path path, std::string_view bytes) : path_(std::move(path)) {
    if (path_.extension() != ".zip") {
      std::ofstream{path_, std::ios::binary} << bytes;
      return;
    }
    zip_t* const archive =
        zip_open(path_.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    zip_file_add(archive, "_chat.txt",
                 zip_source_buffer(archive, bytes.data(), bytes.size(), 0), 0);
    zip_close(archive);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  File(File&&) = delete;
  File& operator=(File&&) = delete;
  ~File() { fs::remove(path_); }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// About so many bytes out of the middle of an export, whole records.
std::string_view part(const Chat& chat, std::size_t bytes) {
  Index first = static_cast<Index>(chat.messages.size() / 2);
  if (2 * bytes > chat.bytes.view.size()) first = 0;
  const std::size_t start = chat.messages[first].offset;
  Index last = first;
  while (last + 1 < chat.messages.size() &&
         chat.messages[last].offset - start < bytes)
    ++last;
  return chat.bytes.view.substr(start, chat.messages[last].offset - start);
}

/// A part of the export from memory: time grows with the records, not faster.
void part_step(benchmark::State& state, const Input& input, std::size_t size) {
  const Bytes bytes{input.chat.bytes.owner, part(input.chat, size)};
  std::size_t records = 0;
  for (auto _ : state) records = parse(bytes).messages.size();
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(bytes.view.size()));
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(records));
}

/// From a file, .txt or .zip, in batches.
void file_step(benchmark::State& state, const Input& input,
               const fs::path& path) {
  for (auto _ : state) {
    std::size_t human = 0;
    (void)parse_file_batches(
        path, [&](const Chat& batch) { human += human_records(batch); });
    if (human != input.human)
      state.SkipWithError("counts differ from the truth");
  }
  set_counters(state, input.chat);
}

/// What libzip's own reader takes to unpack a zip, without any parsing.
void libzip_step(benchmark::State& state, const Input& input,
                 const fs::path& path) {
  std::vector<char> block(std::size_t{1} << 16U);
  for (auto _ : state) {
    std::size_t bytes = 0;
    zip_t* const archive = zip_open(path.c_str(), ZIP_RDONLY, nullptr);
    zip_file_t* const entry = zip_fopen_index(archive, 0, 0);
    for (zip_int64_t got = 1; got > 0;
         bytes += static_cast<std::size_t>(std::max<zip_int64_t>(got, 0)))
      got = zip_fread(entry, block.data(), block.size());
    zip_fclose(entry);
    zip_discard(archive);
    if (bytes != input.chat.bytes.view.size())
      state.SkipWithError("bytes differ from the truth");
  }
  set_counters(state, input.chat);
}

/// One of many small files.
void small_step(benchmark::State& state, const fs::path& path) {
  const auto size = static_cast<std::int64_t>(fs::file_size(path));
  std::size_t records = 0;
  for (auto _ : state) records = parse_file(path).messages.size();
  state.SetBytesProcessed(state.iterations() * size);
  state.SetItemsProcessed(state.iterations() *
                          static_cast<std::int64_t>(records));
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
  set_counters(state, input.chat);
}

/// The chat with three made-up words in each message, all of them different:
/// the worst for whatever remembers words.
Chat varied(const Chat& chat) {
  static constexpr std::array<const char*, 16> syllables{
      "bra", "kel", "mo",  "sti", "ver", "lan", "dui", "gro",
      "pen", "wij", "zaa", "tor", "hek", "ruu", "nie", "fal"};
  Chat copy = chat;
  std::string bytes;
  std::uint32_t next = 12345;
  for (Index i = 0; i < copy.messages.size(); ++i) {
    Message& message = copy.messages[i];
    std::string text{chat.text(i)};
    for (int word = 0; word < 3 && message.human() && !text.empty(); ++word) {
      text += ' ';
      for (std::uint32_t n = next; n > 0; n /= 16) text += syllables[n % 16];
      next += 7;
    }
    message.offset = static_cast<std::uint32_t>(bytes.size());
    message.text_start = 0;
    message.text_length = static_cast<std::uint32_t>(text.size());
    bytes += text;
  }
  copy.bytes = Bytes::from(std::move(bytes));
  return copy;
}

/// The chat without texts that stand in it before: a generated chat repeats
/// itself more than people do, which flatters whatever remembers texts.
Chat distinct(const Chat& chat) {
  Chat copy = chat;
  copy.messages.clear();
  std::string bytes;
  std::set<std::string_view> seen;
  for (Index i = 0; i < chat.messages.size(); ++i) {
    const std::string_view text = chat.text(i);
    if (!chat.messages[i].human() || !seen.insert(text).second) continue;
    Message& message = copy.messages.emplace_back(chat.messages[i]);
    message.offset = static_cast<std::uint32_t>(bytes.size());
    message.text_start = 0;
    bytes += text;
  }
  copy.bytes = Bytes::from(std::move(bytes));
  return copy;
}

void explain_step(benchmark::State& state, const Input& input) {
  const Classifier classifier = Classifier::dutch();
  for (auto _ : state) {
    std::size_t told = 0;
    (void)classifier.explain(input.chat, {},
                             [&](Index, std::span<const Reason> reasons) {
                               told += reasons.empty() ? 0 : 1;
                             });
    if (told != input.human)
      state.SkipWithError("counts differ from the truth");
  }
  set_counters(state, input.chat);
}

void classify_step(benchmark::State& state, const Classifier& classifier,
                   const Chat& chat) {
  const std::size_t human = human_records(chat);
  for (auto _ : state) {
    const auto labels = classifier.classify(chat);
    const auto coded = static_cast<std::size_t>(std::count_if(
        labels.begin(), labels.end(),
        [](const Label& label) { return label.code != not_coded; }));
    if (coded != human) state.SkipWithError("counts differ from the truth");
  }
  set_counters(state, chat);
}

/// Loads the model that the library carries, from its file.
void model_step(benchmark::State& state) {
  const fs::path path =
      fs::path{ETHERPEIL_SOURCE_DIR} / "lib" / "data" / "model_nl.json";
  for (auto _ : state) {
    if (Model::from_file(path, Codebook::dutch()).id() != Model::dutch().id())
      state.SkipWithError("another model than the library's");
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(fs::file_size(path)));
  state.SetItemsProcessed(state.iterations());
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
  set_counters(state, input.chat);
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
  set_counters(state, input.chat);
}

/// What a step may cost at most, in yardsticks.
const std::map<std::string, double> goals{
    {"parse", 3.5}, {"android", 3.5}, {"batches", 5.0}, {"file", 5.0}};

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
        Speed& speed = speeds_[run.run_name.function_name];
        const auto faster = [&](double& best, const char* counter) {
          best = std::max(best, run.counters.at(counter).value);
        };
        faster(speed.bytes, "bytes_per_second");
        faster(speed.records, "items_per_second");
      }
    }
  }

  [[nodiscard]] bool failed() const { return failed_; }

  /// Prints all, and returns whether a goal was missed.
  [[nodiscard]] bool print(const Input& input) const {
    std::printf("%.1f MB, %zu records; fastest of the repetitions, CPU time\n",
                static_cast<double>(input.chat.bytes.view.size()) / 1e6,
                input.chat.messages.size());
    std::printf("%-14s %12s %14s %10s %6s\n", "step", "MB/s", "records/s",
                "x memchr", "goal");
    bool missed = false;
    for (const auto& [name, speed] : speeds_) {
      std::printf("%-14s %12.0f %14.0f", name.c_str(), speed.bytes / 1e6,
                  speed.records);
      // Lines are shorter there.
      const double yards =
          ratio(name == "android" ? "memchr-android" : "memchr", name);
      if (yards > 0) std::printf(" %10.1f", yards);
      if (const auto goal = goals.find(name); yards > 0 && goal != goals.end())
        missed = tell(yards, goal->second) || missed;
      std::printf("\n");
    }
    const auto gate = [&](const char* what, double value, double goal) {
      if (value <= 0) return;
      std::printf("%s: %.2f,", what, value);
      missed = tell(value, goal) || missed;
      std::printf("\n");
    };
    const auto zip = speeds_.find("zip");
    if (zip != speeds_.end()) {
      const double unpacking = ratio("libzip", "zip");
      gate("zip to events, seconds a GB", 1e9 / zip->second.bytes,
           unpacking > 0 && unpacking <= 0.5 ? 1e9 : 2.0);
      gate("zip to events, times what libzip takes to unpack", unpacking, 1e9);
    }
    const auto small = speeds_.find("25KB");
    if (small != speeds_.end())
      gate("25 KB from a file, microseconds", 25e9 / small->second.bytes, 40);
    gate("a record of 1 MB, times one of all", record_ratio("parse", "1MB"),
         1.3);
    for (const auto& [step, goal] :
         std::map<std::string, double>{{"rules", 1.0},
                                       {"classify", 1.0},
                                       {"varied", 1e6 / 350'000},
                                       {"explain", 5.0}}) {
      const auto speed = speeds_.find(step);
      if (speed != speeds_.end())
        gate((step + ", microseconds a record").c_str(),
             1e6 / speed->second.records, goal);
    }
    const auto model = speeds_.find("model");
    if (model != speeds_.end()) {
      gate("loading the model, milliseconds", 1e3 / model->second.records, 20);
      gate("the model, MB", model->second.bytes / model->second.records / 1e6,
           2);
    }
    return missed;
  }

 private:
  /// Per second.
  struct Speed {
    double bytes{};
    double records{};
  };
  static bool tell(double value, double goal) {
    if (goal < 1e9) std::printf(" %6.1f", goal);
    if (value > goal) std::printf(" missed");
    return value > goal;
  }
  /// How many times as long a step takes as another, a byte; 0 without one.
  [[nodiscard]] double ratio(const char* base, const std::string& step) const {
    const auto a = speeds_.find(base);
    const auto b = speeds_.find(step);
    if (a == speeds_.end() || b == speeds_.end()) return 0;
    return a->second.bytes / b->second.bytes;
  }
  [[nodiscard]] double record_ratio(const char* base, const char* step) const {
    const auto a = speeds_.find(base);
    const auto b = speeds_.find(step);
    if (a == speeds_.end() || b == speeds_.end()) return 0;
    return a->second.records / b->second.records;
  }

  std::map<std::string, Speed> speeds_;
  bool failed_{};
};

}  // namespace

int main(int argc, char** argv) {
  bool smoke = false;
  bool gates = false;
  fs::path dir = fs::temp_directory_path() / "etherpeil-bench-data";
  DemoOptions options{.seed = 1, .groups = 1, .messages_per_day = 1200};
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
    const Input android = as_android(input);
    benchmark::RegisterBenchmark("memchr-android", yardstick, android);
    benchmark::RegisterBenchmark("android", parse_step, android);
    benchmark::RegisterBenchmark("batches", batches_step, input);
    const std::string_view text = input.chat.bytes.view;
    const File chat{dir / "chat.txt", text};
    const File zip{dir / "chat.zip", text};
    const File small{dir / "small.txt", part(input.chat, 25'000)};
    benchmark::RegisterBenchmark("file", file_step, input, chat.path());
    benchmark::RegisterBenchmark("zip", file_step, input, zip.path());
    benchmark::RegisterBenchmark("libzip", libzip_step, input, zip.path());
    benchmark::RegisterBenchmark("25KB", small_step, small.path());
    benchmark::RegisterBenchmark("1MB", part_step, input, 1'000'000);
    const Chat other_words = varied(input.chat);
    const Classifier rules;
    const Classifier model = Classifier::dutch();
    const Chat once = distinct(input.chat);
    benchmark::RegisterBenchmark("rules", classify_step, rules, input.chat);
    benchmark::RegisterBenchmark("classify", classify_step, model, input.chat);
    benchmark::RegisterBenchmark("distinct", classify_step, model, once);
    benchmark::RegisterBenchmark("varied", classify_step, model, other_words);
    benchmark::RegisterBenchmark("explain", explain_step, input);
    benchmark::RegisterBenchmark("model", model_step);
    benchmark::RegisterBenchmark("incidents", incidents_step, input);
    benchmark::RegisterBenchmark("import", import_step, input);
    int count = static_cast<int>(rest.size());
    benchmark::Initialize(&count, rest.data());
    Fastest reporter;
    benchmark::RunSpecifiedBenchmarks(&reporter);
    if (reporter.failed()) return 1;
    const bool missed = reporter.print(input);
    if (gates && missed) return 1;
  } catch (const Error& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 2;
  }
  return 0;
}
