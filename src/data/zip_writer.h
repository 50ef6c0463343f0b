// Writes a zip archive: small, whole in memory, the same bytes for the same input and zlib.
#pragma once

#include <span>
#include <string>

namespace duomo::data {

struct ZipFile {
  std::string name;  // '/' between folders
  std::string bytes;
};

// Replaces `path` by an archive of `files`, as a whole or not at all. Entries are deflated where
// that makes them smaller; their date is zip's earliest, so that it says nothing.
// Throws Error(kIo), or kUnsupported for more than zip holds without zip64.
void WriteZip(const std::string& path, std::span<const ZipFile> files);

}  // namespace duomo::data
