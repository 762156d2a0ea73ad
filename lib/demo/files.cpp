#include "demo/files.hpp"

#include <array>
#include <chrono>

#include "etherpeil/error.hpp"

namespace etherpeil::demo {
namespace {

constexpr std::string_view entry_name = "_chat.txt";

using CrcTables = std::array<std::array<std::uint32_t, 256>, 4>;

constexpr CrcTables make_crc_tables() {
  CrcTables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1U) != 0 ? value >> 1 ^ 0xEDB88320U : value >> 1;
    }
    tables[0][i] = value;
  }
  for (std::size_t i = 0; i < 256; ++i) {
    for (std::size_t k = 1; k < 4; ++k) {
      const std::uint32_t before = tables[k - 1][i];
      tables[k][i] = before >> 8 ^ tables[0][before & 0xFFU];
    }
  }
  return tables;
}
constexpr CrcTables crc_tables = make_crc_tables();

std::uint32_t crc_of(std::uint32_t crc, std::string_view bytes) {
  const auto byte = [&](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(bytes[i])};
  };
  std::size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    crc ^= byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24;
    crc = crc_tables[3][crc & 0xFFU] ^ crc_tables[2][crc >> 8 & 0xFFU] ^
          crc_tables[1][crc >> 16 & 0xFFU] ^ crc_tables[0][crc >> 24];
  }
  for (; i < bytes.size(); ++i)
    crc = crc >> 8 ^ crc_tables[0][(crc ^ byte(i)) & 0xFFU];
  return crc;
}

void little(std::string& out, std::uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i)
    out += static_cast<char>(number >> (8 * i) & 0xFFU);
}

}  // namespace

OutFile::OutFile(const std::filesystem::path& path, std::function<bool()> stop)
    : name_(path.string()),
      stop_(std::move(stop)),
      file_(path, std::ios::binary | std::ios::trunc) {
  buffer_.reserve(full + 8192);
  if (!file_) {
    throw Error{Errc::io,
                name_ + ": cannot be created; check the folder's rights"};
  }
}

void OutFile::write(std::string_view bytes) {
  file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file_) {
    throw Error{Errc::io,
                name_ + ": cannot be written; check the space on the disk"};
  }
}

void OutFile::flush() {
  if (stop_ && stop_()) {
    throw Error{Errc::io, name_ + ": stopped before its end; nothing is kept"};
  }
  if (summed_) crc_ = crc_of(crc_, buffer_);
  write(buffer_);
  bytes_ += buffer_.size();
  buffer_.clear();
}

void OutFile::patch(std::uint64_t at, std::string_view bytes) {
  file_.seekp(static_cast<std::streamoff>(at));
  write(bytes);
}

void OutFile::close() {
  flush();
  file_.close();
  if (!file_) {
    throw Error{Errc::io,
                name_ + ": cannot be written; check the space on the disk"};
  }
}

ChatFile::ChatFile(const std::filesystem::path& path, bool zip,
                   std::int64_t day, std::function<bool()> stop)
    : OutFile(path, std::move(stop)), zip_(zip), day_(day) {
  if (!zip_) return;
  buffer() = entry("PK\x03\x04", false);
  flush();
  start_ = bytes();
  sum(true);
}

/// The header of the entry: local before it, central after it.
std::string ChatFile::entry(std::string_view signature, bool central) const {
  const std::chrono::year_month_day ymd{
      std::chrono::sys_days{std::chrono::days{day_}}};
  const auto year = static_cast<unsigned>(static_cast<int>(ymd.year()) - 1980);
  std::string out{signature};
  if (central) little(out, 20, 2);
  little(out, 10, 2);  // version 1.0, no flags, stored, at noon
  little(out, 0, 4);
  little(out, 12U << 11, 2);
  little(out,
         year << 9 | static_cast<unsigned>(ymd.month()) << 5 |
             static_cast<unsigned>(ymd.day()),
         2);
  little(out, crc(), 4);
  little(out, size_, 4);
  little(out, size_, 4);
  little(out, entry_name.size(), 2);
  out.append(central ? 16 : 2, '\0');
  return out += entry_name;
}

void ChatFile::finish() {
  flush();
  if (bytes() > 0xFFFFFFFFU - 1024) {
    throw Error{
        Errc::limit,
        "demo: an export of more than 4 GiB; give fewer days or messages"};
  }
  if (zip_) {
    size_ = bytes() - start_;
    const std::string local = entry("PK\x03\x04", false);
    const std::string central = entry("PK\x01\x02", true);
    sum(false);
    buffer() = central;
    buffer() += "PK\x05\x06";
    little(buffer(), 0, 4);
    little(buffer(), 1, 2);
    little(buffer(), 1, 2);
    little(buffer(), central.size(), 4);
    little(buffer(), start_ + size_, 4);
    little(buffer(), 0, 2);
    flush();
    patch(0, local);
  }
  close();
}

}  // namespace etherpeil::demo
