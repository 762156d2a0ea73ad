#include "container/container.hpp"

#include <libdeflate.h>
#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <new>
#include <optional>
#include <string_view>

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#define ETHERPEIL_HAS_MMAP
#endif

#include "etherpeil/error.hpp"

namespace etherpeil::container {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const noexcept {
    if (file != stdin) std::fclose(file);
  }
};

std::string system_message(int code) {
  switch (code) {
    case ENOENT:
      return "no such file; check the path";
    case EACCES:
      return "no permission to read; change its permissions";
    default:
      return std::strerror(code);
  }
}

Error too_large(const std::string& source, std::uint64_t max_bytes) {
  return Error{Errc::limit, source + ": the chat text is larger than " +
                                std::to_string(max_bytes) +
                                " bytes; split the export or raise the limit"};
}

/// Memory to be written to; it is not filled with zeros first. A large one
/// asks for large pages: else to get it costs a good part of what fills it.
class Buffer {
 public:
  explicit Buffer(std::size_t size)
      : bytes_(static_cast<char*>(::operator new(size, alignment(size))),
               Freer{alignment(size)}),
        size_(size) {
#ifdef MADV_HUGEPAGE
    if (alignment(size) == large_page)
      ::madvise(bytes_.get(), size, MADV_HUGEPAGE);
#endif
  }
  [[nodiscard]] char* data() { return bytes_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Its first `used` bytes.
  [[nodiscard]] Bytes take(std::size_t used) && {
    const std::string_view view{bytes_.get(), used};
    return {std::shared_ptr<const void>{std::move(bytes_)}, view};
  }

 private:
  static constexpr std::align_val_t large_page{std::size_t{2} << 20U};
  static std::align_val_t alignment(std::size_t size) {
    const bool large = size >= 2 * static_cast<std::size_t>(large_page);
    return large ? large_page : std::align_val_t{alignof(std::max_align_t)};
  }
  struct Freer {
    std::align_val_t alignment{};
    void operator()(char* bytes) const noexcept {
      ::operator delete(bytes, alignment);
    }
  };
  std::unique_ptr<char, Freer> bytes_;
  std::size_t size_;
};

/// `expected`: how many bytes there seem to be.
Bytes read_stream(std::FILE* file, const std::string& source,
                  std::uint64_t max_bytes, std::size_t expected) {
  // One more, so that the end shows in the first read.
  Buffer buffer{expected + 1};
  std::size_t used = 0;
  for (;;) {
    const std::size_t room = buffer.size() - used;
    const std::size_t got = std::fread(buffer.data() + used, 1, room, file);
    used += got;
    if (used > max_bytes) throw too_large(source, max_bytes);
    if (got < room) break;
    Buffer larger{2 * buffer.size()};
    std::memcpy(larger.data(), buffer.data(), used);
    buffer = std::move(larger);
  }
  if (std::ferror(file) != 0) {
    throw Error{Errc::io,
                source + ": cannot be read to its end; copy it again"};
  }
  return std::move(buffer).take(used);
}

[[noreturn]] void refuse_folder(const std::string& source) {
  throw Error{Errc::io, source + ": is a folder; name a file in it"};
}

/// A file, and whether it is mapped.
struct Opened {
  Bytes bytes{};
  bool mapped{};
};

#ifdef ETHERPEIL_HAS_MMAP
/// Smaller files are copied. A mapped file that somebody cuts off meanwhile
/// kills the process; a copy of a large one costs more than parsing it.
constexpr std::uintmax_t map_from_bytes = std::uintmax_t{32} << 20;

/// Nothing when it cannot be mapped.
Bytes map_file(int descriptor, std::size_t size) {
  void* const address =
      ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (address == MAP_FAILED) return {};
  std::shared_ptr<const void> owner{address, [size](const void* mapped) {
                                      ::munmap(const_cast<void*>(mapped), size);
                                    }};
  return {std::move(owner), {static_cast<const char*>(address), size}};
}
#endif

Opened read_file(const std::filesystem::path& path, const std::string& source,
                 std::uint64_t max_bytes) {
  std::uintmax_t expected = std::uintmax_t{1} << 20U;
  if (path == "-")
    return {read_stream(stdin, source, max_bytes, expected), false};
  const std::unique_ptr<std::FILE, FileCloser> file{
      std::fopen(source.c_str(), "rb")};
  if (!file) throw Error{Errc::io, source + ": " + system_message(errno)};
  std::setvbuf(file.get(), nullptr, _IONBF, 0);  // into the buffer at once
#ifdef ETHERPEIL_HAS_MMAP
  struct stat status {};
  const int descriptor = ::fileno(file.get());
  if (::fstat(descriptor, &status) == 0) {
    if (S_ISDIR(status.st_mode)) refuse_folder(source);
    if (S_ISREG(status.st_mode)) {
      const auto size = static_cast<std::uintmax_t>(status.st_size);
      if (size >= map_from_bytes) {
        Bytes mapped = map_file(descriptor, static_cast<std::size_t>(size));
        if (mapped.owner) return {std::move(mapped), true};
      }
      if (size <= max_bytes) expected = size;
    }
  }
#else
  if (std::filesystem::is_directory(path)) refuse_folder(source);
  std::error_code no_regular_file;
  const std::uintmax_t size = std::filesystem::file_size(path, no_regular_file);
  if (!no_regular_file && size <= max_bytes) expected = size;
#endif
  return {read_stream(file.get(), source, max_bytes,
                      static_cast<std::size_t>(expected)),
          false};
}

struct DecompressorFreer {
  void operator()(libdeflate_decompressor* decompressor) const noexcept {
    libdeflate_free_decompressor(decompressor);
  }
};

struct EntryCloser {
  void operator()(zip_file_t* entry) const noexcept { zip_fclose(entry); }
};

std::uint32_t number_at(std::string_view bytes, std::size_t at, int width) {
  std::uint32_t value = 0;
  for (int i = width; i-- > 0;) {
    value = value << 8U |
            static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  }
  return value;
}

/// Calls `use(at, local)` for the entries of a zip, in order, with the places
/// of their two headers, while it says true. False when the directory of the
/// zip cannot be followed.
template <class Use>
bool follow_directory(std::string_view zip, const Use& use) {
  const std::size_t end = zip.rfind("PK\x05\x06");
  if (end == std::string_view::npos || end + 22 > zip.size()) return false;
  std::size_t at = number_at(zip, end + 16, 4);
  for (std::uint32_t left = number_at(zip, end + 10, 2); left > 0; --left) {
    if (at + 46 > zip.size() || zip.compare(at, 4, "PK\x01\x02") != 0)
      return false;
    const std::size_t local = number_at(zip, at + 42, 4);
    if (local + 30 > zip.size() || zip.compare(local, 4, "PK\x03\x04") != 0)
      return false;
    if (!use(at, local)) return true;
    at += 46 + std::size_t{number_at(zip, at + 28, 2)} +
          number_at(zip, at + 30, 2) + number_at(zip, at + 32, 2);
  }
  return true;
}

/// What a zip holds of an entry; nothing when that cannot be found.
std::optional<std::string_view> packed_bytes(std::string_view zip,
                                             std::uint64_t index,
                                             std::uint64_t size) {
  std::optional<std::string_view> found;
  follow_directory(zip, [&](std::size_t /*at*/, std::size_t local) {
    if (index-- > 0) return true;
    const std::size_t start = local + 30 +
                              std::size_t{number_at(zip, local + 26, 2)} +
                              number_at(zip, local + 28, 2);
    if (start <= zip.size() && size <= zip.size() - start)
      found = zip.substr(start, size);
    return false;
  });
  return found;
}

/// The text of an entry in one go, out of the bytes of the zip. Nothing when
/// its sizes cannot be true, it is too large, or what is inside is not as its
/// checksum says: then reading it piece by piece finds out why.
std::optional<Bytes> unpack_whole(const Bytes& zip, std::uint64_t index,
                                  const zip_stat_t& status,
                                  std::uint64_t max_bytes) {
  constexpr zip_uint64_t needed =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_CRC;
  constexpr std::uint64_t most_per_byte = 1032;  // what deflate can reach
  const bool stored = status.comp_method == ZIP_CM_STORE;
  if ((status.valid & needed) != needed ||
      (status.comp_method != ZIP_CM_DEFLATE && !stored) ||
      status.size > max_bytes ||
      status.size / most_per_byte > status.comp_size ||
      (stored && status.size != status.comp_size))
    return std::nullopt;
  const auto packed = packed_bytes(zip.view, index, status.comp_size);
  const std::unique_ptr<libdeflate_decompressor, DecompressorFreer> unpacker{
      libdeflate_alloc_decompressor()};
  if (!packed || !unpacker) return std::nullopt;
  Bytes text{zip.owner, *packed};
  if (!stored) {
    Buffer buffer{status.size};
    if (libdeflate_deflate_decompress(
            unpacker.get(), packed->data(), packed->size(), buffer.data(),
            buffer.size(), nullptr) != LIBDEFLATE_SUCCESS)
      return std::nullopt;
    text = std::move(buffer).take(status.size);
  }
  if (libdeflate_crc32(0, text.view.data(), text.view.size()) != status.crc)
    return std::nullopt;
  return text;
}

/// A copy of a zip whose entries no longer claim that their names are UTF-8.
/// Some tools set that mark on names in another encoding; libzip then refuses
/// the whole. Nothing when the directory of the zip cannot be followed.
std::optional<Bytes> without_name_marks(const Bytes& file) {
  constexpr std::uint32_t utf8_mark = 0x0800;
  std::string copy{file.view};
  const auto clear = [&](std::size_t at) {
    const std::uint32_t flags = number_at(copy, at, 2) & ~utf8_mark;
    copy[at + 1] = static_cast<char>(flags >> 8U);
  };
  const bool followed =
      follow_directory(copy, [&](std::size_t at, std::size_t local) {
        clear(at + 8);
        clear(local + 6);
        return true;
      });
  if (!followed) return std::nullopt;
  return Bytes::from(std::move(copy));
}

/// nullptr when libzip refuses it.
std::shared_ptr<void> try_zip(const Bytes& file) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* bytes =
      zip_source_buffer_create(file.view.data(), file.view.size(), 0, &error);
  zip_t* archive = bytes == nullptr
                       ? nullptr
                       : zip_open_from_source(bytes, ZIP_RDONLY, &error);
  if (archive == nullptr) {
    if (bytes != nullptr) zip_source_free(bytes);
    zip_error_fini(&error);
    return nullptr;
  }
  zip_error_fini(&error);
  return {archive,
          [](void* opened) { zip_discard(static_cast<zip_t*>(opened)); }};
}

/// `file` becomes the copy that was opened, when it had to be mended.
std::shared_ptr<void> open_zip(Bytes& file, const std::string& source) {
  if (auto archive = try_zip(file)) return archive;
  if (auto mended = without_name_marks(file)) {
    file = std::move(*mended);
    if (auto archive = try_zip(file)) return archive;
  }
  throw Error{
      Errc::archive,
      source + ": the zip is damaged or cut off; export the chat again"};
}

std::string_view base_name(std::string_view name) {
  const auto slash = name.find_last_of("/\\");
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

bool ends_with_folded(std::string_view text, std::string_view ending) {
  if (text.size() < ending.size()) return false;
  text.remove_prefix(text.size() - ending.size());
  return std::equal(
      text.begin(), text.end(), ending.begin(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
      });
}

/// Lower is likelier: the phones' own names first, then other texts; texts that
/// look like attachments of an iPhone export ("00000046-…") last.
int rank(std::string_view name) {
  const std::string_view base = base_name(name);
  if (base == "_chat.txt") return 0;
  if (base.find("WhatsApp") != std::string_view::npos) return 1;
  const bool attachment =
      base.size() > 9 && base[8] == '-' &&
      std::all_of(base.begin(), base.begin() + 8,
                  [](char c) { return c >= '0' && c <= '9'; });
  return attachment ? 3 : 2;
}

bool is_candidate(std::string_view name) {
  return ends_with_folded(name, ".txt") &&
         name.find("__MACOSX") == std::string_view::npos &&
         base_name(name).substr(0, 2) != "._";
}

}  // namespace

Container Container::open(const std::filesystem::path& path,
                          std::uint64_t max_bytes) {
  Container container;
  container.source_ = path == "-" ? "standard input" : path.string();
  Opened file = read_file(path, container.source_, max_bytes);
  container.file_ = std::move(file.bytes);
  container.mapped_ = file.mapped;
  const std::string_view bytes = container.file_.view;
  if (bytes.substr(0, 4) != "PK\x03\x04" &&
      bytes.substr(0, 4) != "PK\x05\x06") {
    container.names_.push_back(path.filename().string());
    return container;
  }
  container.archive_ = open_zip(container.file_, container.source_);
  auto* const archive = static_cast<zip_t*>(container.archive_.get());
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  struct Entry {
    int rank{};
    std::string name{};
    std::uint64_t index{};
  };
  std::vector<Entry> entries;
  std::size_t zips = 0;
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* name = zip_get_name(archive, index, ZIP_FL_ENC_GUESS);
    if (name != nullptr && is_candidate(name))
      entries.push_back({rank(name), name, index});
    if (name != nullptr && ends_with_folded(name, ".zip")) ++zips;
  }
  std::stable_sort(
      entries.begin(), entries.end(),
      [](const Entry& a, const Entry& b) { return a.rank < b.rank; });
  container.texts_ = entries.size();
  if (entries.size() > max_candidates) entries.resize(max_candidates);
  for (Entry& entry : entries) {
    container.names_.push_back(std::move(entry.name));
    container.entries_.push_back(entry.index);
  }
  if (container.names_.empty()) {
    std::string what =
        "holds no chat text (.txt); choose the zip that WhatsApp made";
    if (count == 0) what = "is empty; export the chat again";
    if (zips > 0) {
      what = "holds no chat text but other zips (" + std::to_string(zips) +
             "); unpack it and give those";
    }
    throw Error{Errc::not_export, container.source_ + ": the zip " + what};
  }
  return container;
}

void Container::forget([[maybe_unused]] std::string_view part) const {
#ifdef ETHERPEIL_HAS_MMAP
  if (!mapped_ || archive_) return;
  // What is still needed is read again. Reading maps pages on both sides of the
  // one that is read, up to a large page: some of what was given back before is
  // there again, and some of what comes next already.
  constexpr std::size_t read_around = std::size_t{8} << 20U;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const char* const base = file_.view.data();  // on a page
  const auto start = static_cast<std::size_t>(part.data() - base);
  const std::size_t first =
      (start - std::min(start, read_around)) / page * page;
  const std::size_t end =
      std::min(start + part.size() + read_around, file_.view.size()) / page *
      page;
  if (end > first)
    ::madvise(const_cast<char*>(base + first), end - first, MADV_DONTNEED);
#endif
}

Bytes Container::read(std::size_t index, std::uint64_t max_bytes) const {
  if (!archive_) return file_;
  auto* const archive = static_cast<zip_t*>(archive_.get());
  zip_stat_t status;
  zip_stat_init(&status);
  zip_stat_index(archive, entries_[index], 0, &status);
  if ((status.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
      status.encryption_method != ZIP_EM_NONE) {
    throw Error{
        Errc::archive,
        source_ + ": the zip has a password; unpack it and give the .txt"};
  }
  if (auto text = unpack_whole(file_, entries_[index], status, max_bytes))
    return std::move(*text);
  const std::unique_ptr<zip_file_t, EntryCloser> entry{
      zip_fopen_index(archive, entries_[index], 0)};
  const auto damaged = [&] {
    return Error{Errc::archive, source_ +
                                    ": the chat text in the zip is damaged; "
                                    "export the chat again"};
  };
  if (!entry) throw damaged();
  // The declared size may lie (zip bombs): grow with what is really there.
  std::string text;
  std::vector<char> block(std::size_t{1} << 16);
  for (;;) {
    const zip_int64_t got = zip_fread(entry.get(), block.data(), block.size());
    if (got < 0) throw damaged();
    if (got == 0) break;
    if (text.size() + static_cast<std::uint64_t>(got) > max_bytes)
      throw too_large(source_, max_bytes);
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  return Bytes::from(std::move(text));
}

}  // namespace etherpeil::container
