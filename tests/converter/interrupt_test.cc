// A signal while something is written ends a command, and nothing of it stays: no output, no part.
#include <gtest/gtest.h>

#include <csignal>

#include "console/signals.h"
#include "converter/arrays/safetensors.h"
#include "converter/files.h"
#include "core/error.h"
#include "core/random.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;

// Runs a command, and signals it as soon as the folder has a file that it had not.
void Interrupt(const TemporaryFolder& folder, std::vector<std::string> command) {
  const auto before = folder.Names();
  command.insert(command.begin(), DUOMO_CONVERT);
  Process process(command);
  for (int i = 0; i < 60'000 && folder.Names() == before; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_NE(folder.Names(), before) << "nothing was begun";
  process.Signal(SIGTERM);
  Outcome o = process.Wait();
  EXPECT_EQ(o.code, 128 + SIGTERM) << o.err;
  EXPECT_NE(o.err.find("nothing was written"), std::string::npos) << o.err;
  EXPECT_EQ(folder.Names(), before);
}

TEST(Interrupted, ImportsAndExportsLeaveNothing) {
  TemporaryFolder folder;
  constexpr uint64_t kRows = 200'000, kWidth = 24;
  std::string text;
  Random random(5);
  for (uint64_t row = 0; row < kRows; ++row) {
    text += StrCat(row);
    for (uint64_t i = 0; i < kWidth; ++i) text += StrCat(',', random.Below(1'000'000));
    text += '\n';
  }
  WriteText(folder.File("items.csv"), text);
  Interrupt(folder, {"import", "vectors", "--items", folder.File("items.csv"), "-o",
                     folder.File("out.duomo")});
  Outcome made = Convert(
      {"import", "vectors", "--items", folder.File("items.csv"), "-o", folder.File("model.duomo")});
  ASSERT_EQ(made.code, 0) << made.err;
  Interrupt(folder, {"export", "npz", folder.File("model.duomo"), "--compress", "-o",
                     folder.File("out.npz")});
}

TEST(Interrupted, SafetensorsLeaveNothing) {
  TemporaryFolder folder;
  const std::vector<std::byte> bytes(64);
  file::TensorSource source{"weights", file::DType::kF32, {16}, {}, false};
  source.write = [&](const file::TensorSource::Sink& sink) {
    std::raise(SIGINT);
    sink(bytes);
  };
  int code = 0;
  try {
    WriteSafetensors(folder.File("out.safetensors"), std::span(&source, 1));
  } catch (const console::ExitWith& exit) {
    code = exit.code;
  }
  EXPECT_EQ(code, 128 + SIGINT);
  EXPECT_EQ(folder.Names().size(), 0u);
}

}  // namespace
}  // namespace duomo::convert
