#include <algorithm>
#include <filesystem>

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
  const std::filesystem::path folder = args.output.parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder)) {
    throw etherpeil::Error{
        etherpeil::Errc::io,
        args.output.string() + ": no such folder; make it before training"};
  }
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
  etherpeil::write_document(args.output, model);
  return done;
}

}  // namespace command
