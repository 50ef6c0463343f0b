// refused MODEL: a machine with the other order of bytes refuses a file in words that say so.
#include <cstdio>

#include "core/error.h"
#include "file/reader.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    (void)duomo::file::Reader::Open(argv[1], {});
    std::printf("opened\n");
  } catch (const duomo::Error& error) {
    std::printf("%s\n", error.message().c_str());
    const bool says = error.message().find("this host is big-endian") != std::string::npos;
    return says && error.status() == duomo::Status::kUnsupported ? 0 : 1;
  }
  return 1;
}
