#pragma once
/// How etherpeil says that there is no result.
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace etherpeil {

/// Why there is no result. The message, not the code, is for people.
enum class Errc : std::uint8_t {
  io,          ///< a file cannot be read or written
  not_export,  ///< readable, but no WhatsApp export
  archive,     ///< a zip that is truncated, encrypted or too large
  limit,       ///< larger than a documented limit
  config,      ///< a study, roles, codebook or ruleset file is wrong
  store,       ///< the database refuses: foreign, newer, locked, full
  argument     ///< a value that a caller gave cannot be used
};
[[nodiscard]] std::string_view to_string(Errc);

/// The one exception of this library. `what()` is one line that names what is
/// wrong, where (path, line, JSON pointer), and what to do about it.
class Error : public std::runtime_error {
 public:
  Error(Errc code, const std::string& message)
      : std::runtime_error(message), code_(code) {}
  [[nodiscard]] Errc code() const noexcept { return code_; }

 private:
  Errc code_;
};

}  // namespace etherpeil
