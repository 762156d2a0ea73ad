#pragma once
/// One record at a time into the bytes of an export.
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "demo/world.hpp"
#include "etherpeil/demo.hpp"

namespace etherpeil::demo {

/// Knows a form's header, terminators, marks and words. Remembers the name of
/// the group, because some forms say from which name to which it changed.
///
/// How records are read: an author or actor that starts with "+" is a phone
/// number, one that starts with "~" somebody who is no contact. Who is empty in
/// a system record is the exporting phone. `target` of group_created and
/// subject_changed is the name of the group; of a contact card, whose card it
/// is. A poll's text is its question and, one per line, its options, with
/// their votes in brackets if there are any.
class Renderer {
 public:
  /// `group_name` is the last name: some forms put it before WhatsApp's words.
  Renderer(ExportForm form, std::string group_name);
  void append(const DemoRecord& record, std::string& out);

 private:
  void header(const DemoRecord& record, std::string& out);
  void date(std::int64_t day);
  void name(std::string_view shown, std::string& out) const;
  [[nodiscard]] std::string named(std::string_view shown) const;
  [[nodiscard]] const std::string& word(std::string_view key) const;
  void system(const DemoRecord& record, std::string& out);
  void media(const DemoRecord& record, std::string& out) const;
  void poll(const DemoRecord& record, std::string& out) const;
  void own_words(std::string_view words, std::string& out) const;
  void body(const DemoRecord& record, std::string& out) const;
  [[nodiscard]] bool has_sender(SystemEvent event) const;

  ExportForm form_;
  bool ios_;
  bool senders_;  ///< system lines have one
  bool marked_;   ///< a mark stands before the bracket of a media record
  std::string group_name_;
  std::string subject_;
  Words words_;
  std::int64_t day_{std::numeric_limits<std::int64_t>::min()};
  std::string
      date_;  ///< of `day_`, from the first byte of a record to the hour
};

}  // namespace etherpeil::demo
