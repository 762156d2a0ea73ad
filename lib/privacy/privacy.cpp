#include "etherpeil/privacy.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "etherpeil/error.hpp"
#include "hash/hash.hpp"
#include "privacy/identity.hpp"

namespace etherpeil {
namespace {

constexpr std::size_t key_digits = 64;

/// An open file; closed at the end of its life.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

std::optional<std::uint8_t> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

/// An open key file, and its permissions.
struct KeyFile {
  KeyFile(const std::filesystem::path& path, int flags)
      : file(::open(path.c_str(), flags | O_CLOEXEC)) {
    if (file.number() < 0) {
      throw Error{Errc::io,
                  path.string() + (errno == ENOENT
                                       ? ": no such key file; check the path"
                                       : ": the key cannot be opened; change "
                                         "its permissions")};
    }
    struct stat status {};
    if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) {
      throw Error{Errc::io, path.string() + ": is no file; name the key file"};
    }
    others = (status.st_mode & (S_IRWXG | S_IRWXO)) != 0;
  }
  Descriptor file;
  bool others{};  ///< than the owner may read or write it
};

/// @throws Error config when the file holds anything but a key
Key read_key(const Descriptor& file, const std::filesystem::path& path) {
  std::string text(key_digits + 8, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto got =
        ::read(file.number(), text.data() + size, text.size() - size);
    if (got < 0)
      throw Error{Errc::io, path.string() + ": cannot be read; copy it again"};
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  while (!text.empty() &&
         (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) {
    text.pop_back();
  }
  const auto refuse = [&path]() -> Error {
    return {Errc::config,
            path.string() +
                ": is no key of 64 hexadecimal digits; use the key file that "
                "was made with the study"};
  };
  if (text.size() != key_digits) throw refuse();
  Key key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i) {
    const auto high = digit(text[2 * i]);
    const auto low = digit(text[2 * i + 1]);
    if (!high || !low) throw refuse();
    key.bytes[i] = static_cast<std::uint8_t>(*high << 4U | *low);
  }
  return key;
}

}  // namespace

Key Key::random() { return {hash::random_digest()}; }

Key Key::load(const std::filesystem::path& path) {
  const KeyFile key{path, O_RDONLY};
  if (key.others) {
    throw Error{Errc::config,
                path.string() +
                    ": others may read or write the key; take their "
                    "permissions away (chmod 600)"};
  }
  return read_key(key.file, path);
}

void Key::destroy(const std::filesystem::path& path) {
  const KeyFile key{path, O_RDWR};
  // Only a key is overwritten, not a database that was named by mistake.
  static_cast<void>(read_key(key.file, path));
  const std::string nothing(key_digits, '0');
  const auto written =
      ::pwrite(key.file.number(), nothing.data(), nothing.size(), 0);
  if (written != static_cast<ssize_t>(nothing.size()) ||
      ::fsync(key.file.number()) != 0 || ::unlink(path.c_str()) != 0) {
    throw Error{Errc::io, path.string() +
                              ": the key cannot be destroyed; remove the file "
                              "yourself"};
  }
}

void Key::save(const std::filesystem::path& path) const {
  const Descriptor file{::open(path.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                               S_IRUSR | S_IWUSR)};
  if (file.number() < 0) {
    throw Error{Errc::io,
                path.string() +
                    (errno == EEXIST
                         ? ": exists; a key is never overwritten, name another"
                         : ": the key cannot be written; choose a folder that "
                           "you may write in")};
  }
  const std::string text = hash::hex(bytes) + "\n";
  const auto written = ::write(file.number(), text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size()) ||
      ::fsync(file.number()) != 0) {
    ::unlink(path.c_str());
    throw Error{
        Errc::io,
        path.string() + ": the key cannot be written; make room on the disk"};
  }
}

Pseudonymiser::Pseudonymiser(const Key& key, std::string_view study)
    : key_(key) {
  // The zero bytes keep study "a" with person "bc" apart from "ab" with "c".
  study_ += '\0';
  study_ += study;
  study_ += '\0';
}

std::string Pseudonymiser::person(std::string_view name) const {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";  // RFC 4648
  constexpr std::size_t bytes = 10;
  const hash::Digest digest = hash::hmac_sha256(
      key_.bytes, "etherpeil/person/1" + study_, privacy::identity(name));
  std::string pseudonym = "P-";
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    buffer = (buffer << 8U | digest[i]) & 0xFFFU;
    for (bits += 8; bits >= 5; bits -= 5) {
      pseudonym += alphabet[buffer >> (bits - 5) & 31U];
    }
  }
  return pseudonym;
}

std::int64_t Pseudonymiser::fingerprint(std::string_view words) const {
  const hash::Digest digest =
      hash::hmac_sha256(key_.bytes, "etherpeil/words/1" + study_, words);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i)
    number = number << 8U | digest[i];
  return static_cast<std::int64_t>(number);
}

}  // namespace etherpeil
