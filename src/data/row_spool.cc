#include "data/row_spool.h"

namespace duomo::data {
namespace {

thread_local std::string folder;

}  // namespace

RowsInFiles::RowsInFiles(std::string in) : outer_(std::exchange(folder, std::move(in))) {}
RowsInFiles::~RowsInFiles() { folder = std::move(outer_); }
const std::string& RowsInFiles::Folder() { return folder; }

void InteractionSpool::TakeInto(Interactions& rows) {
  rows.users = users.Take();
  rows.items = items.Take();
  rows.ratings = ratings.Take();
  rows.timestamps = timestamps.Take();
  rows.events = events.Take();
}

}  // namespace duomo::data
