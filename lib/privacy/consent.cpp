#include <algorithm>
#include <fstream>
#include <iterator>

#include "etherpeil/error.hpp"
#include "etherpeil/privacy.hpp"
#include "privacy/identity.hpp"

namespace etherpeil {

Consent::Consent(std::string_view list, const Pseudonymiser& pseudonyms,
                 const std::string& source)
    : pseudonyms_(pseudonyms) {
  for (std::size_t number = 1; !list.empty(); ++number) {
    std::string_view line = list.substr(0, list.find('\n'));
    list.remove_prefix(std::min(line.size() + 1, list.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    const std::size_t tab = line.find('\t');
    const std::string name{line.substr(0, tab)};
    const std::string_view wish =
        tab == std::string_view::npos ? "mask" : line.substr(tab + 1);
    if (name.empty() || (wish != "drop" && wish != "mask")) {
      throw Error{Errc::config, source + ":" + std::to_string(number) +
                                    ": must be a name as the export shows it, "
                                    "alone or with a tab and \"mask\" or "
                                    "\"drop\" behind it"};
    }
    for (const std::string& one : {name, "~" + name}) {
      Wish& strongest = people_[pseudonyms.person(one)];
      strongest = std::max(strongest, wish == "drop" ? Wish::drop : Wish::mask);
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

std::vector<Consent::Wish> Consent::wishes(
    const Chat& chat, std::span<const std::vector<Author>> known_as) const {
  std::vector<Wish> list(chat.authors.size());
  if (people_.empty()) return list;
  const auto consider = [this](Wish& wish, const Author& author) {
    const auto found =
        people_.find(pseudonyms_->person(privacy::shown_name(author)));
    if (found != people_.end()) wish = std::max(wish, found->second);
  };
  for (std::size_t i = 0; i < list.size(); ++i) {
    consider(list[i], chat.authors[i]);
    if (i >= known_as.size()) continue;
    for (const Author& name : known_as[i]) consider(list[i], name);
  }
  return list;
}

std::size_t Consent::apply(
    Chat& chat, std::span<const std::vector<Author>> known_as) const {
  const std::vector<Wish> list = wishes(chat, known_as);
  for (Message& message : chat.messages) {
    if (!message.human() || list[message.author] != Wish::drop) continue;
    message.kind = Kind::deleted;
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
