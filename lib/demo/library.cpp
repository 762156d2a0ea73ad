#include "demo/library.hpp"

#include <algorithm>

#include "data/data.hpp"
#include "etherpeil/error.hpp"

namespace etherpeil::demo {
namespace {

constexpr std::array<std::string_view, code_count> code_names{
    "TERUG", "INC",   "VERD", "AANV", "OVER",  "MOD", "PREV",
    "LOST",  "VRAAG", "OFF",  "SOC",  "REACT", "ONB"};

constexpr std::array<std::string_view, gap_count> gap_names{
    "straat",   "straat2",   "plek",    "richting", "nr",
    "voertuig", "kenteken",  "persoon", "kleding",  "klok",
    "voornaam", "beheerder", "agent",   "dier",     "ding"};

constexpr std::array<std::string_view, voice_count> voice_names{
    "bewoner", "beheerder", "politie", "gemeente", "ondernemer"};

/// Topics that say how a message stands to what was said before it.
constexpr std::array<std::string_view, manner_count> manner_names{
    "", "reply", "answer", "duplicate", "detail", "terecht"};

/// The writers' short names and those of the codebook.
constexpr std::array<std::array<std::string_view, 2>, 4> long_names{{
    {"now", "time_now"},
    {"recent", "time_recent"},
    {"today", "time_today"},
    {"earlier", "time_earlier"},
}};

template <std::size_t n>
std::optional<std::size_t> position(
    const std::array<std::string_view, n>& names, std::string_view name) {
  const auto it = std::find(names.begin(), names.end(), name);
  if (it == names.end()) return std::nullopt;
  return static_cast<std::size_t>(it - names.begin());
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == 'n') {
      out += '\n';
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// A brace that opens no known slot stays what it is.
std::vector<Piece> pieces_of(const std::string& text) {
  std::vector<Piece> pieces{{}};
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '{') {
      const auto close = text.find('}', i);
      const auto gap = close == std::string::npos
                           ? std::nullopt
                           : position(gap_names, std::string_view{text}.substr(
                                                     i + 1, close - i - 1));
      if (gap) {
        pieces.back().gap = static_cast<Gap>(*gap);
        pieces.emplace_back();
        i = close + 1;
        continue;
      }
    }
    pieces.back().words += text[i++];
  }
  return pieces;
}

std::string_view text_of(Code code) {
  switch (code) {
    case Code::terug:
      return data::demo_TERUG_tsv();
    case Code::inc:
      return data::demo_INC_tsv();
    case Code::verd:
      return data::demo_VERD_tsv();
    case Code::aanv:
      return data::demo_AANV_tsv();
    case Code::over:
      return data::demo_OVER_tsv();
    case Code::mod:
      return data::demo_MOD_tsv();
    case Code::prev:
      return data::demo_PREV_tsv();
    case Code::lost:
      return data::demo_LOST_tsv();
    case Code::vraag:
      return data::demo_VRAAG_tsv();
    case Code::off:
      return data::demo_OFF_tsv();
    case Code::soc:
      return data::demo_SOC_tsv();
    case Code::react:
      return data::demo_REACT_tsv();
    case Code::onb:
      return data::demo_ONB_tsv();
  }
  return {};
}

/// The first columns of a line; fewer than asked for is an error of the data.
template <std::size_t n>
std::array<std::string_view, n> columns(std::string_view line,
                                        std::string_view file) {
  std::array<std::string_view, n> cells{};
  std::size_t count = 0;
  split(line, '\t', [&](std::string_view cell) {
    if (count < n) cells[count] = cell;
    ++count;
  });
  if (count != n) {
    throw Error{Errc::config, "demo/" + std::string{file} +
                                  ".tsv: a line has " + std::to_string(count) +
                                  " columns; correct it to " +
                                  std::to_string(n)};
  }
  return cells;
}

template <class Each>
void for_each_line(std::string_view text, Each each) {
  split(text, '\n', [&](std::string_view line) {
    if (!line.empty()) each(line);
  });
}

}  // namespace

/// Where the fragment of a line fits.
struct Library::Entry {
  Code code{};
  std::vector<std::uint16_t> topics{};
  std::uint32_t voices{};  ///< bit per voice
  Manner manner{};
};

std::string_view to_string(Code code) {
  return code_names[static_cast<std::size_t>(code)];
}

Library::Library() {
  intern_topic("any");
  read_slots();
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < code_count; ++i) {
    read_fragments(static_cast<Code>(i), entries);
  }
  build_pools(entries);
}

std::uint16_t Library::intern_topic(std::string_view name) {
  return topics_.emplace(name, static_cast<std::uint16_t>(topics_.size()))
      .first->second;
}

std::uint16_t Library::topic(std::string_view name) const {
  const auto it = topics_.find(name);
  return it == topics_.end() ? std::uint16_t{0} : it->second;
}

AttributeSet Library::attribute(std::string_view name) const {
  const auto it =
      std::find(attribute_names_.begin(), attribute_names_.end(), name);
  return it == attribute_names_.end()
             ? 0
             : AttributeSet{1} << (it - attribute_names_.begin());
}

AttributeSet Library::intern_attributes(std::string_view list) {
  AttributeSet set = 0;
  split(list, ',', [&](std::string_view name) {
    if (name.empty() || name == "-") return;
    for (const auto& [short_name, long_name] : long_names) {
      if (name == short_name) name = long_name;
    }
    if (attribute(name) == 0) {
      if (attribute_names_.size() == 64) {
        throw Error{Errc::config, "demo: more than 64 attributes; remove some"};
      }
      attribute_names_.emplace_back(name);
    }
    set |= attribute(name);
  });
  return set;
}

void Library::read_slots() {
  for (const std::string_view name :
       {"duplicate", "photo", "video", "appearance_only"}) {
    intern_attributes(name);
  }
  for_each_line(data::demo_slots_tsv(), [&](std::string_view line) {
    const auto [name, attributes, value] = columns<3>(line, "slots");
    const auto gap = position(gap_names, name);
    if (!gap) {
      throw Error{Errc::config,
                  "demo/slots.tsv: a slot of no known name; correct it"};
    }
    SlotValue slot{.text = std::string{value}};
    if (name == "klok") {
      for (const char digit : attributes) {
        slot.minute =
            slot.minute * 10 + static_cast<std::uint32_t>(digit - '0');
      }
    } else {
      slot.attributes = intern_attributes(attributes);
    }
    values_[*gap].push_back(std::move(slot));
  });
  values_[static_cast<std::size_t>(Gap::street2)] =
      values_[static_cast<std::size_t>(Gap::street)];
}

void Library::read_fragments(Code code, std::vector<Entry>& entries) {
  for_each_line(text_of(code), [&](std::string_view line) {
    const auto cells = columns<4>(line, to_string(code));
    Entry entry{.code = code};
    Fragment fragment{.pieces = pieces_of(unescaped(cells[3])),
                      .attributes = intern_attributes(cells[2])};
    split(cells[0], ',', [&](std::string_view topic) {
      if (const auto manner = position(manner_names, topic)) {
        entry.manner = static_cast<Manner>(*manner);
        return;
      }
      if (topic.substr(0, 7) == "season:") fragment.wish = true;
      entry.topics.push_back(intern_topic(topic));
    });
    split(cells[1], ',', [&](std::string_view voice) {
      if (const auto at = position(voice_names, voice))
        entry.voices |= 1U << *at;
      if (voice == "*")
        entry.voices |= 0b10011;  // whoever lives or works there
    });
    if (entry.manner == Manner::duplicate)
      fragment.attributes |= attribute("duplicate");
    fragment.topic =
        entry.topics.empty() ? std::uint16_t{0} : entry.topics.front();
    fragments_.push_back(std::move(fragment));
    entries.push_back(std::move(entry));
  });
}

std::size_t Library::place(Code code, std::uint16_t topic, Voice voice,
                           Manner manner) const {
  const std::size_t row =
      static_cast<std::size_t>(code) * topics_.size() + topic;
  return (row * voice_count + static_cast<std::size_t>(voice)) * manner_count +
         static_cast<std::size_t>(manner);
}

/// First each fragment under its topics; then those for any topic also under
/// every topic that has its own.
void Library::build_pools(const std::vector<Entry>& entries) {
  std::vector<bool> season(topics_.size());
  for (const auto& [name, number] : topics_) {
    season[number] = name.substr(0, 7) == "season:";
  }
  pools_.resize(code_count * topics_.size() * voice_count * manner_count);
  const auto for_each_voice = [&](std::uint32_t i, std::uint16_t topic,
                                  auto each) {
    for (std::size_t v = 0; v < voice_count; ++v) {
      if ((entries[i].voices >> v & 1U) == 0) continue;
      each(pools_[place(entries[i].code, topic, static_cast<Voice>(v),
                        entries[i].manner)]);
    }
  };
  for (std::uint32_t i = 0; i < fragments_.size(); ++i) {
    const bool wish = fragments_[i].wish;
    const auto add = [&](Pool& pool) { pool.push_back(i); };
    if (!wish) for_each_voice(i, 0, add);
    for (const std::uint16_t topic : entries[i].topics) {
      if (topic != 0 && season[topic] == wish) for_each_voice(i, topic, add);
    }
  }
  for (std::uint32_t i = 0; i < fragments_.size(); ++i) {
    const auto& topics = entries[i].topics;
    if (std::find(topics.begin(), topics.end(), 0) == topics.end()) continue;
    for (const auto& [name, topic] : topics_) {
      if (topic == 0 || season[topic]) continue;
      for_each_voice(i, topic, [&](Pool& pool) {
        if (!pool.empty() && pool.back() != i) pool.push_back(i);
      });
    }
  }
}

const Pool& Library::pool(Code code, Voice voice, std::uint16_t topic,
                          std::uint16_t theme, Manner manner) const {
  for (const std::uint16_t wanted : {topic, theme, std::uint16_t{0}}) {
    const Pool& pool = pools_[place(code, wanted, voice, manner)];
    if (!pool.empty()) return pool;
  }
  if (manner != Manner::plain) return this->pool(code, voice, topic, theme);
  return pools_[place(code, 0, voice, manner)];
}

}  // namespace etherpeil::demo
