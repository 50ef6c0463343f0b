// duomo_bench_memory FILE [QUERIES]: what of a file is in this process's memory after that many
// exact top-10 searches, tensor by tensor. The file is opened with its pages dropped from the page
// cache as far as the system lets go of them, so what is there is what the searches touched and
// what was read ahead for them. Linux: reads /proc/self/maps, pagemap and status.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "file/reader.h"
#include "opened.h"

namespace duomo::bench {
namespace {

struct Segment {
  std::string name;
  uint64_t offset, size;
};

// Pages of `file` that this process has mapped in, by their offset in the file.
std::vector<uint64_t> ResidentPages(const std::string& file, uint64_t page) {
  std::vector<uint64_t> offsets;
  std::string real = std::string(realpath(file.c_str(), nullptr));
  std::ifstream maps("/proc/self/maps");
  int pagemap = ::open("/proc/self/pagemap", O_RDONLY);
  for (std::string line; std::getline(maps, line);) {
    if (!line.ends_with(real)) continue;
    uint64_t begin = 0, end = 0, offset = 0;
    std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64, &begin, &end, &offset);
    std::vector<uint64_t> entries((end - begin) / page);
    auto bytes = static_cast<ssize_t>(entries.size() * 8);
    if (::pread(pagemap, entries.data(), entries.size() * 8,
                static_cast<off_t>(begin / page * 8)) != bytes) {
      std::perror("duomo_bench_memory: /proc/self/pagemap");
      std::exit(1);
    }
    for (size_t i = 0; i < entries.size(); ++i) {
      if (entries[i] >> 63 != 0) offsets.push_back(offset + i * page);
    }
  }
  ::close(pagemap);
  return offsets;
}

std::string StatusLine(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return line.substr(line.find_first_not_of(" \t", name.size() + 1));
  }
  return "";
}

void Run(const std::string& path, size_t queries) {
  std::vector<Segment> segments;
  {
    auto reader = file::Reader::Open(path, {});
    for (const file::SegmentInfo& s : reader->segments()) {
      segments.push_back({std::string(s.name), s.offset, s.stored_size});
    }
  }
  int file = ::open(path.c_str(), O_RDONLY);
  ::fsync(file);
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);

  duomo_error error = DUOMO_ERROR_INIT;
  const Opened opened(path);
  int64_t user = 0, ids[10];
  float scores[10];
  size_t count = 0;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  result.ids = ids, result.scores = scores, result.counts = &count;
  request.count = 1;
  request.ids = &user;
  for (size_t i = 0; i < queries; ++i) {
    Must(duomo_user_id_at(&user, opened.model, i * 37 % opened.users, &error), error);
    Must(duomo_topk(&result, opened.context, &request, &error), error);
  }

  auto page = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  std::map<std::string, uint64_t> resident;
  uint64_t all = 0;
  for (uint64_t offset : ResidentPages(path, page)) {
    all += page;
    for (const Segment& s : segments) {
      uint64_t begin = std::max(offset, s.offset), end = std::min(offset + page, s.offset + s.size);
      if (begin < end) resident[s.name] += end - begin;
    }
  }
  std::printf("%zu searches, %" PRIu64 " items x %" PRIu64 ", %s\n", queries,
              opened.info.item_count, opened.info.vector_width, path.c_str());
  std::printf("%-32s %10s %10s\n", "tensor", "MB", "resident");
  for (const Segment& s : segments) {
    if (s.size < 1'000'000 && resident[s.name] < 100'000) continue;
    std::printf("%-32s %10.1f %10.1f\n", s.name.c_str(), static_cast<double>(s.size) / 1e6,
                static_cast<double>(resident[s.name]) / 1e6);
  }
  std::printf("%-32s %10.1f %10.1f\n", "the file", static_cast<double>(opened.info.file_size) / 1e6,
              static_cast<double>(all) / 1e6);
  std::printf("memory of the process's own: %s\n", StatusLine("RssAnon").c_str());
}

}  // namespace
}  // namespace duomo::bench

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: duomo_bench_memory FILE [QUERIES]\n"), 2;
  try {
    duomo::bench::Run(argv[1], argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1000);
  } catch (const std::exception& error) {
    duomo::bench::Die(error.what());
  }
}
