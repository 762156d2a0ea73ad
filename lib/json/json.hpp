#pragma once
/// JSON in and out. In: a tree that knows where each value stands, so that an
/// error names file and JSON pointer by itself. Out: a writer that streams and
/// never throws on what a chat may hold.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace etherpeil::json {

/// A value in a parsed document. Copying is cheap; the document lives as long
/// as any of its nodes. Every accessor throws Error{config} naming source and
/// pointer when the value is not what was asked for.
class Node {
 public:
  /// The member; it must be there.
  [[nodiscard]] Node operator[](std::string_view key) const;
  [[nodiscard]] std::optional<Node> find(std::string_view key) const;
  /// Names of the members, sorted.
  [[nodiscard]] std::vector<std::string> keys() const;
  /// Refuses members that are not named here (a typo would go unnoticed).
  void allow_only(std::initializer_list<std::string_view> keys) const;
  [[nodiscard]] std::vector<Node> items() const;

  [[nodiscard]] std::string string() const;
  [[nodiscard]] std::vector<std::string> strings() const;
  [[nodiscard]] std::int64_t integer(std::int64_t low, std::int64_t high) const;
  [[nodiscard]] double number() const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] bool is_string() const;
  [[nodiscard]] bool is_boolean() const;
  [[nodiscard]] bool is_null() const;

  /// Where the value stands, as a JSON pointer.
  [[nodiscard]] const std::string& pointer() const& { return pointer_; }
  const std::string& pointer() && = delete;
  /// Throws Error{config}: "SOURCE: POINTER: why".
  [[noreturn]] void fail(const std::string& why) const;

 private:
  friend Node parse(std::string_view text, const std::string& source);
  friend std::optional<Node> parse_without(
      std::string_view text, const std::string& source, std::string_view key,
      const std::function<bool(std::string_view)>& visit);
  struct Document;
  Node(std::shared_ptr<const Document> document, const void* value,
       std::string pointer);
  std::shared_ptr<const Document> document_;
  const void* value_;
  std::string pointer_;
};

/// @throws Error config, with line and byte, when `text` is not JSON
[[nodiscard]] Node parse(std::string_view text, const std::string& source);
/// The same for what people write by hand: also refuses an object that has a
/// member twice, of which the first would go unnoticed.
[[nodiscard]] Node parse_distinct(std::string_view text,
                                  const std::string& source);

/// The document without the texts of its member `key`, a long array: `visit`
/// gets them one by one, many times faster than a tree is built of them.
/// Nothing when anything is not as it should be, or `visit` says false; `parse`
/// then tells what.
[[nodiscard]] std::optional<Node> parse_without(
    std::string_view text, const std::string& source, std::string_view key,
    const std::function<bool(std::string_view)>& visit);

/// The bytes of a file. @throws Error io
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

/// Appends JSON to a string. Members come out in the order they are written.
/// Invalid UTF-8 becomes U+FFFD; controls (C0, DEL, C1), line separators,
/// bidirectional marks and "<" are escaped, so that the text is safe in a
/// terminal and inside HTML.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  Writer& value(std::string_view text);
  Writer& value(const char* text) { return value(std::string_view{text}); }
  Writer& value(const std::string& text) {
    return value(std::string_view{text});
  }
  Writer& value(double number);  ///< shortest exact form; null if not finite
  Writer& null();
  template <class T>
  requires std::is_integral_v<T> Writer& value(T number) {
    if constexpr (std::is_same_v<T, bool>) {
      return boolean(number);
    } else if constexpr (std::is_signed_v<T>) {
      return integer(static_cast<std::int64_t>(number));
    } else {
      return natural(static_cast<std::uint64_t>(number));
    }
  }
  template <class T>
  Writer& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }

 private:
  Writer& boolean(bool truth);
  Writer& integer(std::int64_t number);
  Writer& natural(std::uint64_t number);
  void separate();
  std::string& out_;
  bool first_{true};
};

/// A double in its shortest exact decimal form; "null" if not finite.
[[nodiscard]] std::string number_text(double number);

}  // namespace etherpeil::json
