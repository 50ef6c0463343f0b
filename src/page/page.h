// A model as one HTML file that needs nothing but a browser.
#pragma once

#include <memory>
#include <string>

#include "file/tensor.h"
#include "model/model.h"

namespace duomo::page {

struct Page {
  std::string file;  // of the model, for messages
  std::string title;
  file::DType dtype = file::DType::kI8;  // of weights and vectors
};

// Whether this build can make pages: it has the browser's part in it. If not, what to do.
bool CanMakePages();
inline constexpr char kHowToMakePages[] =
    "this duomo was built without the page's part for browsers; install emscripten, nodejs and "
    "cargo "
    "(Debian: apt install emscripten nodejs cargo) and build it again";

// Writes the page, as a whole or not at all; how many bytes. Errors: those of SmallModel() and
// AtomicFile; Error(kUnsupported) where CanMakePages() says no.
uint64_t WritePage(std::shared_ptr<const model::Model> model, const Page& page,
                   const std::string& output);

}  // namespace duomo::page
