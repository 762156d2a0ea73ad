#include "etherpeil/parse.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "container/container.hpp"
#include "etherpeil/error.hpp"
#include "parse/reader.hpp"

namespace etherpeil {

Chat parse(Bytes text, const std::string& source, const ParseOptions& options) {
  return parsing::read({std::move(text), source, {}}, options, nullptr).chat;
}

namespace {

/// The last part of a name in a zip or of an attachment.
std::string base_name(std::string_view name) {
  const std::size_t slash = name.find_last_of("/\\");
  return std::string{
      name.substr(slash == std::string_view::npos ? 0 : slash + 1)};
}

/// The texts of a container that are chats, likeliest first. What a chat shows
/// as an attachment is none of its own.
std::vector<std::size_t> find_chats(const container::Container& container,
                                    const std::string& source,
                                    const ParseOptions& options) {
  std::vector<std::size_t> chats;
  std::set<std::string> attached;
  std::optional<Error> refusal;
  const BatchSink nowhere = [](const Chat& /*batch*/) {};
  for (std::size_t i = 0; i < container.names().size(); ++i) {
    try {
      const parsing::Input input{
          container.read(i, options.max_bytes), source, {}};
      attached.merge(parsing::read(input, options, &nowhere).attached);
      chats.push_back(i);
    } catch (const Error& error) {
      if (error.code() != Errc::not_export) throw;
      if (!refusal) refusal = error;
    }
  }
  if (chats.empty() && refusal) throw *refusal;
  std::vector<std::size_t> own;
  std::copy_if(chats.begin(), chats.end(), std::back_inserter(own),
               [&](std::size_t i) {
                 return attached.count(base_name(container.names()[i])) == 0;
               });
  return own.empty() ? chats : own;
}

/// The chat of a file that is wanted.
Chat read_chat(const std::filesystem::path& path, const ParseOptions& options,
               const BatchSink* sink) {
  const container::Container container =
      container::Container::open(path, options.max_bytes);
  std::string source = path == "-" ? "standard input" : path.string();
  // One text needs no looking for.
  const std::vector<std::size_t> chats =
      container.names().size() == 1 ? std::vector<std::size_t>{0}
                                    : find_chats(container, source, options);
  if (options.nth >= chats.size()) {
    throw Error{Errc::not_export, source + ": holds " +
                                      std::to_string(chats.size()) +
                                      " chats; ask for one of those"};
  }
  if (options.nth > 0)
    source += " (chat " + std::to_string(options.nth + 1) + ")";
  parsing::Input input{
      container.read(chats[options.nth], options.max_bytes), source, {}};
  input.forget = [&](std::string_view part) { container.forget(part); };
  Chat chat = parsing::read(input, options, sink).chat;
  if (const std::size_t others = container.texts() - 1; others > 0) {
    chat.diagnostics.push_back(
        {.code = "parse.other-texts",
         .severity = Severity::info,
         .line = 0,
         .message = "other texts in the zip: " + std::to_string(others) +
                    "; one chat was read, unpack the zip to read another"});
  }
  return chat;
}

}  // namespace

Chat parse_file(const std::filesystem::path& path,
                const ParseOptions& options) {
  return read_chat(path, options, nullptr);
}

Chat parse_batches(Bytes text, const BatchSink& sink, const std::string& source,
                   const ParseOptions& options) {
  return parsing::read({std::move(text), source, {}}, options, &sink).chat;
}

Chat parse_file_batches(const std::filesystem::path& path,
                        const BatchSink& sink, const ParseOptions& options) {
  return read_chat(path, options, &sink);
}

}  // namespace etherpeil
