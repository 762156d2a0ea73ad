#include <cstdio>
#include <etherpeil/etherpeil.hpp>

int main() {
  const etherpeil::Chat chat = etherpeil::parse(etherpeil::Bytes::from(
      "13-05-2024 10:00 - Jan: Er is ingebroken in de Merelhof\n"));
  const etherpeil::Analysis analysis = etherpeil::Analyser{}.run(chat);
  const auto& label = analysis.codes.labels[analysis.labels[0].code];
  std::printf("etherpeil %s: %s\n", std::string{etherpeil::version}.c_str(),
              label.key.c_str());
  return label.key == "INC" ? 0 : 1;
}
