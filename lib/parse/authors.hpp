#pragma once
/// Who writes in a chat, by the spelling in the file.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "etherpeil/types.hpp"
#include "text/scan.hpp"

namespace etherpeil::parsing {

/// Finds and fills the authors of a chat.
class Authors {
 public:
  /// `bytes`: of the whole text, which must outlive this.
  Authors(Chat& chat, std::string_view bytes);

  /// The author that wrote lately under a short spelling; `no_author` for none
  /// that is remembered.
  [[nodiscard]] std::uint16_t recent(const text::Key& spelling) const {
    const Recent& found = recent_[spelling.hash() & (recent_.size() - 1)];
    return found.key == spelling ? found.author : no_author;
  }

  /// The author that wrote before under this spelling; `no_author` for none.
  /// `rest`: of the text, from the spelling on.
  std::uint16_t known(std::string_view spelling, std::string_view rest);

  /// The author under a new spelling, in the record of this line. Spellings
  /// that differ only in format marks are one author; "~ Name" (an unsaved
  /// contact) is another than the saved contact of that name.
  /// @throws Error limit
  std::uint16_t add(std::string_view spelling, std::uint32_t line);

  /// Of the first name that turns the order of what is shown behind it, or 0.
  [[nodiscard]] std::uint32_t overridden_line() const {
    return overridden_line_;
  }

 private:
  struct Recent {
    text::Key key{};
    std::uint16_t author{no_author};
  };

  std::uint16_t index_of(std::string_view spelling, std::uint32_t line);

  Chat& chat_;
  std::uint32_t overridden_line_{};
  std::unordered_map<std::string_view, std::uint16_t> known_;
  /// By name, of saved and of unsaved contacts.
  std::array<std::unordered_map<std::string, std::uint16_t>, 2> names_{};
  /// By a hash of the spelling; a power of two.
  std::vector<Recent> recent_;
};

}  // namespace etherpeil::parsing
