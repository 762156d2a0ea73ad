/// The fuzz target without a fuzzer: damaged files of the corpus for so many
/// seconds, the same every time. Finds what is near; libFuzzer finds the rest.
///
///   parse_fuzz_smoke CORPUS SECONDS
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace {

namespace fs = std::filesystem;

/// A file with bytes changed, repeated and cut, and pieces of another in it.
std::string damaged(std::string text, const std::string& other,
                    std::mt19937& random) {
  constexpr std::string_view odd =
      "0123456789-/.:, []\r\n~@<>()\xE2\x80\x8E\xE2\x81\xA8\xFF";
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (std::size_t times = 1 + below(8); times > 0; --times) {
    const std::size_t at = below(text.size());
    const std::size_t length = below(40);
    switch (below(5)) {
      case 0:
        if (!text.empty()) text[at] = odd[below(odd.size())];
        break;
      case 1:
        text.insert(at, odd.substr(below(odd.size()), 1 + below(3)));
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(at, text.substr(below(text.size()), length));
        break;
      default:
        text.insert(at, other.substr(below(other.size()), 5 * length));
    }
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator{argv[1]}) {
    const std::string ending = entry.path().extension().string();
    if (ending == ".txt" || ending == ".zip") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> files;
  for (const fs::path& path : paths) {
    std::ifstream in{path, std::ios::binary};
    files.emplace_back(std::istreambuf_iterator<char>{in},
                       std::istreambuf_iterator<char>{});
  }
  if (files.empty()) return 2;
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds{std::atoi(argv[2])};
  std::mt19937 random{1};
  std::size_t runs = 0;
  for (; Clock::now() < end; ++runs) {
    const std::string text = damaged(files[runs % files.size()],
                                     files[random() % files.size()], random);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()),
                           text.size());
  }
  std::printf("%zu inputs, nothing found\n", runs);
  return runs == 0 ? 1 : 0;
}
