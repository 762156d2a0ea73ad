#include "store/segment.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace etherpeil::tables {
namespace {

using Rows = std::vector<SegmentMessage>;

/// The number before each column. Append only.
enum class Column : std::uint8_t {
  line = 1,
  time,
  person,
  role,
  kind,
  label,
  attributes,
  root,
  flags
};
constexpr std::uint8_t last_column = static_cast<std::uint8_t>(Column::flags);

// -------------------------------------------------------------------- numbers

void put(std::string& out, std::uint64_t number) {
  while (number >= 0x80U) {
    out += static_cast<char>(number | 0x80U);
    number >>= 7U;
  }
  out += static_cast<char>(number);
}

std::uint64_t zigzag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1U) ^
         static_cast<std::uint64_t>(number >> 63);
}

std::int64_t unzigzag(std::uint64_t number) {
  return static_cast<std::int64_t>(number >> 1U) ^
         -static_cast<std::int64_t>(number & 1U);
}

/// Reads numbers; `good` turns false at the first that is not there.
struct Source {
  std::string_view rest{};
  bool good{true};

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest.front());
      rest.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80U) return value;
    }
    good = false;
    return 0;
  }
  /// A number up to `most`.
  std::uint64_t number(std::uint64_t most) {
    const std::uint64_t value = number();
    good = good && value <= most;
    return good ? value : 0;
  }
  std::string_view bytes(std::size_t size) {
    good = good && size <= rest.size();
    const std::string_view part = rest.substr(0, good ? size : 0);
    rest.remove_prefix(part.size());
    return part;
  }
};

// -------------------------------------------------------------------- columns

constexpr std::uint64_t last_kind = static_cast<std::uint64_t>(Kind::unknown);
constexpr std::uint64_t last_media =
    static_cast<std::uint64_t>(MediaType::unknown);
constexpr std::uint64_t last_role = static_cast<std::uint64_t>(Role::care);
constexpr std::uint64_t uncoded = 0;  // stands for not_coded; a label is + 1

/// Numbers of one column behind each other.
class Writer {
 public:
  explicit Writer(std::size_t rows) { bytes_.reserve(rows + rows / 2); }
  void add(std::uint64_t number) {
    if (end_ + longest > block_.size()) flush();
    for (; number >= 0x80U; number >>= 7U)
      block_[end_++] = static_cast<char>(number | 0x80U);
    block_[end_++] = static_cast<char>(number);
  }
  std::string finish() && {
    flush();
    return std::move(bytes_);
  }

 private:
  void flush() {
    bytes_.append(block_.data(), end_);
    end_ = 0;
  }
  static constexpr std::size_t longest = 10;
  std::array<char, 1024> block_{};
  std::size_t end_{};
  std::string bytes_;
};

/// The numbers that `number` gives for each row; empty when all are zero.
template <class Number>
std::string column(const Rows& rows, const Number& number) {
  Writer out{rows.size()};
  std::uint64_t any = 0;
  for (const SegmentMessage& row : rows) {
    const std::uint64_t one = number(row);
    any |= one;
    out.add(one);
  }
  return any == 0 ? std::string{} : std::move(out).finish();
}

std::string attributes_column(const Rows& rows) {
  std::string out;
  out.reserve(2 * rows.size());
  bool any = false;
  for (const SegmentMessage& row : rows) {
    any = any || row.attributes != 0;
    out += static_cast<char>(std::popcount(row.attributes));
    for (Attributes left = row.attributes; left != 0; left &= left - 1)
      out += static_cast<char>(std::countr_zero(left));
  }
  return any ? out : std::string{};
}

std::string column(const Rows& rows, Column what) {
  using Row = const SegmentMessage&;
  switch (what) {
    case Column::line: {
      std::uint64_t line = 0;
      return column(rows, [&line](Row row) {
        return row.line - std::exchange(line, row.line);
      });
    }
    case Column::time: {
      std::int64_t time = 0;
      return column(rows, [&time](Row row) {
        const std::int64_t now = row.time.time_since_epoch().count();
        return zigzag(now - std::exchange(time, now));
      });
    }
    case Column::person:
      return column(rows, [](Row row) { return std::uint64_t{row.person}; });
    case Column::role:
      return column(
          rows, [](Row row) { return static_cast<std::uint64_t>(row.role); });
    case Column::kind:
      return column(rows, [](Row row) {
        return static_cast<std::uint64_t>(row.kind) +
               16 * static_cast<std::uint64_t>(row.media);
      });
    case Column::label:
      return column(rows, [](Row row) {
        return row.label == not_coded ? uncoded : row.label + 1U;
      });
    case Column::attributes:
      return attributes_column(rows);
    case Column::root:
      return column(rows, [](Row row) {
        return row.root_line == 0 ? 0 : row.line - row.root_line + 1;
      });
    case Column::flags:
      return column(rows, [](Row row) { return std::uint64_t{row.flags}; });
  }
  return {};
}

/// What a segment must fit in.
struct Limits {
  std::size_t people{};
  std::size_t labels{};
  std::size_t attributes{};
};

Attributes read_attributes(Source& in, std::size_t attributes) {
  Attributes set = 0;
  for (std::uint64_t left = in.number(attributes); in.good && left > 0;
       --left) {
    const std::uint64_t bit = in.number(max_attributes - 1);
    in.good = in.good && bit < attributes;
    set |= Attributes{1} << bit;
  }
  return set;
}

void read_column(Source& in, Rows& rows, Column what, const Limits& limits) {
  std::uint64_t line = 0;
  std::int64_t time = 0;
  for (SegmentMessage& row : rows) {
    if (!in.good) return;
    switch (what) {
      case Column::line:
        line += in.number();
        row.line = line;
        break;
      case Column::time:
        time += unzigzag(in.number());
        row.time = LocalTime{std::chrono::seconds{time}};
        break;
      case Column::person:
        row.person = static_cast<Index>(in.number(limits.people - 1));
        break;
      case Column::role:
        row.role = static_cast<Role>(in.number(last_role));
        break;
      case Column::kind: {
        const std::uint64_t both = in.number(255);
        in.good = in.good && both % 16 <= last_kind && both / 16 <= last_media;
        row.kind = static_cast<Kind>(both % 16);
        row.media = static_cast<MediaType>(both / 16);
        break;
      }
      case Column::label: {
        const std::uint64_t label = in.number(limits.labels);
        row.label =
            label == uncoded ? not_coded : static_cast<std::uint8_t>(label - 1);
        break;
      }
      case Column::attributes:
        row.attributes = read_attributes(in, limits.attributes);
        break;
      case Column::root: {
        const std::uint64_t back = in.number();
        in.good = in.good && back <= row.line;
        row.root_line = back == 0 ? 0 : row.line - back + 1;
        break;
      }
      case Column::flags:
        row.flags = static_cast<std::uint16_t>(in.number(0xFFFF));
        break;
    }
  }
}

}  // namespace

std::vector<std::string> split_people(std::string_view list) {
  std::vector<std::string> people;
  while (!list.empty()) {
    people.emplace_back(list.substr(0, list.find(' ')));
    list.remove_prefix(std::min(people.back().size() + 1, list.size()));
  }
  return people;
}

std::string encode(const std::vector<SegmentMessage>& messages) {
  std::string out;
  for (std::uint8_t what = 1; what <= last_column; ++what) {
    const std::string bytes = column(messages, static_cast<Column>(what));
    if (bytes.empty()) continue;
    put(out, what);
    put(out, bytes.size());
    out += bytes;
  }
  return out;
}

std::optional<std::vector<SegmentMessage>> decode(std::string_view bytes,
                                                  std::size_t count,
                                                  std::size_t people,
                                                  std::size_t labels,
                                                  std::size_t attributes) {
  // A message has a time, so each takes a byte at least.
  if (count > bytes.size() || people == 0) return std::nullopt;
  Rows rows(count);
  Source in{bytes};
  std::uint64_t previous = 0;
  while (in.good && !in.rest.empty()) {
    const std::uint64_t what = in.number();
    Source part{in.bytes(in.number())};
    in.good = in.good && what > previous;
    previous = what;
    if (!in.good || what > last_column) continue;
    read_column(part, rows, static_cast<Column>(what),
                {people, labels, attributes});
    in.good = part.good && part.rest.empty();
  }
  std::uint64_t line = 0;
  for (const SegmentMessage& row : rows) {
    in.good = in.good && row.line > line;
    line = row.line;
  }
  if (!in.good) return std::nullopt;
  return rows;
}

}  // namespace etherpeil::tables
