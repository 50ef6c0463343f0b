// Every call to the system fails in turn, in every way, while files are written and read: a write
// gives the whole new file or an error and the old one, and nothing lies beside it; a read gives
// the right bytes or an error. A process that is killed at any of them leaves the old or the new.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <functional>
#include <map>
#include <set>

#include "converter/paddle/tar.h"
#include "core/error.h"
#include "core/file_io.h"
#include "data/gzip.h"
#include "data/movielens.h"
#include "data/open.h"
#include "data/synthetic.h"
#include "faults/failing_disk.h"
#include "model/samples.h"
#include "temporary_folder.h"
#include "training/checkpoint.h"

namespace duomo {
namespace {

using testing::FailingDisk;
using testing::ReadText;
using testing::TemporaryFolder;
using testing::WriteText;
using Fault = FailingDisk::Fault;
using Work = std::function<void(const std::string& path)>;

constexpr Fault kFaults[] = {FailingDisk::kIo, FailingDisk::kNoSpace, FailingDisk::kInterrupted,
                             FailingDisk::kShort, FailingDisk::kNothing};
constexpr const char* kName = "a file whose name is not short.duomo";

model::Contents SomeModel() { return testing::ContentsOf(testing::HistoryDescription()); }

data::Dataset SomeData() { return data::MakeSynthetic(20, 20, 150, 1); }

training::Checkpoint SomeCheckpoint() {
  training::Checkpoint c;
  c.settings = {{"batch", 256}};
  return c;
}

training::Optimizer::State SomeState() {
  training::Optimizer::State state;
  state.steps = 7;
  return state;
}

// Everything that replaces a file as a whole.
std::map<std::string, Work> Writers() {
  std::map<std::string, Work> writers;
  writers["model::Save"] = [contents = SomeModel()](const std::string& path) {
    model::Save(path, contents);
  };
  writers["AtomicFile"] = [](const std::string& path) {
    AtomicFile file(path);
    file.Write(std::string(10000, 'a'));
    file.Write(std::string(77, 'b'));
    file.WriteAt(5, std::as_bytes(std::span("xyz", 3)));
    file.Commit();
  };
  writers["WriteMovieLens1M"] = [dataset = SomeData()](const std::string& path) {
    data::WriteMovieLens1M(dataset, path + ".zip");
  };
  for (bool gzip : {false, true}) {
    writers[gzip ? "TarStream, gzip" : "TarStream"] = [gzip](const std::string& path) {
      convert::TarStream tar(path, gzip);
      tar.Begin("member", 5000);
      tar.Write(std::string(5000, 'm'));
      tar.Commit();
    };
  }
  writers["WriteCheckpoint"] = [](const std::string& path) {
    training::WriteCheckpoint(path, SomeCheckpoint(), std::vector<float>(5000, 0.5f), SomeState());
  };
  return writers;
}

std::string Target(const TemporaryFolder& folder, const std::string& writer) {
  return folder.File(kName) + (writer == "WriteMovieLens1M" ? ".zip" : "");
}

TEST(Faults, AWriteGivesTheNewFileOrAnErrorAndTheOld) {
  for (const auto& [name, write] : Writers()) {
    TemporaryFolder folder;
    const std::string path = folder.File(kName), target = Target(folder, name);
    write(path);
    const std::string whole = ReadText(target);
    std::map<std::string, std::set<Fault>> refused;
    for (Fault fault : kFaults) {
      for (long n = 0;; ++n) {
        WriteText(target, "old");
        Status status = Status::kOk;
        FailingDisk::Arm(folder.path().c_str(), n, fault);
        try {
          write(path);
        } catch (const Error& error) {
          status = error.status();
          EXPECT_NE(error.message().find(kName), std::string::npos) << error.message();
        }
        const char* call = FailingDisk::Disarm();
        SCOPED_TRACE(StrCat(name, ", fault ", static_cast<int>(fault), " in call ", n, ", ",
                            call == nullptr ? "none" : call));
        EXPECT_TRUE(ReadText(target) == (status == Status::kOk ? whole : "old"));
        EXPECT_EQ(folder.Names().size(), 1u);
        if (call == nullptr) {
          EXPECT_EQ(status, Status::kOk);
          EXPECT_GE(n, 6);  // open, write, sync, rename, close, and the folder's
          break;
        }
        if (status != Status::kOk) {
          EXPECT_EQ(status, Status::kIo);
          refused[call].insert(fault);
        }
      }
    }
    // What must not be passed over in silence, and what must not fail.
    for (const char* call : {"open", "pwrite", "fsync", "rename"}) {
      EXPECT_TRUE(refused[call].contains(FailingDisk::kIo)) << name << ", " << call;
      EXPECT_TRUE(refused[call].contains(FailingDisk::kNoSpace)) << name << ", " << call;
    }
    EXPECT_FALSE(refused["pwrite"].contains(FailingDisk::kShort)) << name;
    EXPECT_FALSE(refused["pwrite"].contains(FailingDisk::kInterrupted)) << name;
    EXPECT_TRUE(refused["pwrite"].contains(FailingDisk::kNothing)) << name;
  }
}

// Where removing the temporary file fails as well there is nothing left to do, and no crash.
TEST(Faults, AFailureBehindAFailureIsTheFirst) {
  TemporaryFolder folder;
  std::string path = folder.File(kName);
  try {
    AtomicFile file(path);
    file.Write(std::string("half"));
    FailingDisk::Arm(folder.path().c_str(), 0, FailingDisk::kIo);
    Fail(Status::kIo, "the first");
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "the first");
  }
  EXPECT_STREQ(FailingDisk::Disarm(), "unlink");
}

TEST(Faults, AKilledWriterLeavesTheOldFileOrTheNew) {
  for (const auto& [name, write] : Writers()) {
    TemporaryFolder folder;
    const std::string path = folder.File(kName), target = Target(folder, name);
    write(path);
    const std::string whole = ReadText(target);
    long kills = 0, old_files = 0, new_files = 0;
    for (Fault fault : {FailingDisk::kKill, FailingDisk::kKillInside}) {
      for (long n = 0;; ++n) {
        WriteText(target, "old");
        pid_t child = ::fork();
        if (child == 0) {
          FailingDisk::Arm(folder.path().c_str(), n, fault);
          write(path);
          ::_exit(0);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        std::string left = ReadText(target);
        EXPECT_TRUE(left == "old" || left == whole) << name << ", call " << n;
        ++(left == "old" ? old_files : new_files);
        if (WIFEXITED(status)) {
          EXPECT_TRUE(left == whole);
          break;
        }
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << name;
        ++kills;
      }
    }
    EXPECT_GE(kills, 12) << name;
    EXPECT_GT(old_files, 2) << name;
    EXPECT_GT(new_files, 2) << name;
  }
}

// What reads a file, and a digest of what it read.
std::map<std::string, std::function<std::string(const TemporaryFolder&)>> Readers() {
  auto model = [](bool copy) {
    return [copy](const TemporaryFolder& folder) {
      auto opened = model::Model::Open(folder.File("m.duomo"), {copy, true});
      return std::string(opened->items().Title(1)) + StrCat(opened->file().file_size());
    };
  };
  auto data = [](const char* name) {
    return [name](const TemporaryFolder& folder) {
      data::Dataset d = data::OpenDataset(folder.File(name));
      std::string out = StrCat(d.users.size(), ' ', d.items.size());
      for (float rating : d.interactions.ratings) out += StrCat(' ', rating);
      return out;
    };
  };
  auto checkpoint = [](const TemporaryFolder& folder) {
    training::Learned learned;
    training::Checkpoint c = training::ReadCheckpoint(folder.File("c"), learned);
    return c.settings.dump() + StrCat(' ', learned.optimizer.steps, ' ', learned.values.size(), ' ',
                                      learned.values.back());
  };
  return {{"model, mapped", model(false)}, {"model, copied", model(true)}, {"table", data("t.csv")},
          {"gzip", data("t.csv.gz")},      {"archive", data("d.zip")},     {"folder", data("d")},
          {"checkpoint", checkpoint}};
}

TEST(Faults, AReadGivesTheRightBytesOrAnError) {
  TemporaryFolder folder;
  model::Save(folder.File("m.duomo"), SomeModel());
  std::string table = "user,item,rating\n";
  for (int i = 0; i < 20000; ++i) table += StrCat(i % 700, ',', i % 97, ',', i % 5, '\n');
  WriteText(folder.File("t.csv"), table);
  training::WriteCheckpoint(folder.File("c"), SomeCheckpoint(), std::vector<float>(5000, 0.5f),
                            SomeState());
  WriteText(folder.File("t.csv.gz"), test::Gzip(table));
  data::WriteMovieLens1M(SomeData(), folder.File("d.zip"));
  data::WriteMovieLens1M(SomeData(), folder.File("d"));
  for (const auto& [name, read] : Readers()) {
    const std::string expected = read(folder);
    std::map<std::string, std::set<Fault>> refused;
    for (Fault fault : kFaults) {
      for (long n = 0;; ++n) {
        Status status = Status::kOk;
        std::string found;
        FailingDisk::Arm(folder.path().c_str(), n, fault);
        try {
          found = read(folder);
        } catch (const Error& error) {
          status = error.status();
        }
        const char* call = FailingDisk::Disarm();
        SCOPED_TRACE(StrCat(name, ", fault ", static_cast<int>(fault), " in call ", n, ", ",
                            call == nullptr ? "none" : call));
        bool end = fault == FailingDisk::kNothing;  // early: a table may then be a shorter table
        EXPECT_TRUE(status != Status::kOk || end || found == expected);
        if (call == nullptr) {
          EXPECT_EQ(status, Status::kOk);
          EXPECT_GE(n, 3);
          break;
        }
        if (status != Status::kOk) {
          EXPECT_TRUE(end || status == Status::kIo) << static_cast<int>(status);
          refused[call].insert(fault);
        }
      }
    }
    EXPECT_TRUE(refused["open"].contains(FailingDisk::kIo)) << name;
    EXPECT_FALSE(refused["read"].contains(FailingDisk::kShort)) << name;
    EXPECT_FALSE(refused["read"].contains(FailingDisk::kInterrupted)) << name;
  }
}

}  // namespace
}  // namespace duomo
