#include "etherpeil/privacy.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "etherpeil/error.hpp"
#include "folder.hpp"
#include "hash/hash.hpp"
#include "privacy/identity.hpp"

using namespace etherpeil;

namespace {

/// A folder that goes with the test.
struct Folder : test::Folder {
  Folder() : test::Folder{"privacy"} {}
};

Key counting_key() {
  Key key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i) {
    key.bytes[i] = static_cast<std::uint8_t>(i);
  }
  return key;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read |
                                         std::filesystem::perms::owner_write);
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

Errc code_of_load(const std::filesystem::path& path) {
  try {
    static_cast<void>(Key::load(path));
  } catch (const Error& error) {
    CHECK(std::string{error.what()}.find('\n') == std::string::npos);
    CHECK(std::string{error.what()}.find(path.string()) == 0);
    return error.code();
  }
  FAIL("the key was accepted");
  return Errc::argument;
}

}  // namespace

TEST_CASE("hash: the published examples come out", "[privacy]") {
  // FIPS 180-4 ("abc"), RFC 4231 test case 2 with its key filled with zeros.
  CHECK(hash::hex(hash::sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  hash::Sha256 pieces;
  pieces.add("a");
  pieces.add("");
  pieces.add("bc");
  CHECK(pieces.finish() == hash::sha256("abc"));
  CHECK(hash::hex(hash::hmac_sha256({'J', 'e', 'f', 'e'}, "what do ya ",
                                    "want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("privacy: every spelling of a Dutch number is one number",
          "[privacy]") {
  for (const std::string spelling :
       {"0612345678", "06-12345678", "06 1234 5678", "06 12 34 56 78",
        "+31612345678", "+31 6 12345678", "+31 (0)6 1234 5678",
        "+31(0)612345678", "+31 06 12345678", "0031 6 12345678",
        "0031(0)6-12345678", "(06) 1234-5678", "06.12.34.56.78", "06/12345678",
        "+31\u00A06\u00A012345678", "+31\u202F6\u202F12345678",
        "\u202A+31 6 12345678\u202C", "\u2066+31\u2011612345678\u2069",
        "06\u201312345678"}) {
    CAPTURE(spelling);
    CHECK(phone_e164(spelling) == "+31612345678");
  }
  CHECK(phone_e164("020-123 45 67") == "+31201234567");
}

TEST_CASE("privacy: numbers of other countries keep their country",
          "[privacy]") {
  CHECK(phone_e164("+32 470 12 34 56") == "+32470123456");
  CHECK(phone_e164("+32 (0)470 12 34 56") == "+32470123456");
  CHECK(phone_e164("0032 470/12.34.56") == "+32470123456");
  CHECK(phone_e164("+49 151 23456789") == "+4915123456789");
  CHECK(phone_e164("+1 (212) 555-0123") == "+12125550123");
  // The zero of an Italian number is part of it.
  CHECK(phone_e164("+39 06 1234567") == "+39061234567");
}

TEST_CASE("privacy: what is no phone number is a name", "[privacy]") {
  for (const std::string name : {"",
                                 " ",
                                 "+",
                                 "()",
                                 "112",
                                 "0900-8844",
                                 "Jan",
                                 "Jan 06-12345678",
                                 "06-1234567",
                                 "06-123456789",
                                 "12345678901",
                                 "+0612345678",
                                 "++31612345678",
                                 "+31 6 123 x",
                                 "06+12345678",
                                 "000000000000000000000",
                                 "+1234567",
                                 "+12345678901234567",
                                 "\xFF\xFE",
                                 "06-1234567\xC3"}) {
    CAPTURE(name);
    CHECK(phone_e164(name).empty());
  }
}

TEST_CASE("privacy: a pseudonym is the first 80 bits of HMAC-SHA-256 in base32",
          "[privacy]") {
  // Computed with Python's hmac and base64 over
  // "etherpeil/person/1" NUL study NUL identity.
  const Pseudonymiser pseudonyms{counting_key(), "buurt"};
  CHECK(pseudonyms.person("06-12345678") == "P-2KLSGM6PTLG4VKYN");
  CHECK(pseudonyms.person("Jan Jansen") == "P-GEAJQO5DM345WBZM");
  CHECK(pseudonyms.person("~Jan Jansen") == "P-UMN5KYA2LMF33LGP");
}

TEST_CASE("privacy: spelling does not split a person", "[privacy]") {
  const Pseudonymiser pseudonyms{counting_key(), "buurt"};
  const std::string jan = pseudonyms.person("Jan Jansen");
  for (const std::string spelling :
       {"JAN JANSEN", "  Jan   Jansen ", "Jan\u00A0Jansen", "\u200EJan Jansen",
        "Jan\tJansen", "\uFF2A\uFF41\uFF4E Jansen"}) {
    CAPTURE(spelling);
    CHECK(pseudonyms.person(spelling) == jan);
  }
  CHECK(pseudonyms.person("Ren\u00E9") == pseudonyms.person("Rene\u0301"));
  CHECK(pseudonyms.person("06-1234 5678") ==
        pseudonyms.person("+31 6 12345678"));
  CHECK(pseudonyms.person("~\u202F+31 6 12345678") ==
        pseudonyms.person("0612345678"));
}

TEST_CASE(
    "privacy: an unsaved contact is another person than the saved one of that "
    "name",
    "[privacy]") {
  const Pseudonymiser pseudonyms{counting_key(), "buurt"};
  CHECK(pseudonyms.person("~Jan") != pseudonyms.person("Jan"));
  CHECK(pseudonyms.person("~\u202FJan") == pseudonyms.person("~Jan"));
  CHECK(pseudonyms.person("\u200E~ Jan") == pseudonyms.person("~Jan"));
  CHECK(pseudonyms.person("Jan~") != pseudonyms.person("~Jan"));
}

TEST_CASE("privacy: names without letters stay apart", "[privacy]") {
  const Pseudonymiser pseudonyms{counting_key(), "buurt"};
  std::set<std::string> seen;
  for (const std::string name :
       {"\U0001F98A", "\U0001F98B", "\u0301", "\u0308", "'", ".", ":", "\u200D",
        "P-", "name:jan", "jan"}) {
    CAPTURE(name);
    CHECK(seen.insert(pseudonyms.person(name)).second);
  }
}

TEST_CASE("privacy: key and study both change every pseudonym", "[privacy]") {
  Key other = counting_key();
  other.bytes[31] ^= 1U;
  const std::string here = Pseudonymiser{counting_key(), "a"}.person("Jan");
  CHECK(Pseudonymiser{other, "a"}.person("Jan") != here);
  CHECK(Pseudonymiser{counting_key(), "b"}.person("Jan") != here);
  CHECK(Pseudonymiser{counting_key(), "ab"}.person("c") !=
        Pseudonymiser{counting_key(), "a"}.person("bc"));
  CHECK(Pseudonymiser{counting_key(), ""}.person("") !=
        Pseudonymiser{counting_key(), "a"}.person(""));
}

TEST_CASE("privacy: a pseudonym has 18 characters of the base32 alphabet",
          "[privacy]") {
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    const std::string made = Pseudonymiser{counting_key(), "buurt"}.person(
        "bewoner " + std::to_string(i));
    REQUIRE(made.size() == 18);
    REQUIRE(made.compare(0, 2, "P-") == 0);
    REQUIRE(made.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 2) ==
            std::string::npos);
    seen.insert(made);
  }
  CHECK(seen.size() == 2000);
}

TEST_CASE("privacy: a key comes back from its file, which is the owner's alone",
          "[privacy]") {
  const Folder folder;
  const auto path = folder.path / "study.key";
  const Key key = Key::random();
  CHECK(key.bytes != Key::random().bytes);
  ::umask(0);
  key.save(path);
  ::umask(022);
  CHECK(Key::load(path).bytes == key.bytes);
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  CHECK(status.st_size == 65);
}

TEST_CASE("privacy: a key is never overwritten", "[privacy]") {
  const Folder folder;
  const auto path = folder.path / "study.key";
  const Key key = Key::random();
  key.save(path);
  CHECK_THROWS_AS(Key::random().save(path), Error);
  CHECK(Key::load(path).bytes == key.bytes);
  std::filesystem::create_symlink(folder.path / "elsewhere",
                                  folder.path / "link");
  CHECK_THROWS_AS(key.save(folder.path / "link"), Error);
  CHECK_FALSE(std::filesystem::exists(folder.path / "elsewhere"));
  CHECK_THROWS_AS(key.save(folder.path / "none" / "study.key"), Error);
}

TEST_CASE("privacy: a key that others may read is refused", "[privacy]") {
  const Folder folder;
  const auto path = folder.path / "study.key";
  Key::random().save(path);
  for (const auto perms :
       {std::filesystem::perms::group_read, std::filesystem::perms::others_read,
        std::filesystem::perms::others_write}) {
    std::filesystem::permissions(path,
                                 std::filesystem::perms::owner_read | perms);
    CHECK(code_of_load(path) == Errc::config);
  }
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  CHECK_NOTHROW(Key::load(path));
}

TEST_CASE("privacy: a destroyed key is overwritten, and gone", "[privacy]") {
  const Folder folder;
  const auto path = folder.path / "key";
  const auto copy = folder.path / "link";
  counting_key().save(path);
  std::filesystem::create_hard_link(path, copy);
  const std::string before = read(copy);
  Key::destroy(path);
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(read(copy).substr(0, 64) == std::string(64, '0'));
  CHECK(read(copy).size() == before.size());
}

TEST_CASE("privacy: what is no key is not destroyed", "[privacy]") {
  const Folder folder;
  const auto path = folder.path / "study.db";
  const std::string bytes = std::string(4000, 'a');
  write(path, bytes);
  CHECK_THROWS_AS(Key::destroy(path), Error);
  CHECK(read(path) == bytes);
  CHECK_THROWS_AS(Key::destroy(folder.path), Error);
  CHECK_THROWS_AS(Key::destroy(folder.path / "none"), Error);
}

TEST_CASE("privacy: a key that others may read can still be destroyed",
          "[privacy]") {
  const Folder folder;
  const auto path = folder.path / "key";
  counting_key().save(path);
  std::filesystem::permissions(path, std::filesystem::perms{0644});
  Key::destroy(path);
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("privacy: only 64 hexadecimal digits are a key", "[privacy]") {
  const Folder folder;
  const auto path = folder.path / "study.key";
  const std::string good(64, 'A');
  for (const std::string& text :
       {std::string{}, std::string{"\n"}, good.substr(1), good + "A",
        good.substr(1) + "g", " " + good.substr(1), std::string(64, '\0'),
        good + "\nmore", std::string(1 << 16, 'A')}) {
    write(path, text);
    CHECK(code_of_load(path) == Errc::config);
  }
  write(path, good + "\r\n");
  CHECK(Key::load(path).bytes[0] == 0xAA);
  CHECK(code_of_load(folder.path / "none") == Errc::io);
  CHECK(code_of_load(folder.path) == Errc::io);
}

TEST_CASE("privacy: a name without a tilde means the saved contact first",
          "[privacy]") {
  const auto listed = [](const std::vector<Author>& authors,
                         const std::vector<std::string>& names) {
    std::vector<std::string> list;
    for (const std::string& name : names)
      list.push_back(privacy::identity(name));
    return privacy::listed_as(authors, list, privacy::identity);
  };
  using Names = std::vector<std::string>;
  const Author saved{"Jan", false, false};
  const Author unsaved{"Jan", true, false};
  CHECK(privacy::shown_name(saved) == "Jan");
  CHECK(privacy::shown_name(unsaved) == "~Jan");
  CHECK(privacy::shown_name({"+31 6 12345678", true, true}) ==
        "+31 6 12345678");
  CHECK(listed({unsaved}, {"JAN"}) == Names{"name:jan"});
  CHECK(listed({unsaved, saved}, {"jan"}) == Names{"name:~jan", "name:jan"});
  CHECK(listed({unsaved}, {"jan", "~jan"}) == Names{"name:~jan"});
  CHECK(listed({saved}, {"~jan"}) == Names{"name:jan"});
  CHECK(listed({unsaved}, {}) == Names{"name:~jan"});
}
