#include <fstream>
#include <iterator>

#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {
namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

int run(const Lint& args, const Common& common) {
  const bool own = args.files.codebook.empty() && args.files.lexicon.empty();
  (void)codebook_of(args.files);  // says what is wrong with a file
  const auto found = own ? etherpeil::lint()
                         : etherpeil::lint(bytes_of(args.files.codebook),
                                           bytes_of(args.files.lexicon),
                                           args.files.codebook.string());
  const std::string name =
      own ? std::string{"codebook"} : args.files.codebook.string();
  const bool warned = show(name, found, common);
  if (!common.quiet && !warned) tell(name + ": nothing to mend");
  return warned ? with_warnings : done;
}

}  // namespace command
