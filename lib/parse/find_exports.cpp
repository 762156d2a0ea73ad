#include <algorithm>
#include <set>

#include "etherpeil/error.hpp"
#include "etherpeil/parse.hpp"

namespace etherpeil {

std::vector<std::filesystem::path> find_exports(
    const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  if (path == "-") return {path};
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (!fs::exists(status)) {
    const bool hidden = code == std::errc::permission_denied;
    throw Error{Errc::io, path.string() +
                              (hidden ? ": no permission to look there; change "
                                        "the permissions of its folder"
                                      : ": no such file; check the path")};
  }
  if (!fs::is_directory(status)) return {path};
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator it{path, code}, end; !code && it != end;
       it.increment(code)) {
    std::string ending = it->path().extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) {
      return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    });
    // Hidden files are notes of systems ("._chat.txt" of macOS).
    const bool hidden = it->path().filename().string().front() == '.';
    if (!hidden && it->is_regular_file(code) &&
        (ending == ".txt" || ending == ".zip")) {
      found.push_back(it->path());
    }
  }
  if (code)
    throw Error{Errc::io,
                path.string() + ": cannot be read: " + code.message()};
  if (found.empty()) {
    throw Error{
        Errc::not_export,
        path.string() +
            ": the folder holds no .txt or .zip; put the exports in it"};
  }
  // Beside an unpacked "_chat.txt" every other text is an attachment.
  std::set<fs::path> unpacked;
  for (const fs::path& file : found) {
    if (file.filename() == "_chat.txt") unpacked.insert(file.parent_path());
  }
  found.erase(std::remove_if(found.begin(), found.end(),
                             [&](const fs::path& file) {
                               return file.extension() != ".zip" &&
                                      file.filename() != "_chat.txt" &&
                                      unpacked.count(file.parent_path()) > 0;
                             }),
              found.end());
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace etherpeil
