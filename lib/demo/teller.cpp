#include "demo/teller.hpp"

#include <algorithm>

#include "etherpeil/error.hpp"
#include "text/times.hpp"

namespace etherpeil::demo {
namespace {

/// Streets that one group speaks of.
constexpr std::uint32_t streets_of_group = 40;

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  std::size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (count > 0) out += digits[--count];
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        out += c;
    }
  }
}

bool is_small(char c) { return c >= 'a' && c <= 'z'; }

/// Two letters change places inside a word, or nothing happens.
void mistype(std::string& text, std::size_t at) {
  if (at < 1 || at + 2 >= text.size()) return;
  for (std::size_t i = at - 1; i < at + 3; ++i) {
    if (!is_small(text[i])) return;
  }
  std::swap(text[at], text[at + 1]);
}

void lower(std::string& text, std::size_t from) {
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] >= 'A' && text[i] <= 'Z')
      text[i] = static_cast<char>(text[i] + 32);
  }
}

double picture_chance(Code code) {
  switch (code) {
    case Code::lost:
      return 0.3;
    case Code::over:
      return 0.12;
    case Code::off:
      return 0.1;
    case Code::aanv:
      return 0.06;
    case Code::inc:
    case Code::verd:
    case Code::soc:
      return 0.04;
    case Code::terug:
    case Code::mod:
    case Code::prev:
    case Code::vraag:
    case Code::react:
    case Code::onb:
      return 0;
  }
  return 0;
}

}  // namespace

Teller::Teller(const World& world, const Library& library,
               const GroupPlan& plan, Random& random, ChatFile& chat,
               OutFile& truth)
    : world_(world),
      library_(library),
      plan_(plan),
      random_(random),
      chat_(chat),
      truth_(truth),
      renderer_(plan.design.form, plan.design.name),
      used_(library.size()),
      first_street_(random.below(
          static_cast<std::uint32_t>(library.values(Gap::street).size()))),
      earlier_(library.attribute("time_earlier") |
               library.attribute("time_today")),
      photo_(library.attribute("photo")),
      video_(library.attribute("video")),
      caps_(library.attribute("caps")),
      person_(library.attribute("person")),
      origin_(library.attribute("descr_origin")),
      behaviour_(library.attribute("behaviour")),
      appearance_only_(library.attribute("appearance_only")) {
  truth_.buffer() += "n\tline\tlabel\tis_root\tincident\tattrs\ttext\n";
}

void Teller::at(std::int64_t now, bool started) {
  now_ = now;
  started_ = started;
  record_.time = LocalTime{std::chrono::seconds{first_day * 86'400 + now}};
}

void Teller::set(Scene& scene) {
  for (std::size_t i = 0; i < gap_count; ++i) {
    const auto size =
        static_cast<std::uint32_t>(library_.values(static_cast<Gap>(i)).size());
    if (size > 0)
      scene.slots[i] = static_cast<std::uint16_t>(random_.below(size));
  }
  const auto streets =
      static_cast<std::uint32_t>(library_.values(Gap::street).size());
  const std::uint32_t street = random_.below(streets_of_group);
  const std::uint32_t other = street + 1 + random_.below(streets_of_group - 1);
  const auto nth = [&](std::uint32_t n) {
    return static_cast<std::uint16_t>((first_street_ + n % streets_of_group) %
                                      streets);
  };
  scene.slots[static_cast<std::size_t>(Gap::street)] = nth(street);
  scene.slots[static_cast<std::size_t>(Gap::street2)] = nth(other);
  scene.slots[static_cast<std::size_t>(Gap::name)] = static_cast<std::uint16_t>(
      random_.below(static_cast<std::uint32_t>(world_.first_names.size())));
  scene.clock = 0;
}

/// A moment that fits the words: just now, or some night or hour before.
void Teller::set_clock(const Fragment& fragment, Scene& scene) {
  const auto minute = static_cast<std::uint32_t>(now_ / 60 % 1440);
  const bool before = (fragment.attributes & earlier_) != 0;
  const std::uint32_t back =
      before ? 120 + random_.below(600) : 1 + random_.below(12);
  scene.clock = static_cast<std::uint16_t>((minute + 1440 - back) % 1440);
}

void Teller::append_clock(std::uint32_t minute) {
  const auto& words = library_.values(Gap::clock);
  if (random_.chance(0.4) && !words.empty()) {
    const std::uint32_t half_day = minute % 720;
    auto it =
        std::upper_bound(words.begin(), words.end(), half_day,
                         [](std::uint32_t wanted, const SlotValue& value) {
                           return wanted < value.minute;
                         });
    if (it != words.begin()) --it;
    record_.text += it->text;
    return;
  }
  const auto two = [&](std::uint32_t number) {
    record_.text += static_cast<char>('0' + number / 10);
    record_.text += static_cast<char>('0' + number % 10);
  };
  two(minute / 60);
  record_.text += random_.chance(0.7) ? ':' : '.';
  two(minute % 60);
}

void Teller::fill(Gap gap, const Scene& scene) {
  switch (gap) {
    case Gap::clock:
      append_clock(scene.clock);
      return;
    case Gap::name:
      record_.text +=
          world_.first_names[scene.slots[static_cast<std::size_t>(gap)]];
      return;
    case Gap::moderator:
      record_.text += plan_.moderator;
      return;
    case Gap::officer:
      record_.text += plan_.officer;
      return;
    case Gap::none:
      return;
    case Gap::street:
    case Gap::street2:
    case Gap::place:
    case Gap::direction:
    case Gap::number:
    case Gap::vehicle:
    case Gap::plate:
    case Gap::person:
    case Gap::clothing:
    case Gap::pet:
    case Gap::thing:
      record_.text +=
          library_.values(gap)[scene.slots[static_cast<std::size_t>(gap)]].text;
  }
}

/// Words with the author's habits; slots stay whole.
AttributeSet Teller::compose(const Fragment& fragment, const Scene& scene,
                             const Person& author) {
  const bool shouted = (fragment.attributes & caps_) != 0;
  const bool small = author.lower_case && !shouted && random_.chance(0.9);
  const bool typo = author.careless && random_.chance(0.4);
  AttributeSet attributes = fragment.attributes;
  record_.text.clear();
  for (const Piece& piece : fragment.pieces) {
    const std::size_t from = record_.text.size();
    record_.text += piece.words;
    if (small) lower(record_.text, from);
    if (typo && piece.words.size() > 8) {
      mistype(
          record_.text,
          from + random_.below(static_cast<std::uint32_t>(piece.words.size())));
    }
    if (piece.gap == Gap::none) continue;
    fill(piece.gap, scene);
    const auto& values = library_.values(piece.gap);
    if (!values.empty() && piece.gap != Gap::clock) {
      attributes |=
          values[scene.slots[static_cast<std::size_t>(piece.gap)]].attributes;
    }
  }
  return attributes;
}

const Fragment& Teller::choose(const Pool& pool) {
  const auto size = static_cast<std::uint32_t>(pool.size());
  std::uint32_t best = pool[random_.below(size)];
  for (int tries = 0; tries < 2; ++tries) {
    const std::uint32_t other = pool[random_.below(size)];
    if (used_[other] < used_[best]) best = other;
  }
  used_[best] = number_ + 1;
  return library_.fragment(best);
}

const Pool& Teller::pool(const Saying& saying, const Scene& scene) const {
  const Voice voice = plan_.people[saying.author].voice;
  return saying.topic != 0
             ? library_.pool(saying.code, voice, saying.topic, 0, saying.manner)
             : library_.pool(saying.code, voice, scene.topic, scene.theme,
                             saying.manner);
}

void Teller::illustrate(Code code, AttributeSet& attributes) {
  const double chance = picture_chance(code);
  if (chance == 0 || !random_.chance(chance)) return;
  const bool video = random_.chance(0.15);
  record_.kind = Kind::media;
  record_.media = video ? MediaType::video : MediaType::image;
  attributes |= video ? video_ : photo_;
}

bool Teller::say(const Saying& saying, Scene& scene) {
  const Fragment* fragment = saying.fragment;
  if (fragment == nullptr) {
    const Pool& candidates = pool(saying, scene);
    if (candidates.empty()) return false;
    fragment = &choose(candidates);
  }
  if (saying.root || scene.clock == 0) set_clock(*fragment, scene);
  AttributeSet attributes =
      compose(*fragment, scene, plan_.people[saying.author]);
  const bool origin =
      (attributes & person_) != 0 && (attributes & origin_) != 0;
  if (saying.root && origin && (attributes & behaviour_) == 0) {
    attributes |= appearance_only_;
  }
  record_.kind = Kind::text;
  record_.media = MediaType::none;
  illustrate(saying.code, attributes);
  record_.edited = record_.kind == Kind::text &&
                   plan_.design.form == ExportForm::ios_2025 &&
                   random_.chance(0.012);
  emit_human(saying, attributes);
  return true;
}

void Teller::show(Kind kind, MediaType media, std::uint16_t author,
                  const std::string& text, std::uint32_t incident) {
  record_.kind = kind;
  record_.media = media;
  record_.edited = false;
  record_.text = text;
  const AttributeSet attributes = media == MediaType::image   ? photo_
                                  : media == MediaType::video ? video_
                                                              : 0;
  emit_human({.code = Code::onb, .author = author, .incident = incident},
             attributes);
}

void Teller::system(SystemEvent event, const std::string& actor,
                    const std::string& target) {
  record_.kind = Kind::system;
  record_.event = event;
  record_.media = MediaType::none;
  record_.edited = false;
  record_.author.clear();
  record_.actor = actor;
  record_.target = target;
  record_.text.clear();
  emit();
  record_.event = SystemEvent::none;
  record_.actor.clear();
  record_.target.clear();
}

void Teller::emit() {
  std::string& out = chat_.buffer();
  const std::size_t from = out.size();
  renderer_.append(record_, out);
  row_line_ = line_;
  line_ += static_cast<std::uint64_t>(std::count(
      out.begin() + static_cast<std::ptrdiff_t>(from), out.end(), '\n'));
  ++number_;
  ++phase(started_).records;
  chat_.flush_if_full();
}

void Teller::emit_human(const Saying& saying, AttributeSet attributes) {
  record_.author = plan_.people[saying.author].shown;
  emit();
  PhaseTruth& count = phase(started_);
  const auto code = static_cast<std::size_t>(saying.code);
  ++count.messages;
  ++count.labels[code];
  if (saying.root) ++count.roots[code];
  if (text::is_night(LocalTime{std::chrono::seconds{now_}})) ++count.night;
  write_truth(saying, attributes);
}

void Teller::write_truth(const Saying& saying, AttributeSet attributes) {
  std::string& out = truth_.buffer();
  append_number(out, number_);
  out += '\t';
  append_number(out, row_line_);
  out += '\t';
  out += to_string(saying.code);
  out += saying.root ? "\t1\t" : "\t0\t";
  if (saying.incident != 0) append_number(out, saying.incident);
  char separator = '\t';
  if (attributes == 0) out += separator;
  for (std::size_t i = 0; i < library_.attributes().size(); ++i) {
    if ((attributes >> i & 1U) == 0) continue;
    out += separator;
    out += library_.attributes()[i];
    separator = ',';
  }
  out += '\t';
  append_escaped(out, record_.text);
  out += '\n';
  truth_.flush_if_full();
}

}  // namespace etherpeil::demo
