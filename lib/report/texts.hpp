#pragma once
/// The words of the page and the tables, in one language, and the way that
/// language writes numbers and dates. Everything returned is plain text.
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "etherpeil/report.hpp"
#include "json/json.hpp"

namespace etherpeil::report {

/// A number with a point and this many decimals, for coordinates; "0" when not
/// finite.
[[nodiscard]] std::string fixed(double number, int decimals);

/// A value for a place "{name}" in a text.
struct Filling {
  std::string_view name{};
  std::string value{};
};

class Texts {
 public:
  explicit Texts(Language language);

  [[nodiscard]] Language language() const { return language_; }
  /// @throws Error config when the data file lacks the key
  [[nodiscard]] std::string operator()(std::string_view key) const;
  /// The text, or `otherwise` when there is none.
  [[nodiscard]] std::string find(std::string_view key,
                                 std::string_view otherwise) const;
  [[nodiscard]] std::string fill(std::string_view key,
                                 std::initializer_list<Filling> fillings) const;
  /// "KEY.one" when n is 1, else "KEY.more"; "{n}" is the count.
  [[nodiscard]] std::string plural(std::string_view key, std::uint64_t n) const;

  [[nodiscard]] std::string count(std::uint64_t number) const;
  /// With this many decimals; the sign of infinity, a dash for NaN.
  [[nodiscard]] std::string number(double number, int decimals) const;
  /// With about two digits that say something: 0,04  0,35  3,5  35  1.200.
  [[nodiscard]] std::string number(double number) const;

  /// All its decimals: 0,25  4.
  [[nodiscard]] std::string exact(double number) const;

  [[nodiscard]] std::string day(LocalDay day) const;          ///< 4 maart 2024
  [[nodiscard]] std::string month(LocalDay day) const;        ///< maart 2024
  [[nodiscard]] std::string short_month(LocalDay day) const;  ///< mrt
  /// "2024-03", "2024-Q1", "before" as a person reads it; others unchanged.
  [[nodiscard]] std::string period(std::string_view label) const;

 private:
  Language language_;
  json::Node words_;
};

}  // namespace etherpeil::report
