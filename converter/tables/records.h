// Reads users or items from a table in any form that data/table_reader.h knows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/bytes.h"
#include "data/table_reader.h"
#include "model/model.h"

namespace duomo::convert {

// The bytes of a table that is named on the command line, unpacked; "-": stdin.
std::unique_ptr<data::ByteSource> OpenTableBytes(const std::string& path);
std::string NameOfTable(const std::string& path);  // for messages

struct RecordOptions {
  bool skip_bad_lines = false;
  std::vector<std::string> ignored = {};  // columns that are not looked at
  std::string date_format = {};           // of times; empty: found out, cell by cell
};

// What the file's own data called a column, or said of the tables, where it keeps that: "users.id",
// "title", "timestamp". Empty where it does not, or `table` has no column of that name.
std::string RecordedRole(const model::Model& model, const char* role,
                         const data::TableReader& table);

// The values of a list in a cell: of JSON, ["a", "b"] as text, or with "|" between; in order,
// blanks around them cut off, empty ones passed over.
std::vector<std::string> ListOf(std::string_view cell);

// A table of one side's entities, row by row. Columns: the key is "id", or what `train` takes for
// the key ("user_id", "movieId" …); "title" (of items also "name" …); inputs by name, in JSON also
// below "features"; of items attributes by name; "vector"; of users "history". A column may be
// several of these. Every other column is an error that names those that there are. One thread.
class RecordTable {
 public:
  // Borrows `model`. Throws Error as data::OpenTable(), kInvalidArgument for the columns.
  RecordTable(std::unique_ptr<data::ByteSource> bytes, std::string where, const model::Model& model,
              model::Side side, const RecordOptions& options);

  // The next row; false behind the last, where names that only late rows of JSON have are an error.
  bool Next();

  // The contents of the row. Nothing: the stored value stays. Empty: the stored value is removed.
  // Valid until Next().
  using Cell = std::optional<std::string_view>;
  std::string_view key() const { return table_->fields()[key_]; }
  Cell title() const { return Given(title_); }
  Cell vector() const { return Given(vector_); }
  bool vector_has_null() const;  // in its list; vector() is without it
  Cell history() const { return Given(history_); }
  Cell Feature(size_t input) const { return Given(inputs_[input]); }
  Cell Attribute(size_t attribute) const { return Given(attributes_[attribute]); }
  // The values of an input are separated by blanks, as the column's name says ("tags:token_seq").
  bool InBlanks(size_t input) const;

  data::TableReader& table() { return *table_; }
  const data::TableReader& table() const { return *table_; }

 private:
  using Columns = std::vector<size_t>;  // that say the same; a row has one of them
  Cell Given(const Columns& columns) const;
  void FindColumns(const std::vector<std::string>& ignored);
  [[noreturn]] void RefuseColumn(std::string_view name, uint64_t line) const;
  std::string Known() const;

  const model::Model& m_;
  model::Side side_;
  std::unique_ptr<data::TableReader> table_;
  size_t key_ = 0;
  Columns title_, vector_, history_, nothing_;
  std::vector<Columns> inputs_, attributes_;
};

}  // namespace duomo::convert
