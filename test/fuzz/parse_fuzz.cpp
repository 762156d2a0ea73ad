/// Only etherpeil::Error may come out of the parser, whatever goes in; what
/// comes out well holds together. Seeds: test/corpus.
#include <cstdlib>

#include "etherpeil/error.hpp"
#include "etherpeil/parse.hpp"
#include "etherpeil/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace etherpeil;
  try {
    const Chat chat = parse(
        Bytes::from(std::string{reinterpret_cast<const char*>(data), size}),
        "fuzz");
    std::string whole{chat.preamble()};
    for (Index i = 0; i < chat.messages.size(); ++i) {
      whole += chat.raw(i);
      if (chat.line(i) == 0) std::abort();
    }
    if (whole != chat.bytes.view) std::abort();
    // Batches, however small, tell the same.
    const EventOptions options{.raw = true};
    std::string events;
    write_events(
        chat, [&](std::string_view part) { events += part; }, options);
    std::string batches;
    (void)parse_batches(
        Bytes::from(std::string{reinterpret_cast<const char*>(data), size}),
        [&](const Chat& batch) {
          write_events(
              batch, [&](std::string_view part) { batches += part; }, options);
        },
        "fuzz", {.batch_bytes = 64});
    if (batches != events) std::abort();
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
