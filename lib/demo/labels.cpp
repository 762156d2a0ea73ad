/// Labels from a truth file, or from a file that human coders filled in.
#include <fstream>

#include "demo/library.hpp"
#include "etherpeil/demo.hpp"
#include "etherpeil/error.hpp"

namespace etherpeil {
namespace {

constexpr std::string_view columns =
    "n\tline\tlabel\tis_root\tincident\tattrs\ttext";

class Reader {
 public:
  Reader(const std::filesystem::path& path, const Chat& chat,
         const Codes& codes)
      : name_(path.string()),
        chat_(chat),
        codes_(codes),
        labels_(chat.messages.size()) {}

  std::vector<Label> read() {
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
    skip_system(labels_.size());
    return std::move(labels_);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error{Errc::config, name_ + ":" + std::to_string(line_) + ": " + why +
                                  "; give the labels of this export"};
  }

  void read_row(std::string_view row) {
    std::array<std::string_view, 7> cells{};
    std::size_t count = 0;
    demo::split(row, '\t', [&](std::string_view cell) {
      if (count < cells.size()) cells[count] = cell;
      ++count;
    });
    if (count != cells.size()) fail("not 7 columns");
    const std::uint64_t number = natural(cells[0]);
    if (number <= next_ || number > labels_.size())
      fail("a record that is not there");
    skip_system(number - 1);
    const auto index = static_cast<Index>(number - 1);
    if (!chat_.messages[index].human()) fail("a label for a line of WhatsApp");
    if (chat_.line(index) != natural(cells[1]))
      fail("the record stands on another line");
    if (cells[3] != "0" && cells[3] != "1") fail("is_root must be 0 or 1");
    labels_[index] = label(cells[2], cells[5]);
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
    if (attributes.empty()) return label;
    demo::split(attributes, ',', [&](std::string_view name) {
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
  std::vector<Label> labels_;
  std::uint64_t line_{};
  std::uint64_t next_{};  ///< records that are done
};

}  // namespace

std::vector<Label> read_labels(const std::filesystem::path& path,
                               const Chat& chat, const Codes& codes) {
  return Reader{path, chat, codes}.read();
}

}  // namespace etherpeil
