// Columns of times in every form.
#include "data/time_column.h"

#include <algorithm>
#include <span>

#include "data/test_files.h"

namespace duomo::data {
namespace {

constexpr int64_t kNewYear2020 = 1577836800, kDay = 86400;

struct Times {
  std::vector<int64_t> values;
  std::string form;
  bool order = false;
};

// -1: a cell that was refused.
Times Read(const std::vector<std::string_view>& cells, const std::string& format = "",
           size_t sample = 200) {
  TimeColumn column(std::span<const std::string_view>(cells).first(std::min(sample, cells.size())),
                    format);
  Times out;
  for (std::string_view cell : cells) {
    int64_t value = 0;
    if (!cell.empty() && !column.Read(cell, out.values.size(), value)) {
      out.values.push_back(-1);
      continue;
    }
    out.values.push_back(value);
  }
  column.Finish(out.values, "t.csv", "when");
  for (size_t row = 0; row < out.values.size(); ++row) {
    int64_t seconds = column.Seconds(row, out.values[row]);
    EXPECT_TRUE(column.changes() || seconds == out.values[row]);
    out.values[row] = seconds;
  }
  out.form = column.form();
  out.order = column.is_order();
  return out;
}

using Values = std::vector<int64_t>;

TEST(TimeColumn, Digits) {
  EXPECT_EQ(Read({"20191231", "20200101"}).values, (Values{kNewYear2020 - kDay, kNewYear2020}));
  EXPECT_EQ(Read({"20191231", "20200101"}).form, "dates as YYYYMMDD");
  EXPECT_EQ(Read({"31122019", "1012020", "01012020", "", "0"}).values,
            (Values{kNewYear2020 - kDay, kNewYear2020, kNewYear2020, 0, 0}));
  EXPECT_EQ(Read({"12312019", "1012020"}).form, "dates as MMDDYYYY");
  EXPECT_EQ(Read({"1012020", "5052020"}).values[1], kNewYear2020 + 125 * kDay);
  EXPECT_EQ(Read({"20200101000001", "20191231235959"}).values,
            (Values{kNewYear2020 + 1, kNewYear2020 - 1}));
  EXPECT_EQ(Read({"202001010001"}).values, (Values{kNewYear2020 + 60}));
  EXPECT_FAILS(
      Read({"1022020", "3042020"}), Status::kInvalidArgument,
      "t.csv: the dates in \"when\" (such as 1022020) can have the day or the month first; "
      "say which with --date-format '%d%m%Y' or --date-format '%m%d%Y'");
}

TEST(TimeColumn, EpochsByTheColumnsRange) {
  EXPECT_EQ(Read({"964982703", "0", "1577836800.5"}).values, (Values{964982703, 0, kNewYear2020}));
  EXPECT_EQ(Read({"964982703"}).form, "seconds since 1970");
  EXPECT_EQ(Read({"1577836800123"}).values, (Values{kNewYear2020}));
  EXPECT_EQ(Read({"1577836800123456"}).values, (Values{kNewYear2020}));
  EXPECT_EQ(Read({"1577836800123456789"}).form, "nanoseconds since 1970");
  Times order = Read({"3", "1", "5000"});
  EXPECT_EQ(order.values, (Values{3, 1, 5000}));
  EXPECT_TRUE(order.order);
  EXPECT_EQ(Read({"5", "-5", "x"}).values, (Values{5, -1, -1}));
}

TEST(TimeColumn, Texts) {
  for (std::string_view cell :
       {"31/12/2019 23:59", "31.12.2019 23:59", "31-12-2019 23:59:00", "31-Dec-2019 11:59 PM",
        "Dec 31, 2019 23:59", "December 31st, 2019, 11:59 pm", "Tue, 31 Dec 2019 23:59:00 GMT",
        "Tue Dec 31 23:59:00 +0000 2019", "12/31/2019 23:59", "12/31/19 11:59 PM",
        "2019/12/31 23:59", "12 31, 2019 23:59", "31/12/2019 22:59 -0100", "2019-12-31 23:59",
        "2019-12-31T23:59:00Z"}) {
    EXPECT_EQ(Read({cell}).values, (Values{kNewYear2020 - 60})) << cell;
  }
  EXPECT_EQ(Read({"05 30, 2014", "06 1, 2014"}).values, (Values{1401408000, 1401580800}));
  EXPECT_EQ(Read({"May 30, 2014", "soon", "31/02/2014"}).values, (Values{1401408000, -1, -1}));
  EXPECT_EQ(Read({"05/05/2020"}).values, (Values{kNewYear2020 + 125 * kDay}));
}

// What the first cells leave open, later ones decide, for all.
TEST(TimeColumn, DayOrMonthFirst) {
  Times times = Read({"02/01/2020", "03/01/2020", "31/12/2019"}, "", 1);
  EXPECT_EQ(times.values,
            (Values{kNewYear2020 + kDay, kNewYear2020 + 2 * kDay, kNewYear2020 - kDay}));
  times = Read({"01/02/2020", "", "01/03/2020", "12/31/2019", "13/01/2020"}, "", 1);
  EXPECT_EQ(times.values,
            (Values{kNewYear2020 + kDay, 0, kNewYear2020 + 2 * kDay, kNewYear2020 - kDay, -1}));
  EXPECT_FAILS(Read({"01/02/2020", "01/03/2020"}), Status::kInvalidArgument,
               "--date-format '%d/%m/%Y' or --date-format '%m/%d/%Y'");
}

TEST(TimeColumn, StatedFormats) {
  EXPECT_EQ(Read({"1012020", "31122019", "x"}, "%d%m%Y").values,
            (Values{kNewYear2020, kNewYear2020 - kDay, -1}));
  EXPECT_EQ(Read({"01/02/20 1:05 PM"}, "%m/%d/%y %I:%M %p").values,
            (Values{kNewYear2020 + kDay + 13 * 3600 + 300}));
  EXPECT_EQ(Read({"2020-01-01T02:00:00.5+02:00"}, "%FT%T.%f%z").values, (Values{kNewYear2020}));
  EXPECT_EQ(Read({"2020 001"}, "%Y %j").values, (Values{kNewYear2020}));
  EXPECT_EQ(Read({"1 Jan 2020"}, "%d %b %Y").form, "as %d %b %Y");
  EXPECT_FAILS(Read({"1"}, "%Q"), Status::kInvalidArgument, "%Q is not known");
  EXPECT_FAILS(Read({"1"}, "DDMM"), Status::kInvalidArgument, "has no field");
}

TEST(TimeColumn, Looks) {
  auto look = [](std::vector<std::string_view> cells) { return LookLikeTimes(cells); };
  EXPECT_TRUE(look({"964982703", ""}));
  EXPECT_TRUE(look({"20191231"}));
  EXPECT_TRUE(look({"May 30, 2014", "2020-01-01"}));
  EXPECT_FALSE(look({"5", "3"}));
  EXPECT_FALSE(look({"Zork"}));
  EXPECT_FALSE(look({"", "0"}));
}

}  // namespace
}  // namespace duomo::data
