#pragma once
/// What a message holds beside words, as members of its JSON object.
#include "etherpeil/types.hpp"
#include "json/json.hpp"

namespace etherpeil::report {

/// Appends "fold" (1: the hour is shown for the second time), "poll",
/// "occasion", "location", "call", "timer_seconds", "deleted_by" and "mentions"
/// where the message has them.
void write_details(json::Writer& out, const Chat& chat, Index message);

}  // namespace etherpeil::report
