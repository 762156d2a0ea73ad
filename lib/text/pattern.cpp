#include "text/pattern.hpp"

#include <algorithm>
#include <boost/regex.hpp>
#include <locale>

#include "etherpeil/error.hpp"
#include "text/sieve.hpp"

namespace etherpeil::text {

struct Pattern::Compiled {
  boost::regex regex{};
  Sieve sieve;
};

Pattern::Pattern(const std::string& expression) {
  auto compiled =
      std::make_shared<Compiled>(Compiled{.sieve = Sieve{expression}});
  // Never the locale of the program: equal data must give equal results.
  compiled->regex.imbue(std::locale::classic());
  try {
    compiled->regex.assign(expression, boost::regex::perl);
  } catch (const boost::regex_error&) {
    throw Error{Errc::config, "regex: not a regular expression; correct it"};
  }
  compiled_ = std::move(compiled);
}

Pattern::Result Pattern::search(const Folded& folded, std::size_t from) const {
  const char* const begin = folded.text.data();
  const char* const end = begin + std::min(folded.text.size(), max_bytes);
  if (from > static_cast<std::size_t>(end - begin)) return {};
  try {
    boost::cmatch match;
    const auto flags =
        from > 0 ? boost::match_prev_avail : boost::match_default;
    if (!boost::regex_search(begin + from, end, match, compiled_->regex, flags))
      return {};
    return {Span{static_cast<std::uint32_t>(match[0].first - begin),
                 static_cast<std::uint32_t>(match[0].second - begin)},
            false};
  } catch (const std::runtime_error&) {
    return {std::nullopt, true};
  }
}

Pattern::Result Pattern::find(const Folded& folded, std::size_t from) const {
  const auto text = std::string_view{folded.text}.substr(0, max_bytes);
  const auto start = compiled_->sieve.first_start(text, from);
  return start ? search(folded, *start) : Result{};
}

bool Pattern::needs_digit() const { return compiled_->sieve.needs_digit(); }

}  // namespace etherpeil::text
