#include "page/page.h"

#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/file_io.h"
#include "data/deflater.h"
#include "description/base64.h"
#include "page/settings.h"
#include "page/small_model.h"
#include "page/template.h"

namespace duomo::page {
namespace {

// A gzip file's bytes as base64.
std::string Packed(std::span<const std::byte> bytes) {
  std::vector<std::byte> packed;
  data::Deflater deflater(data::Deflater::Frame::kGzip, data::Deflater::Level::kSmallest);
  deflater.Run(bytes, true,
               [&](auto piece) { packed.insert(packed.end(), piece.begin(), piece.end()); });
  std::string out;
  description::AppendBase64(out, packed);
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
