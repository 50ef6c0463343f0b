#include "console/options.h"

#include "core/error.h"

namespace duomo::console {

void AddOutput(CLI::App* command, std::string& output, const char* kind) {
  command
      ->add_option("-o,--output", output,
                   StrCat("The ", kind, " file to write; replaced as a whole"))
      ->required();
}

void AddJson(CLI::App* command, bool& json) { command->add_flag("--json", json, "Print JSON"); }

}  // namespace duomo::console
