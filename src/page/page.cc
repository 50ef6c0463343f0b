#include "page/page.h"

#include <zlib.h>

#include "core/error.h"
#include "core/file_io.h"
#include "description/base64.h"
#include "page/settings.h"
#include "page/small_model.h"
#include "page/template.h"

namespace duomo::page {
namespace {

// A gzip file's bytes as base64.
std::string Packed(std::span<const std::byte> bytes) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzip, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out;
  std::vector<std::byte> room(3 << 16);  // base64 in whole threes, but for the end
  size_t filled = 0;
  int state = Z_OK;
  for (size_t at = 0; state != Z_STREAM_END;) {
    const size_t piece = std::min(bytes.size() - at, size_t{1} << 30);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data() + at));
    stream.avail_in = static_cast<uInt>(piece);
    stream.next_out = reinterpret_cast<Bytef*>(room.data() + filled);
    stream.avail_out = static_cast<uInt>(room.size() - filled);
    state = deflate(&stream, at + piece == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    at += piece - stream.avail_in;
    filled = room.size() - stream.avail_out;
    if (filled < room.size() && state != Z_STREAM_END) continue;
    description::AppendBase64(out, std::span(room).first(filled));
    filled = 0;
  }
  deflateEnd(&stream);
  return out;
}

}  // namespace

bool CanMakePages() { return !TemplatePieces().empty(); }

uint64_t WritePage(std::shared_ptr<const model::Model> model, const Page& page,
                   const std::string& output) {
  if (!CanMakePages()) Fail(Status::kUnsupported, kHowToMakePages);
  std::string text;
  for (std::string_view piece : TemplatePieces()) text += piece;
  const std::string settings = ScriptText(Settings(*model, page.title));
  const std::string packed = Packed(SmallModel(std::move(model), page.file, page.dtype));
  AtomicFile file(output);
  size_t from = 0;
  for (auto [mark, with] :
       {std::pair<std::string_view, const std::string*>("{{SETTINGS}}", &settings),
        {"{{MODEL}}", &packed}}) {
    const size_t at = text.find(mark, from);
    if (at == text.npos) Fail(Status::kInternal, "the page has no ", mark);
    file.Write(text.substr(from, at - from));
    file.Write(*with);
    from = at + mark.size();
  }
  file.Write(text.substr(from));
  const uint64_t size = file.size();
  file.Commit();
  return size;
}

}  // namespace duomo::page
