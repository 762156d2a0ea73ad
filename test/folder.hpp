#pragma once
/// A folder that goes with the test.
#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace etherpeil::test {

struct Folder {
  /// Empty, under the system's folder for temporary files.
  explicit Folder(const std::string& name)
      : path(std::filesystem::temp_directory_path() /
             ("etherpeil-" + name + "-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  Folder(Folder&&) = delete;
  Folder& operator=(Folder&&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all,
                                 ignored);
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

}  // namespace etherpeil::test
