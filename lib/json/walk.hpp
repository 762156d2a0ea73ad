#pragma once
/// Reads a document once, forward, without a tree: many times faster than
/// `parse`, for what every start needs.
#include <string_view>

namespace etherpeil::json {

/// Where a walk over a document is: before a value. What it skips it does not
/// check.
class Walk {
 public:
  /// `text` and `source`, its name in errors, must outlive what is read.
  Walk(std::string_view text, std::string_view source)
      : text_(text), source_(source) {}

  /// Calls `use(key)` before the value of each member; it must read or skip it.
  /// @throws Error config, as all others, when the text is something else
  template <class Use>
  void members(const Use& use) {
    list('{', '}', [&] {
      const std::string_view key = string();
      expect(':');
      use(key);
    });
  }
  /// Calls `use()` before each item; it must read or skip it.
  template <class Use>
  void items(const Use& use) {
    list('[', ']', use);
  }
  /// A string as it stands between its quotes.
  [[nodiscard]] std::string_view raw();
  /// A string that holds no escapes: the library's own documents have none.
  [[nodiscard]] std::string_view string();
  [[nodiscard]] bool boolean();
  /// A number without sign. @throws Error config also when above 999,999,999
  [[nodiscard]] unsigned natural();
  void skip();
  [[noreturn]] void fail(std::string_view why) const;
  /// The byte that comes next.
  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  template <class Use>
  void list(char open, char close, const Use& use) {
    expect(open);
    if (next(close)) return;
    do {
      use();
    } while (next(','));
    expect(close);
  }
  void skip_blanks();
  /// Whether `wanted` stands here; then it is behind.
  [[nodiscard]] bool next(char wanted);
  void expect(char wanted);

  std::string_view text_;
  std::string_view source_;
  std::size_t at_{};
};

}  // namespace etherpeil::json
