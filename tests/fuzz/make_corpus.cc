// Writes the seeds of the target `model` into a folder: invented models of every kind.
#include <cstdio>
#include <exception>
#include <filesystem>

#include "abi/fixtures.h"
#include "model/samples.h"

using namespace duomo;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    auto save = [&](const std::string& name, const model::Contents& contents) {
      model::Save(folder / ("seed-" + name + ".duomo"), contents);
    };
    for (const model::Description& d : testing::AllDescriptions()) {
      model::Contents contents = testing::ContentsOf(d);
      save(d.name, contents);
      for (auto& tensor : contents.tensors) tensor.compress = true;
      save(d.name + "-compressed", contents);
    }
    save("attention", testing::ContentsOf(testing::AttentionDescription()));
    save("attention-i8", testing::Quantized(testing::ContentsOf(testing::AttentionDescription()),
                                            file::DType::kI8));
    for (auto [name, dtype] :
         {std::pair("cosine-f16", file::DType::kF16), std::pair("cosine-bf16", file::DType::kBF16),
          std::pair("cosine-i8", file::DType::kI8)}) {
      save(name, testing::Quantized(testing::ContentsOf(testing::CosineDescription()), dtype));
    }
    save("dot-i8",
         testing::Quantized(testing::ContentsOf(testing::DotDescription()), file::DType::kI8));
    save("joint-i8",
         testing::Quantized(testing::ContentsOf(testing::JointDescription()), file::DType::kI8));
    save("attributes", testing::WithAttributes(testing::ContentsOf(testing::CosineDescription())));
    model::Contents folds = testing::ContentsOf(testing::CosineDescription());
    folds.description.inputs[0].bucketed = true;
    folds.fold_in =
        model::FoldIn{.l2 = 0.1, .alpha0 = 0.5, .nu = 1, .candidates = 4, .to_mean = true};
    size_t width = TowerWidth(folds.description, folds.description.towers[0]);
    std::vector<double> axes(width * width);
    for (size_t i = 0; i < width; ++i) axes[i * width + i] = 1;
    model::AddGramian(folds.tensors, std::vector<double>(width, 0.25), axes);
    save("folds", folds);
    save("shop", fixtures::ShopModel(true));
    save("player", fixtures::PlayerModel());
    save("pairs", fixtures::JointModel());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
