#pragma once
/// One text to one chat.
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "etherpeil/parse.hpp"

namespace etherpeil::parsing {

/// A text to read.
struct Input {
  Bytes text{};
  std::string source{};
  /// Called for parts that will not be needed soon; may be empty.
  std::function<void(std::string_view)> forget{};
};

struct Result {
  Chat chat{};
  std::set<std::string> attached{};  ///< texts that it shows as attachments
};

/// With `sink` in batches; without it (nullptr) all in the result.
/// @throws Error not_export, limit; and what `sink` throws
[[nodiscard]] Result read(const Input& input, const ParseOptions& options,
                          const BatchSink* sink);

}  // namespace etherpeil::parsing
