#include <algorithm>
#include <fstream>

#include "command.hpp"
#include "inputs.hpp"
#include "terminal.hpp"

namespace command {
namespace {

bool holds(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

int run(const Train& args, const Common&) {
  const etherpeil::Codebook codebook = codebook_of(args.files);
  std::vector<etherpeil::LabelledChat> training;
  std::vector<etherpeil::LabelledChat> calibration;
  std::vector<etherpeil::LabelledChat> held_out;
  for (const auto* names : {&args.calibrate, &args.leave_out}) {
    if (!names->empty()) {
      // Refuses a name that is not there before the work begins.
      (void)etherpeil::load_corpus(args.folder, codebook.codes(), *names);
    }
  }
  for (auto& chat : etherpeil::load_corpus(args.folder, codebook.codes())) {
    if (holds(args.calibrate, chat.group)) {
      calibration.push_back(std::move(chat));
    } else {
      auto& part = holds(args.leave_out, chat.group) ? held_out : training;
      part.push_back(std::move(chat));
    }
  }
  const std::string model =
      etherpeil::train(training, calibration, codebook, args.options, held_out);
  if (args.output == "-") {
    write_out(model);
    finish_out();
    return done;
  }
  std::ofstream file{args.output, std::ios::binary};
  file << model;
  file.close();
  if (!file) {
    std::error_code ignored;
    std::filesystem::remove(args.output, ignored);
    throw etherpeil::Error{
        etherpeil::Errc::io,
        args.output.string() + ": cannot be written; check folder and space"};
  }
  return done;
}

}  // namespace command
