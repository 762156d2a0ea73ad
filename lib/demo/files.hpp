#pragma once
/// Files that are written once, in order, in large pieces.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>

namespace etherpeil::demo {

/// A file with a buffer of its own. @throws Error io
class OutFile {
 public:
  explicit OutFile(const std::filesystem::path& path,
                   std::function<bool()> stop = {});
  /// Append here; `flush_if_full` now and then.
  [[nodiscard]] std::string& buffer() { return buffer_; }
  void flush_if_full() {
    if (buffer_.size() >= full) flush();
  }
  void close();
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint32_t crc() const { return ~crc_; }

 protected:
  static constexpr std::size_t full = std::size_t{128} * 1024;
  void flush();
  /// Overwrites bytes near the start of the file.
  void patch(std::uint64_t at, std::string_view bytes);
  /// Whether what is flushed from now on counts for the CRC-32.
  void sum(bool on) { summed_ = on; }

 private:
  void write(std::string_view bytes);
  std::string name_;
  std::function<bool()> stop_;
  std::ofstream file_;
  std::string buffer_;
  std::uint64_t bytes_{};
  bool summed_{};
  std::uint32_t crc_{0xFFFFFFFFU};
};

/// The chat text: a plain file, or the one stored entry `_chat.txt` of a zip.
class ChatFile : public OutFile {
 public:
  ChatFile(const std::filesystem::path& path, bool zip, std::int64_t day,
           std::function<bool()> stop = {});
  void finish();

 private:
  [[nodiscard]] std::string entry(std::string_view signature,
                                  bool central) const;
  bool zip_;
  std::int64_t day_;  ///< of the export
  std::uint64_t start_{};
  std::uint64_t size_{};
};

}  // namespace etherpeil::demo
