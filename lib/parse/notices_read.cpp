#include <algorithm>
#include <numeric>
#include <string>

#include "data/data.hpp"
#include "etherpeil/error.hpp"
#include "parse/notices.hpp"

namespace etherpeil::parsing {
namespace {

SystemEvent event_from(json::Walk& walk) {
  const std::string_view slug = walk.string();
  for (auto event = SystemEvent::none;;
       event = static_cast<SystemEvent>(static_cast<int>(event) + 1)) {
    if (to_string(event) == slug) return event;
    if (event == SystemEvent::other) walk.fail("unknown event");
  }
}

MediaType media_from(json::Walk& walk) {
  const std::string_view slug = walk.string();
  for (auto type = MediaType::none;;
       type = static_cast<MediaType>(static_cast<int>(type) + 1)) {
    if (to_string(type) == slug) return type;
    if (type == MediaType::unknown) walk.fail("unknown media type");
  }
}

/// Between spaces, or all of a text when that has none of four bytes.
std::string_view longest_word(std::span<const std::string_view> texts) {
  std::string_view longest;
  for (const std::string_view text : texts) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      if (end - at > longest.size()) longest = text.substr(at, end - at);
      at = end + 1;
    }
  }
  if (longest.size() >= least_start) return longest;
  return *std::max_element(
      texts.begin(), texts.end(),
      [](const auto& a, const auto& b) { return a.size() < b.size(); });
}

/// "[U|Je] hebt [dit|het]" stands for four texts, which are put behind `made`
/// one after the other.
template <class Use>
void expand(std::string& made, std::string_view source, const Use& use) {
  const std::size_t before = made.size();
  const std::size_t open = std::min(source.find('['), source.size());
  made += source.substr(0, open);
  if (open == source.size()) {
    use(std::string_view{made});
  } else {
    const std::size_t close = std::min(source.find(']', open), source.size());
    const std::size_t start = made.size();
    for (std::size_t at = open + 1; at <= close;) {
      const std::size_t end = std::min(source.find('|', at), close);
      made += source.substr(at, end - at);
      expand(made, source.substr(std::min(close + 1, source.size())), use);
      made.resize(start);
      at = end + 1;
    }
  }
  made.resize(before);
}

}  // namespace

std::string_view Notices::Made::keep(std::string_view text) {
  constexpr std::size_t block_bytes = std::size_t{1} << 16U;
  if (blocks_.empty() ||
      blocks_.back().capacity() - blocks_.back().size() < text.size())
    blocks_.emplace_back().reserve(std::max(block_bytes, text.size()));
  std::vector<char>& block = blocks_.back();
  const std::size_t start = block.size();
  block.insert(block.end(), text.begin(), text.end());
  return {block.data() + start, text.size()};
}

template <class Use>
void Notices::phrases(json::Walk& walk, const Use& use) {
  std::string made;
  walk.items([&] {
    const std::string_view source = walk.string();
    if (source.find('[') == std::string_view::npos) return use(source);
    expand(made, source, [&](std::string_view text) { use(made_.keep(text)); });
  });
}

Notices::Pattern Notices::compile(std::string_view phrase, SystemEvent event) {
  Pattern pattern;
  pattern.event = event;
  std::size_t start = 0;
  for (std::size_t at = 0; at < phrase.size(); ++at) {
    if (phrase[at] != '{' && phrase[at] != '*') continue;
    if (pattern.captured == Pattern::max_captures) {
      throw Error{Errc::config, "notices.json: \"" + std::string{phrase} +
                                    "\" has too many open parts"};
    }
    pattern.around[pattern.captured] = phrase.substr(start, at - start);
    const bool named = phrase[at] == '{' && at + 1 < phrase.size();
    pattern.captures[pattern.captured++] = named ? phrase[at + 1] : '*';
    if (named) at = std::min(phrase.find('}', at), phrase.size());
    start = std::min(at + 1, phrase.size());
  }
  pattern.around[pattern.captured] = phrase.substr(start);
  return pattern;
}

Notices::Notices(std::string_view text) {
  system_.reserve(1024);
  whole_.reserve(256);
  json::Walk walk{text, "notices.json"};
  walk.members([&](std::string_view key) {
    if (key != "languages") return walk.skip();
    walk.items([&] { read_language(walk); });
  });
  index();
}

void Notices::read_language(json::Walk& walk) {
  const std::size_t files = attached_.size();
  const auto add_whole = [&](const Stand& stand) {
    phrases(walk, [&](std::string_view phrase) { whole_[phrase] = stand; });
  };
  const auto add_prefixes = [&](Kind kind) {
    phrases(walk, [&](std::string_view phrase) {
      prefixes_.emplace_back(phrase, kind);
    });
  };
  bool marks_files = false;
  walk.members([&](std::string_view key) {
    if (key == "system") return read_system(walk);
    if (key == "media") return read_media(walk);
    if (key == "call") return read_calls(walk);
    if (key == "units") return read_units(walk);
    if (key == "contact")
      return add_whole({.kind = Kind::contact,
                        .media = MediaType::contact,
                        .omitted = true});
    if (key == "deleted") return add_whole({.kind = Kind::deleted});
    if (key == "live_location") return add_whole({.kind = Kind::location});
    if (key == "waiting") return add_whole({.kind = Kind::waiting});
    if (key == "view_once") return add_whole({.kind = Kind::view_once});
    if (key == "deleted_by_admin") return add_prefixes(Kind::deleted);
    if (key == "location") return add_prefixes(Kind::location);
    if (key == "poll") return add_prefixes(Kind::poll);
    if (key == "event") return add_prefixes(Kind::event);
    if (key == "attached") {
      phrases(walk, [&](std::string_view phrase) {
        attached_.push_back(compile(phrase, SystemEvent::none));
      });
    } else if (key == "edited") {
      phrases(walk,
              [&](std::string_view phrase) { edited_.push_back(phrase); });
    } else if (key == "marks_files") {
      marks_files = walk.boolean();
    } else {
      walk.skip();
    }
  });
  for (std::size_t i = files; i < attached_.size(); ++i)
    attached_[i].marked = marks_files;
}

void Notices::read_system(json::Walk& walk) {
  walk.items([&] {
    const std::size_t first = system_.size();
    SystemEvent event{};
    bool off = false;
    walk.members([&](std::string_view key) {
      if (key == "event") {
        event = event_from(walk);
      } else if (key == "off") {
        off = walk.boolean();
      } else if (key == "texts") {
        phrases(walk, [&](std::string_view phrase) {
          system_.push_back(compile(
              is_plain(phrase) ? phrase : made_.keep(plain_text(phrase)), {}));
        });
      } else {
        walk.skip();
      }
    });
    for (std::size_t i = first; i < system_.size(); ++i) {
      system_[i].event = event;
      system_[i].off = off;
    }
  });
}

void Notices::read_media(json::Walk& walk) {
  walk.items([&] {
    Stand stand{.kind = Kind::media, .omitted = true};
    std::vector<std::string_view> texts;
    walk.members([&](std::string_view key) {
      if (key == "type") {
        stand.media = media_from(walk);
      } else if (key == "texts") {
        phrases(walk, [&](std::string_view text) { texts.push_back(text); });
      } else {
        walk.skip();
      }
    });
    for (const std::string_view text : texts) whole_[text] = stand;
  });
}

void Notices::index() {
  const auto add = [&](std::string_view phrase) {
    // Shorter ones are in no language; they would switch the look off.
    if (phrase.size() < least_start) {
      starts_.set();
    } else {
      starts_[hash_of(four_bytes(phrase.data()))] = true;
    }
  };
  for (const auto& entry : whole_) add(entry.first);
  for (const auto& entry : calls_) add(entry.first);
  for (const auto& entry : prefixes_) add(entry.first);
  const auto last = [](std::string_view text) {
    return static_cast<unsigned char>(text.back());
  };
  ends_[')'] = ends_['>'] = true;  // in a language that no table holds
  for (const Pattern& pattern : attached_) {
    if (pattern.back().empty()) {
      ends_.fill(true);
    } else {
      ends_[last(pattern.back())] = true;
    }
  }
  std::vector<std::uint16_t> row_of;
  std::vector<Probe> probes;
  for (std::size_t i = 0; i < system_.size(); ++i) {
    const std::string_view first =
        system_[i].front().empty() ? system_[i].around[1] : system_[i].front();
    if (first.size() < least_start) {
      first_.set();
    } else {
      first_[hash_of(four_bytes(first.data()))] = true;
    }
    // Out of the longest word: it is rare in what people write.
    const std::string_view word =
        longest_word({system_[i].around.data(), system_[i].captured + 1U});
    Probe probe{0, static_cast<std::uint16_t>(i)};
    std::size_t row = probe_rows;
    if (word.size() >= least_start) {
      probe.bytes = four_bytes(word.data() + word.size() / 2 - 2);
      row = hash_of(probe.bytes) % probe_rows;
      probed_[hash_of(probe.bytes)] = true;
    }
    ++rows_[row + 1];
    row_of.push_back(static_cast<std::uint16_t>(row));
    probes.push_back(probe);
  }
  std::partial_sum(rows_.begin(), rows_.end(), rows_.begin());
  std::array<std::uint16_t, probe_rows + 2> next = rows_;
  probes_.resize(probes.size());
  for (std::size_t i = 0; i < probes.size(); ++i)
    probes_[next[row_of[i]]++] = probes[i];
}

std::span<const Notices::Probe> Notices::probes(std::size_t row) const {
  return {probes_.data() + rows_[row],
          std::size_t{rows_[row + 1]} - rows_[row]};
}

void Notices::read_calls(json::Walk& walk) {
  walk.items([&] {
    Details::Call call;
    std::vector<std::string_view> texts;
    walk.members([&](std::string_view key) {
      if (key == "video") {
        call.video = walk.boolean();
      } else if (key == "group") {
        call.group = walk.boolean();
      } else if (key == "missed") {
        call.missed = walk.boolean();
      } else if (key == "texts") {
        phrases(walk, [&](std::string_view text) { texts.push_back(text); });
      } else {
        walk.skip();
      }
    });
    for (const std::string_view text : texts) {
      longest_call_ = std::max(longest_call_, text.size());
      calls_.insert_or_assign(text, call);
    }
  });
}

void Notices::read_units(json::Walk& walk) {
  walk.members([&](std::string_view name) {
    const std::uint32_t seconds = name == "second"   ? 1
                                  : name == "minute" ? 60
                                  : name == "hour"   ? 3600
                                  : name == "day"    ? 86400
                                                     : 0;
    if (seconds == 0) return walk.skip();
    phrases(walk, [&](std::string_view word) {
      units_.insert_or_assign(word, seconds);
    });
  });
}

const Notices& notices() {
  static const Notices compiled{data::notices_json()};
  return compiled;
}

}  // namespace etherpeil::parsing
