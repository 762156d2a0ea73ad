#include "consent.hpp"

#include <algorithm>
#include <fstream>

#include "terminal.hpp"

namespace command {
namespace {

using etherpeil::Author;
using etherpeil::Chat;
using etherpeil::Errc;
using etherpeil::Error;
using etherpeil::Pseudonymiser;

/// "NAME", or "NAME<tab>drop".
Consent::Entry read_entry(const std::string& line, const std::string& place,
                          const Pseudonymiser& pseudonyms) {
  const std::size_t tab = line.find('\t');
  const std::string name = line.substr(0, tab);
  const std::string wish = tab == std::string::npos ? "" : line.substr(tab + 1);
  if (name.empty() || (!wish.empty() && wish != "drop" && wish != "mask")) {
    throw Error{Errc::config, place +
                                  ": must be a name as the export shows it, "
                                  "alone or with a tab and \"mask\" or "
                                  "\"drop\" behind it"};
  }
  return {.pseudonym = pseudonyms.person(name), .drop = wish == "drop"};
}

}  // namespace

Consent::Consent(const std::filesystem::path& path, bool required,
                 const Pseudonymiser& pseudonyms) {
  std::ifstream file{path, std::ios::binary};
  if (!file) {
    if (!required) return;
    throw Error{Errc::io, path.string() +
                              ": the consent list cannot be read; check the "
                              "path"};
  }
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty() || line[0] == '#') continue;
    entries_.push_back(read_entry(
        line, path.string() + ":" + std::to_string(number), pseudonyms));
  }
}

void Consent::apply(Chat& chat, const Pseudonymiser& pseudonyms) {
  std::vector<bool> dropped;
  for (const Author& author : chat.authors) {
    const std::string plain = pseudonyms.person(author.name);
    const std::string shown = author.unsaved && !author.phone
                                  ? pseudonyms.person("~" + author.name)
                                  : plain;
    dropped.push_back(false);
    for (const Entry& entry : entries_) {
      // A name without "~" may be meant for an unsaved contact too.
      if (entry.pseudonym != shown && entry.pseudonym != plain) continue;
      masked_.insert(shown);
      dropped.back() = dropped.back() || entry.drop;
    }
  }
  for (etherpeil::Message& message : chat.messages) {
    if (!message.human() || !dropped[message.author]) continue;
    message.kind = etherpeil::Kind::deleted;
    message.media = etherpeil::MediaType::none;
    message.text_length = 0;
  }
}

std::size_t Consent::enforce(etherpeil::Store& store) const {
  std::size_t found = 0;
  std::set<std::string> people = masked_;
  for (const Entry& entry : entries_) people.insert(entry.pseudonym);
  for (const std::string& one : people) {
    if (!store.knows(one)) continue;
    store.erase_person(one);
    ++found;
  }
  return found;
}

}  // namespace command
