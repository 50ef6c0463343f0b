// duomo page: a model as one HTML file to look at and to click in.
#include "page/page.h"

#include <filesystem>

#include "cli/command.h"
#include "console/output.h"
#include "converter/edit/quantize.h"
#include "core/error.h"

namespace duomo::cli {
namespace {

struct Options {
  std::string file, output, title, numbers = "int8";
  bool json = false;
};

// What the file is called: by its host, or on the disk.
std::string TitleOf(const model::Model& model, const std::string& file) {
  if (const auto name = model.metadata().Find("name")) return std::string(*name);
  return std::filesystem::path(file).stem().string();
}

void Run(const Options& o) {
  auto model = model::Model::Open(o.file);
  const page::Page page{o.file, o.title.empty() ? TitleOf(*model, o.file) : o.title,
                        convert::RowTypeOf(o.numbers)};
  const uint64_t items = model->items().count;
  const uint64_t size = page::WritePage(std::move(model), page, o.output);
  if (o.json) {
    PrintJson({{"output", o.output}, {"title", page.title}, {"items", items}, {"size", size}});
    return;
  }
  Log("wrote %s, %s bytes: open it in a browser\n", o.output.c_str(),
      console::Commas(size).c_str());
}

}  // namespace

void AddPage(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c =
      app.add_subcommand("page", "Make one HTML file of a model, which recommends in any browser");
  c->add_option("FILE", o->file, "A .duomo file")->required();
  AddOutput(c, o->output, "HTML");
  c->add_option("--title", o->title, "What the page is called [the file's name]");
  c->add_option("--numbers", o->numbers, "How weights and vectors are stored")
      ->check(CLI::IsMember({"int8", "fp16", "fp32"}))
      ->capture_default_str();
  AddJson(c, o->json);
  c->callback([=] { Run(*o); });
}

}  // namespace duomo::cli
