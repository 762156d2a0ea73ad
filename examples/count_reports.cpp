#include <cstdio>
#include <etherpeil/etherpeil.hpp>

int main(int argc, char** argv) {
  const etherpeil::Analyser analyser;  // compiled once, reused
  for (int i = 1; i < argc; ++i) {
    const etherpeil::Analysis found = analyser.run(argv[i]);
    std::size_t closed = 0;
    for (const auto& incident : found.incidents.list) {
      if (incident.outcome) ++closed;
    }
    std::printf("%zu records, %zu reports, %zu closed\n",
                found.chat.messages.size(), found.incidents.list.size(),
                closed);
  }
}
