/// Codes that people gave to a chat, and folders of such chats.
#include <algorithm>
#include <array>
#include <fstream>

#include "etherpeil/error.hpp"
#include "etherpeil/learn.hpp"
#include "etherpeil/parse.hpp"
#include "etherpeil/study.hpp"

namespace etherpeil {
namespace {

constexpr std::string_view columns =
    "n\tline\tlabel\tis_root\tincident\tattrs\ttext";

/// Calls `each` for every part of a list.
template <class Each>
void split(std::string_view list, char separator, const Each& each) {
  while (true) {
    const auto end = list.find(separator);
    each(list.substr(0, end));
    if (end == std::string_view::npos) return;
    list.remove_prefix(end + 1);
  }
}

class CodingReader {
 public:
  CodingReader(const std::filesystem::path& path, const Chat& chat,
               const Codes& codes)
      : name_(path.string()),
        chat_(chat),
        codes_(codes),
        coding_{std::vector<Label>(chat.messages.size()),
                std::vector<std::uint32_t>(chat.messages.size()),
                std::vector<bool>(chat.messages.size())} {}

  Coding read() {
    std::ifstream file{name_, std::ios::binary};
    if (!file)
      throw Error{Errc::io, name_ + ": cannot be read; check path and rights"};
    std::string line;
    while (std::getline(file, line)) {
      ++line_;
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (line_ == 1) {
        if (line != columns)
          fail("not the columns n line label is_root incident attrs text");
        continue;
      }
      read_row(line);
    }
    if (file.bad())
      throw Error{Errc::io, name_ + ": reading failed; try again"};
    if (line_ == 0) fail("empty");
    skip_system(chat_.messages.size());
    return std::move(coding_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error{Errc::config, name_ + ":" + std::to_string(line_) + ": " + why +
                                  "; give the labels of this export"};
  }

  void read_row(std::string_view row) {
    std::array<std::string_view, 7> cells{};
    std::size_t count = 0;
    split(row, '\t', [&](std::string_view cell) {
      if (count < cells.size()) cells[count] = cell;
      ++count;
    });
    if (count != cells.size()) fail("not 7 columns");
    const std::uint64_t number = natural(cells[0]);
    if (number <= next_ || number > chat_.messages.size())
      fail("a record that is not there");
    skip_system(number - 1);
    const auto index = static_cast<Index>(number - 1);
    if (!chat_.messages[index].human()) fail("a label for a line of WhatsApp");
    if (chat_.line(index) != natural(cells[1]))
      fail("the record stands on another line");
    if (cells[3] != "0" && cells[3] != "1") fail("is_root must be 0 or 1");
    coding_.labels[index] = label(cells[2], cells[5]);
    coding_.roots[index] = cells[3] == "1";
    if (!cells[4].empty() && cells[4] != "-") {
      coding_.incidents[index] = static_cast<std::uint32_t>(natural(cells[4]));
    }
    next_ = number;
  }

  /// All records from the next one up to `end` must be WhatsApp's own.
  void skip_system(std::uint64_t end) {
    for (; next_ < end; ++next_) {
      if (chat_.messages[next_].human()) {
        fail("record " + std::to_string(next_ + 1) + " has no label");
      }
    }
  }

  [[nodiscard]] Label label(std::string_view key,
                            std::string_view attributes) const {
    const auto code = codes_.label(key);
    if (!code) fail("a label that the codebook does not have");
    Label label{.code = static_cast<std::uint8_t>(*code), .probability = 1};
    label.probabilities[*code] = 1;
    if (attributes.empty() || attributes == "-") return label;
    split(attributes, ',', [&](std::string_view name) {
      const auto attribute = codes_.attribute(name);
      if (!attribute) fail("an attribute that the codebook does not have");
      label.attributes |= Attributes{1} << *attribute;
    });
    return label;
  }

  [[nodiscard]] std::uint64_t natural(std::string_view digits) const {
    if (digits.empty() || digits.size() > 18) fail("not a whole number");
    std::uint64_t number = 0;
    for (const char digit : digits) {
      if (digit < '0' || digit > '9') fail("not a whole number");
      number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    return number;
  }

  std::string name_;
  const Chat& chat_;
  const Codes& codes_;
  Coding coding_;
  std::uint64_t line_{};
  std::uint64_t next_{};  ///< records that are done
};

/// The groups of a folder: names of its .tsv files without that ending.
std::vector<std::string> groups_in(const std::filesystem::path& folder) {
  std::vector<std::string> groups;
  std::error_code failed;
  for (const auto& entry :
       std::filesystem::directory_iterator{folder, failed}) {
    if (entry.path().extension() == ".tsv")
      groups.push_back(entry.path().stem().string());
  }
  if (failed) {
    throw Error{Errc::io, folder.string() +
                              ": cannot be read as a folder; give the one "
                              "with the coded chats"};
  }
  if (groups.empty()) {
    throw Error{Errc::config,
                folder.string() +
                    ": holds no codes; each chat needs NAME.txt and NAME.tsv"};
  }
  std::sort(groups.begin(), groups.end());
  return groups;
}

LabelledChat load(const std::filesystem::path& folder, const std::string& group,
                  const Codes& codes) {
  LabelledChat loaded;
  loaded.group = group;
  std::filesystem::path exported = folder / (group + ".txt");
  if (!std::filesystem::exists(exported)) exported.replace_extension(".zip");
  loaded.chat = parse_file(exported);
  loaded.coding = read_coding(folder / (group + ".tsv"), loaded.chat, codes);
  const std::filesystem::path roles = folder / (group + ".roles.json");
  Roles known;
  if (std::filesystem::exists(roles)) known = load_roles(roles);
  loaded.roles =
      assign_roles(loaded.chat, known.of(group), loaded.chat.diagnostics);
  return loaded;
}

}  // namespace

Coding read_coding(const std::filesystem::path& path, const Chat& chat,
                   const Codes& codes) {
  return CodingReader{path, chat, codes}.read();
}

std::vector<LabelledChat> load_corpus(const std::filesystem::path& folder,
                                      const Codes& codebook,
                                      std::span<const std::string> only) {
  std::vector<std::string> groups = groups_in(folder);
  for (const std::string& wanted : only) {
    if (std::find(groups.begin(), groups.end(), wanted) == groups.end()) {
      throw Error{Errc::config, folder.string() + ": no group \"" + wanted +
                                    "\" in this folder; check the name"};
    }
  }
  if (!only.empty()) {
    groups.assign(only.begin(), only.end());
    std::sort(groups.begin(), groups.end());
  }
  std::vector<LabelledChat> corpus;
  corpus.reserve(groups.size());
  for (const std::string& group : groups) {
    corpus.push_back(load(folder, group, codebook));
  }
  return corpus;
}

}  // namespace etherpeil
