#pragma once
/// Readers for the tests of the demo that share no code with the library: of
/// headers, of a stored zip, of the truth files.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "etherpeil/demo.hpp"
#include "etherpeil/error.hpp"
#include "etherpeil/learn.hpp"
#include "json/json.hpp"

namespace demo_readers {

using namespace etherpeil;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

inline constexpr std::array all_forms{
    ExportForm::ios_2022,       ExportForm::ios_2025, ExportForm::ios_2016,
    ExportForm::ios_slash,      ExportForm::android,  ExportForm::android_short,
    ExportForm::android_belgian};

inline const std::string mark = "\u200E";

/// A folder that does not exist yet and is gone afterwards.
struct Scratch {
  fs::path path{};
  explicit Scratch(const std::string& name)
      : path(fs::temp_directory_path() /
             ("etherpeil-demo-" + std::to_string(std::random_device{}()) +
              name)) {
    fs::remove_all(path);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { fs::remove_all(path); }
};

inline std::string slurp(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// Everything below a folder: path to bytes.
inline std::map<std::string, std::string> tree(const fs::path& root) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator{root}) {
    if (entry.is_regular_file()) {
      files[fs::relative(entry.path(), root).generic_string()] =
          slurp(entry.path());
    }
  }
  return files;
}

inline std::map<std::string, std::string> demo(const std::string& name,
                                               const DemoOptions& options) {
  const Scratch scratch{name};
  write_demo(scratch.path, options);
  return tree(scratch.path);
}

/// The study with the default seed, made once.
inline const std::map<std::string, std::string>& default_study() {
  static const auto files = demo("default", {});
  return files;
}

inline std::uint32_t number_at(const std::string& bytes, std::size_t at,
                               int width) {
  std::uint32_t value = 0;
  for (int i = 0; i < width; ++i) {
    value |=
        std::uint32_t{static_cast<unsigned char>(bytes.at(at + std::size_t(i)))}
        << (8 * i);
  }
  return value;
}

inline std::uint32_t crc32(const std::string& bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0);
  }
  return ~crc;
}

/// The only entry of a stored zip, with every field checked.
inline std::string unzip(const std::string& zip) {
  const std::size_t end = zip.size() - 22;
  REQUIRE(zip.substr(end, 4) == "PK\x05\x06");
  CHECK(number_at(zip, end + 10, 2) == 1);
  const std::size_t central = number_at(zip, end + 16, 4);
  CHECK(central + number_at(zip, end + 12, 4) == end);
  REQUIRE(zip.substr(central, 4) == "PK\x01\x02");
  CHECK(number_at(zip, central + 42, 4) == 0);
  CHECK(zip.substr(central + 46).substr(0, 9) == "_chat.txt");
  REQUIRE(zip.substr(0, 4) == "PK\x03\x04");
  CHECK(zip.substr(4, 26) == zip.substr(central + 6, 26));
  CHECK(number_at(zip, 8, 2) == 0);
  CHECK(zip.substr(30, 9) == "_chat.txt");
  const std::size_t size = number_at(zip, 22, 4);
  CHECK(number_at(zip, 18, 4) == size);
  REQUIRE(39 + size == central);
  std::string text = zip.substr(39, size);
  CHECK(crc32(text) == number_at(zip, 14, 4));
  return text;
}

inline std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// How headers look: d is a digit, anything else itself.
inline std::vector<std::string> shapes(ExportForm form) {
  switch (form) {
    case ExportForm::ios_2022:
      return {"[dd-dd-dddd dd:dd:dd] "};
    case ExportForm::ios_2025:
      return {"[dd-dd-dddd, dd:dd:dd] "};
    case ExportForm::ios_2016:
      return {"dd-dd-dd dd:dd:dd: "};
    case ExportForm::ios_slash:
      return {"[dd/dd/dddd, dd:dd:dd] "};
    case ExportForm::android:
      return {"dd-dd-dddd dd:dd - "};
    case ExportForm::android_short:
      return {"dd/dd/dd, dd:dd - "};
    case ExportForm::android_belgian:
      return {"d/dd/dddd dd:dd - ", "dd/dd/dddd dd:dd - "};
  }
  return {};
}

inline bool ios(ExportForm form) {
  return shapes(form)[0].find("dd:dd:dd") != std::string::npos;
}

inline std::size_t header_length(const std::string& text, std::size_t at,
                                 ExportForm form) {
  const std::size_t skipped = text.compare(at, 3, mark) == 0 ? 3 : 0;
  for (const std::string& shape : shapes(form)) {
    bool fits = true;
    for (std::size_t i = 0; fits && i < shape.size(); ++i) {
      const std::size_t here = at + skipped + i;
      const bool digit =
          here < text.size() && text[here] >= '0' && text[here] <= '9';
      fits = here < text.size() &&
             (shape[i] == 'd' ? digit : text[here] == shape[i]);
    }
    if (fits) return skipped + shape.size();
  }
  return 0;
}

struct Record {
  std::size_t line{};
  std::string header{};
  std::string rest{};  ///< without terminator
};

/// Records as the terminator rule cuts them: CRLF before a header on iOS, any
/// line end on Android.
inline std::vector<Record> records_of(const std::string& text,
                                      ExportForm form) {
  std::vector<Record> records;
  std::size_t line = 1;
  bool free = true;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::size_t header = free ? header_length(text, at, form) : 0;
    if (header > 0) {
      records.push_back({line, text.substr(at, header),
                         text.substr(at + header, end - at - header)});
    } else {
      REQUIRE(!records.empty());
      records.back().rest += "\n" + text.substr(at, end - at);
    }
    free = !ios(form) || (end > at && text[end - 1] == '\r');
    at = end + 1;
  }
  for (Record& record : records) {
    if (!ios(form)) continue;
    REQUIRE(record.rest.back() == '\r');
    record.rest.pop_back();
  }
  return records;
}

inline LocalTime local(int y, int m, int d, std::chrono::seconds time) {
  return LocalTime{(LocalDay{std::chrono::year{y} / m / d}.time_since_epoch()) +
                   time};
}

/// Minutes since 1970 of a header of the demo's forms (day, month, long year).
inline std::int64_t minutes_of(const std::string& header) {
  std::vector<int> numbers{0};
  bool inside = false;
  for (const char c : header) {
    const bool digit = c >= '0' && c <= '9';
    if (digit) {
      if (!inside) numbers.push_back(0);
      numbers.back() = numbers.back() * 10 + (c - '0');
    }
    inside = digit;
  }
  const LocalDay day{std::chrono::year{numbers[3]} / numbers[2] / numbers[1]};
  return std::int64_t{day.time_since_epoch().count()} * 1440 + numbers[4] * 60 +
         numbers[5];
}

struct Row {
  std::size_t n{}, line{}, incident{};
  std::string label{}, attributes{}, text{};
  bool root{};
};

inline std::vector<Row> truth_of(const std::string& file) {
  auto lines = split(file, '\n');
  REQUIRE(lines.front() == "n\tline\tlabel\tis_root\tincident\tattrs\ttext");
  REQUIRE(lines.back().empty());
  std::vector<Row> rows;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    const auto cells = split(lines[i], '\t');
    REQUIRE(cells.size() == 7);
    std::string text;
    for (std::size_t k = 0; k < cells[6].size(); ++k) {
      if (cells[6][k] != '\\') {
        text += cells[6][k];
        continue;
      }
      const char c = cells[6].at(++k);
      text += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : '\\';
    }
    rows.push_back({std::stoul(cells[0]), std::stoul(cells[1]),
                    cells[4].empty() ? 0 : std::stoul(cells[4]), cells[2],
                    cells[5], text, cells[3] == "1"});
  }
  return rows;
}

/// A group of a written study, read back.
struct Group {
  std::string key{};
  ExportForm form{};
  std::vector<Record> records{};
  std::vector<Row> rows{};
  json::Node effects;
};

inline std::vector<Group> groups_of(
    const std::map<std::string, std::string>& files) {
  std::vector<Group> groups;
  const auto effects =
      json::parse(files.at("truth/effects.json"), "effects.json");
  for (const auto& node : effects["groups"].items()) {
    Group group{.key = node["key"].string(), .effects = node};
    for (const ExportForm form : all_forms) {
      if (node["form"].string() == to_string(form)) group.form = form;
    }
    const std::string& bytes = files.at(node["export"].string());
    group.records =
        records_of(ios(group.form) ? unzip(bytes) : bytes, group.form);
    group.rows = truth_of(files.at("truth/" + group.key + ".labels.tsv"));
    groups.push_back(std::move(group));
  }
  return groups;
}

inline double count(const json::Node& phase, const char* name) {
  return phase[name].number();
}
inline double label_rate(const json::Node& phase, const char* label) {
  return phase["labels"][label].number() / count(phase, "days");
}

inline std::vector<DemoRecord> samples() {
  const auto t = local(2022, 5, 2, 16h + 8min + 13s);
  return {
      {.time = t, .kind = Kind::system, .event = SystemEvent::encryption},
      {.time = t,
       .kind = Kind::system,
       .event = SystemEvent::group_created,
       .actor = "Anja",
       .target = "Oude naam"},
      {.time = t,
       .kind = Kind::system,
       .event = SystemEvent::member_added,
       .actor = "Anja"},
      {.time = t + 1min, .author = "Anja", .text = "hoi\n\ndag"},
      {.time = t + 2min, .author = "~ Femke", .text = "ja", .edited = true},
      {.time = t + 2min, .author = "+31 6 00123456", .text = "goed: dank"},
      {.time = t + 3min,
       .kind = Kind::media,
       .media = MediaType::image,
       .author = "Bas"},
      {.time = t + 3min,
       .kind = Kind::media,
       .media = MediaType::video,
       .author = "Bas",
       .text = "kijk"},
      {.time = t + 4min, .kind = Kind::deleted, .author = "Bas"},
      {.time = t + 4min, .kind = Kind::call, .author = "Bas"},
      {.time = t + 5min,
       .kind = Kind::location,
       .author = "Bas",
       .text = "https://maps.google.com/?q=53.1,3.2"},
      {.time = t + 5min,
       .kind = Kind::poll,
       .author = "Bas",
       .text = "Wanneer?\nvrijdag (1 stem)\nzondag"},
      {.time = t + 6min,
       .kind = Kind::contact,
       .author = "Bas",
       .target = "Els"},
      {.time = t + 6min,
       .kind = Kind::system,
       .event = SystemEvent::subject_changed,
       .actor = "Anja",
       .target = "Buurt"},
      {.time = t + 24h,
       .kind = Kind::system,
       .event = SystemEvent::member_left,
       .actor = "+31 6 00123456"},
      {.time = t + 24h, .kind = Kind::empty, .author = "Bas"},
      {.time = local(2022, 11, 13, 9h), .author = "Bas", .text = "slot"},
  };
}

/// What a group wrote in a phase, over several seeds.
struct Sum {
  double soc{}, react{}, roots{}, closed{}, days{}, messages{}, night{};
};
struct GroupSums {
  std::array<Sum, 2> phases{};
  double chatter{};          ///< planted factor
  double reports_per_day{};  ///< planted rate
};

inline std::map<std::string, GroupSums> sums_over(std::uint64_t seeds) {
  std::map<std::string, GroupSums> sums;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto files = demo("seeds", {.seed = seed});
    const auto effects =
        json::parse(files.at("truth/effects.json"), "effects.json");
    for (const auto& group : effects["groups"].items()) {
      GroupSums& mine = sums[group["key"].string()];
      const auto planted = group["parameters"];
      mine.chatter = planted["chatter_factor"]["after"].number();
      mine.reports_per_day = planted["reports_per_day"]["after"].number();
      const auto phases = group["phases"].items();
      for (std::size_t i = 0; i < 2; ++i) {
        Sum& sum = mine.phases[i];
        sum.soc += phases[i]["labels"]["SOC"].number();
        sum.react += phases[i]["labels"]["REACT"].number();
        sum.roots += count(phases[i], "roots");
        sum.closed += count(phases[i], "closed_48h");
        sum.days += count(phases[i], "days");
        sum.messages += count(phases[i], "messages");
        sum.night += count(phases[i], "night");
      }
    }
  }
  return sums;
}

/// A chat of three records, two of them human.
struct Small {
  Chat chat{};
  Codes codes{};
  Small() {
    chat.bytes = Bytes::from("a\nb\nc\nd\n");
    chat.messages = {{.offset = 0, .author = no_author, .kind = Kind::system},
                     {.offset = 2, .author = 0},
                     {.offset = 6, .author = 0}};
    chat.line_marks = {1};
    codes.labels = {{.key = "INC"}, {.key = "SOC"}};
    codes.attributes = {{.key = "loc_street"}, {.key = "thanks"}};
  }
};

inline const std::string head =
    "n\tline\tlabel\tis_root\tincident\tattrs\ttext\n";

inline std::string refusal(const std::string& file) {
  const Scratch scratch{"labels.tsv"};
  std::ofstream{scratch.path, std::ios::binary} << file;
  const Small small;
  try {
    (void)read_coding(scratch.path, small.chat, small.codes);
  } catch (const Error& error) {
    CHECK(error.code() == Errc::config);
    return error.what();
  }
  return "accepted";
}

}  // namespace demo_readers
