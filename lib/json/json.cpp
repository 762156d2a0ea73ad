#include "json/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "etherpeil/error.hpp"
#include "json/walk.hpp"
#include "text/utf8.hpp"

namespace etherpeil::json {
namespace {

using Value = nlohmann::json;

const Value& as(const void* value) { return *static_cast<const Value*>(value); }

std::string escaped_pointer(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

struct Node::Document {
  explicit Document(std::string name) : source(std::move(name)) {}
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;
  Document(Document&&) = delete;
  Document& operator=(Document&&) = delete;
  ~Document() = default;

  Value root{};
  std::string source{};
};

Node::Node(std::shared_ptr<const Document> document, const void* value,
           std::string pointer)
    : document_(std::move(document)),
      value_(value),
      pointer_(std::move(pointer)) {}

Node parse(std::string_view text, const std::string& source) {
  auto document = std::make_shared<Node::Document>(source);
  try {
    document->root = Value::parse(text);
  } catch (const Value::parse_error& error) {
    const auto end = std::min(text.size(), error.byte);
    const auto before = text.substr(0, end);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    throw Error{Errc::config,
                source + ":" + std::to_string(line) +
                    ": not valid JSON; correct the text near byte " +
                    std::to_string(error.byte)};
  }
  const void* root = &document->root;
  return Node{std::move(document), root, ""};
}

namespace {

/// Where the walk over a document is, one for each object or list around it.
struct Around {
  bool list{};
  std::size_t next{};  ///< place in a list
  std::string key{};   ///< last member of an object
  std::set<std::string> keys{};
};

}  // namespace

Node parse_distinct(std::string_view text, const std::string& source) {
  Node root = parse(text, source);
  using Event = Value::parse_event_t;
  std::vector<Around> around;
  const auto past_one = [&around] {
    if (!around.empty() && around.back().list) ++around.back().next;
  };
  const auto check = [&](const std::string& key) {
    Around& here = around.back();
    here.key = key;
    if (here.keys.insert(key).second) return;
    std::string pointer;
    for (const Around& one : around)
      pointer += "/" + (one.list ? std::to_string(one.next)
                                 : escaped_pointer(one.key));
    throw Error{Errc::config, source + ": " + pointer +
                                  ": stands twice; leave one of them out"};
  };
  [[maybe_unused]] const Value walked =
      Value::parse(text, [&](int /*depth*/, Event event, Value& value) {
        switch (event) {
          case Event::object_start:
          case Event::array_start:
            around.push_back({.list = event == Event::array_start});
            break;
          case Event::object_end:
          case Event::array_end:
            around.pop_back();
            past_one();
            break;
          case Event::key:
            check(value.get<std::string>());
            break;
          case Event::value:
            past_one();
            break;
        }
        return true;
      });
  return root;
}

namespace {

/// A string as it stands between its quotes; nothing when it is not
/// well-formed.
std::optional<std::string> unescaped(std::string_view raw) {
  const Value value =
      Value::parse('"' + std::string{raw} + '"', nullptr, false);
  if (!value.is_string()) return std::nullopt;
  return value.get<std::string>();
}

/// The document without the items of the array that is its member `key`, which
/// `visit` gets. @throws Error when anything is not as it should be
std::string without_items(std::string_view text, const std::string& source,
                          std::string_view key,
                          const std::function<bool(std::string_view)>& visit) {
  Walk walk{text, source};
  std::string rest;
  walk.members([&](std::string_view name) {
    if (name != key) return walk.skip();
    if (!rest.empty()) walk.fail("a member stands twice");
    rest = text.substr(0, walk.at());
    walk.items([&] {
      const std::string_view raw = walk.raw();
      const bool plain = raw.find('\\') == std::string_view::npos;
      const auto made = plain ? std::nullopt : unescaped(raw);
      if (!(plain ? visit(raw) : made && visit(*made))) walk.fail("refused");
    });
    rest += "[]";
    rest += text.substr(walk.at());
  });
  return rest;
}

}  // namespace

std::optional<Node> parse_without(
    std::string_view text, const std::string& source, std::string_view key,
    const std::function<bool(std::string_view)>& visit) {
  if (!text::is_valid(text)) return std::nullopt;
  auto document = std::make_shared<Node::Document>(source);
  try {
    document->root =
        Value::parse(without_items(text, source, key, visit), nullptr, false);
  } catch (const Error&) {
    return std::nullopt;
  }
  if (!document->root.is_object()) return std::nullopt;
  const void* root = &document->root;
  return Node{std::move(document), root, ""};
}

void Node::fail(const std::string& why) const {
  throw Error{Errc::config, document_->source + ": " +
                                (pointer_.empty() ? "/" : pointer_) + ": " +
                                why};
}

std::optional<Node> Node::find(std::string_view key) const {
  const Value& value = as(value_);
  if (!value.is_object()) fail("must be an object");
  const auto it = value.find(std::string{key});
  if (it == value.end()) return std::nullopt;
  return Node{document_, &*it, pointer_ + "/" + escaped_pointer(key)};
}

Node Node::operator[](std::string_view key) const {
  auto node = find(key);
  if (!node) fail("member \"" + std::string{key} + "\" is missing");
  return *std::move(node);
}

std::vector<std::string> Node::keys() const {
  const Value& value = as(value_);
  if (!value.is_object()) fail("must be an object");
  std::vector<std::string> names;
  for (const auto& entry : value.items()) names.push_back(entry.key());
  return names;
}

void Node::allow_only(std::initializer_list<std::string_view> keys) const {
  for (const auto& name : this->keys()) {
    if (std::find(keys.begin(), keys.end(), name) == keys.end()) {
      (*this)[name].fail("unknown member; remove it or correct its name");
    }
  }
}

std::vector<Node> Node::items() const {
  const Value& value = as(value_);
  if (!value.is_array()) fail("must be an array");
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < value.size(); ++i) {
    nodes.push_back(
        Node{document_, &value[i], pointer_ + "/" + std::to_string(i)});
  }
  return nodes;
}

std::string Node::string() const {
  const Value& value = as(value_);
  if (!value.is_string()) fail("must be a text");
  return value.get<std::string>();
}

std::vector<std::string> Node::strings() const {
  std::vector<std::string> texts;
  for (const auto& item : items()) texts.push_back(item.string());
  return texts;
}

std::int64_t Node::integer(std::int64_t low, std::int64_t high) const {
  const Value& value = as(value_);
  const bool whole = value.is_number_integer() &&
                     !(value.is_number_unsigned() &&
                       value.get<std::uint64_t>() > std::uint64_t{INT64_MAX});
  if (!whole || value.get<std::int64_t>() < low ||
      value.get<std::int64_t>() > high) {
    fail("must be a whole number from " + std::to_string(low) + " to " +
         std::to_string(high));
  }
  return value.get<std::int64_t>();
}

double Node::number() const {
  const Value& value = as(value_);
  if (!value.is_number()) fail("must be a number");
  return value.get<double>();
}

bool Node::boolean() const {
  const Value& value = as(value_);
  if (!value.is_boolean()) fail("must be true or false");
  return value.get<bool>();
}

bool Node::is_string() const { return as(value_).is_string(); }
bool Node::is_boolean() const { return as(value_).is_boolean(); }
bool Node::is_null() const { return as(value_).is_null(); }

void Writer::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

Writer& Writer::begin_object() {
  separate();
  out_ += '{';
  first_ = true;
  return *this;
}

Writer& Writer::end_object() {
  out_ += '}';
  first_ = false;
  return *this;
}

Writer& Writer::begin_array() {
  separate();
  out_ += '[';
  first_ = true;
  return *this;
}

Writer& Writer::end_array() {
  out_ += ']';
  first_ = false;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  value(name);
  out_ += ':';
  first_ = true;
  return *this;
}

Writer& Writer::value(std::string_view text) {
  separate();
  out_ += '"';
  constexpr std::string_view hex = "0123456789abcdef";
  const auto unit = [&](unsigned code) {
    out_ += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
      out_ += hex[(code >> shift) & 15U];
  };
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x7F) {
      if (byte == '<') {
        unit(byte);
      } else {
        if (byte == '"' || byte == '\\') out_ += '\\';
        out_ += static_cast<char>(byte);
      }
      ++at;
      continue;
    }
    if (byte == '\n') {
      out_ += "\\n";
      ++at;
      continue;
    }
    const text::CodePoint point = text::decode(text, at);
    if (text::is_hidden_control(point.value)) {
      unit(point.value);
    } else if (point.valid) {
      out_ += text.substr(at, point.length);
    } else {
      out_ += "\xEF\xBF\xBD";
    }
    at += point.length;
  }
  out_ += '"';
  return *this;
}

Writer& Writer::value(double number) {
  separate();
  out_ += number_text(number);
  return *this;
}

Writer& Writer::null() {
  separate();
  out_ += "null";
  return *this;
}

Writer& Writer::boolean(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
  return *this;
}

Writer& Writer::integer(std::int64_t number) {
  separate();
  out_ += std::to_string(number);
  return *this;
}

Writer& Writer::natural(std::uint64_t number) {
  separate();
  out_ += std::to_string(number);
  return *this;
}

std::string number_text(double number) {
  return std::isfinite(number) ? Value(number).dump() : "null";
}

std::string read_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw Error{Errc::io, path.string() + ": is a folder; name a file in it"};
  }
  std::ifstream in{path, std::ios::binary};
  if (!in) {
    throw Error{
        Errc::io,
        path.string() + ": cannot be read; check the path and its permissions"};
  }
  constexpr std::size_t block = 1U << 18U;
  std::string bytes;
  for (std::size_t got = block; got == block;) {
    const std::size_t before = bytes.size();
    bytes.resize(before + block);
    got = static_cast<std::size_t>(
        in.read(bytes.data() + before, block).gcount());
    bytes.resize(before + got);
  }
  if (in.bad()) {
    throw Error{Errc::io,
                path.string() + ": cannot be read to its end; copy it again"};
  }
  return bytes;
}

}  // namespace etherpeil::json
