#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "etherpeil/error.hpp"
#include "etherpeil/privacy.hpp"
#include "privacy/identity.hpp"

namespace etherpeil {
namespace {

/// A space where the tab should be makes a name of what is a wish.
bool ends_in_wish(const std::string& name) {
  const std::size_t space = name.rfind(' ');
  if (space == std::string::npos || space == 0) return false;
  const std::string_view last = std::string_view{name}.substr(space + 1);
  return last == "drop" || last == "mask";
}

}  // namespace

Consent::Consent(std::string_view list, const Pseudonymiser& pseudonyms,
                 const std::string& source)
    : pseudonyms_(pseudonyms) {
  for (std::uint64_t number = 1; !list.empty(); ++number) {
    std::string_view line = list.substr(0, list.find('\n'));
    list.remove_prefix(std::min(line.size() + 1, list.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    const std::size_t tab = line.find('\t');
    const std::string name{line.substr(0, tab)};
    const std::string_view wish =
        tab == std::string_view::npos ? "mask" : line.substr(tab + 1);
    if (name.empty() || (wish != "drop" && wish != "mask") ||
        (tab == std::string_view::npos && ends_in_wish(name))) {
      throw Error{Errc::config, source + ":" + std::to_string(number) +
                                    ": must be a name as the export shows it, "
                                    "alone or with a tab and \"mask\" or "
                                    "\"drop\" behind it"};
    }
    marks_[number] =
        pseudonyms.fingerprint("consent list\n" + pseudonyms.person(name));
    for (const std::string& one : {name, "~" + name}) {
      Entry& entry = people_[pseudonyms.person(one)];
      entry.wish =
          std::max(entry.wish, wish == "drop" ? Wish::drop : Wish::mask);
      entry.lines.push_back(number);
      if (name[0] == '~') break;
    }
  }
}

Consent Consent::load(const std::filesystem::path& path,
                      const Pseudonymiser& pseudonyms) {
  std::ifstream file{path, std::ios::binary};
  const std::string list{std::istreambuf_iterator<char>{file}, {}};
  if (!file.is_open() || file.bad()) {
    throw Error{Errc::io, path.string() +
                              ": the consent list cannot be read; check the "
                              "path"};
  }
  return Consent{list, pseudonyms, path.string()};
}

template <class Visit>
void Consent::for_each_entry(const Chat& chat,
                             std::span<const std::vector<Author>> known_as,
                             const Visit& visit) const {
  if (people_.empty()) return;
  const auto consider = [&](std::size_t i, const Author& author) {
    const auto found =
        people_.find(pseudonyms_->person(privacy::shown_name(author)));
    if (found != people_.end()) visit(i, *found);
  };
  for (std::size_t i = 0; i < chat.authors.size(); ++i) {
    consider(i, chat.authors[i]);
    if (i >= known_as.size()) continue;
    for (const Author& name : known_as[i]) consider(i, name);
  }
}

std::set<std::uint64_t> Consent::lines() const {
  std::set<std::uint64_t> list;
  for (const auto& one : marks_) list.insert(one.first);
  return list;
}

std::set<std::uint64_t> Consent::lines_of(
    std::span<const std::string> pseudonyms) const {
  std::set<std::uint64_t> list;
  for (const std::string& one : pseudonyms) {
    const auto found = people_.find(one);
    if (found == people_.end()) continue;
    list.insert(found->second.lines.begin(), found->second.lines.end());
  }
  return list;
}

std::int64_t Consent::mark(std::uint64_t line) const { return marks_.at(line); }

std::set<std::uint64_t> Consent::lines_of(
    const Chat& chat, std::span<const std::vector<Author>> known_as) const {
  std::set<std::uint64_t> list;
  for_each_entry(chat, known_as, [&list](std::size_t, const auto& one) {
    list.insert(one.second.lines.begin(), one.second.lines.end());
  });
  return list;
}

std::vector<Consent::Wish> Consent::wishes(
    const Chat& chat, std::span<const std::vector<Author>> known_as) const {
  std::vector<Wish> list(chat.authors.size());
  if (people_.empty()) return list;
  for_each_entry(chat, known_as, [&list](std::size_t author, const auto& one) {
    list[author] = std::max(list[author], one.second.wish);
  });
  return list;
}

std::size_t Consent::apply(
    Chat& chat, std::span<const std::vector<Author>> known_as) const {
  const std::vector<Wish> list = wishes(chat, known_as);
  for (Message& message : chat.messages) {
    if (!message.human() || list[message.author] != Wish::drop) continue;
    message.kind = Kind::empty;
    message.media = MediaType::none;
    message.text_length = 0;
  }
  return list.size() - static_cast<std::size_t>(
                           std::count(list.begin(), list.end(), Wish::none));
}

std::vector<std::string> Consent::people() const {
  std::vector<std::string> list;
  for (const auto& one : people_) list.push_back(one.first);
  return list;
}

}  // namespace etherpeil
