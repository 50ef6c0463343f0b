// The usual names of columns, the most telling first.
#include "data/roles.h"

#include <algorithm>

#include "core/error.h"

namespace duomo::data {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kUsers[] = {
    "userid",     "user",      "uid",      "username", "userkey",   "users",
    "customerid", "customer",  "memberid", "member",   "visitorid", "visitor",
    "reviewerid", "accountid", "account",  "personid", "profileid", "sessionid"};
constexpr std::string_view kItems[] = {
    "itemid",     "item",     "iid",      "itemkey",    "items",     "movieid",
    "movie",      "filmid",   "film",     "productid",  "product",   "bookid",
    "book",       "isbn",     "asin",     "parentasin", "songid",    "song",
    "trackid",    "track",    "artistid", "artist",     "articleid", "article",
    "newsid",     "videoid",  "video",    "gameid",     "game",      "animeid",
    "businessid", "recipeid", "courseid", "sku",        "contentid", "stockcode"};
constexpr std::string_view kRatings[] = {"rating",  "ratings",    "score",      "stars",
                                         "star",    "starrating", "userrating", "bookrating",
                                         "overall", "preference", "weight",     "value"};
constexpr std::string_view kTimestamps[] = {
    "timestamp",      "time",      "ts",        "datetime", "date",    "unixtime",
    "unixreviewtime", "eventtime", "createdat", "created",  "ratedat", "at"};
constexpr std::string_view kTitles[] = {"title",        "name",        "itemtitle",
                                        "itemname",     "movietitle",  "booktitle",
                                        "producttitle", "productname", "label"};

constexpr std::string_view kEvents[] = {
    "event",    "eventtype",   "eventname",       "action",        "actiontype",
    "behavior", "behaviour",   "behaviortype",    "behaviourtype", "interaction",
    "activity", "eventaction", "interactiontype", "feedbacktype"};

Names NamesOf(Role role) {
  switch (role) {
    case Role::kUser:
    case Role::kUserKey:
      return kUsers;
    case Role::kItem:
    case Role::kItemKey:
      return kItems;
    case Role::kRating:
      return kRatings;
    case Role::kTimestamp:
      return kTimestamps;
    case Role::kTitle:
      return kTitles;
    case Role::kEvent:
      return kEvents;
  }
  return {};
}

std::string Plain(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c == '_' || c == '-' || c == ' ' || c == '.') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  return out;
}

std::string List(std::span<const std::string> header) {
  std::string out;
  for (const std::string& name : header) out += StrCat(out.empty() ? "" : ", ", name);
  return out;
}

}  // namespace

bool IsUsualName(std::string_view name) {
  std::string plain = Plain(name.substr(0, name.find(':')));
  for (Names names : {Names(kUsers), Names(kItems), Names(kRatings), Names(kTimestamps),
                      Names(kTitles), Names(kEvents)}) {
    if (std::find(names.begin(), names.end(), plain) != names.end()) return true;
  }
  return plain == "id";
}

std::string_view RoleName(Role role) {
  constexpr std::string_view kNames[] = {"user",     "item",     "rating", "timestamp",
                                         "users.id", "items.id", "title",  "event"};
  return kNames[static_cast<size_t>(role)];
}

size_t FindRole(Role role, std::span<const std::string> header, const std::string& wish,
                const std::string& where) {
  if (!wish.empty()) {
    for (size_t i = 0; i < header.size(); ++i) {
      if (header[i] == wish) return i;
    }
    if (wish == "none") return kNoColumn;
    Fail(Status::kInvalidArgument, where, " has no column \"", wish, "\" to be the ",
         RoleName(role), "; it has ", List(header));
  }
  auto find = [&](std::string_view name) {
    size_t found = kNoColumn;
    for (size_t i = 0; i < header.size(); ++i) {
      if (Plain(header[i]) != name) continue;
      if (found != kNoColumn) {
        Fail(Status::kInvalidArgument, where, ": \"", header[found], "\" and \"", header[i],
             "\" could both be the ", RoleName(role), "; choose with ", RoleName(role), "=COLUMN");
      }
      found = i;
    }
    return found;
  };
  for (std::string_view name : NamesOf(role)) {
    size_t found = find(name);
    if (found != kNoColumn) return found;
  }
  bool key = role == Role::kUserKey || role == Role::kItemKey;
  return key ? find("id") : kNoColumn;
}

}  // namespace duomo::data
