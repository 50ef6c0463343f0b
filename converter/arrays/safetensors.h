// The safetensors format: eight bytes of length, a JSON header, and the tensors one after the
// other.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "converter/arrays/arrays.h"
#include "file/tensor.h"

namespace duomo::convert {

// Headers are a few hundred bytes a tensor; a larger one is refused.
inline constexpr uint64_t kLargestSafetensorsHeader = 16u << 20;

// Refuses what the format refuses: headers that are too long, fields that it does not know, a name
// that stands twice, and tensors that overlap, leave bytes unnamed, lie outside of the file or are
// of another size than their shape says. Throws Error(kIo, kCorrupt), and kUnsupported for pickles
// and the like.
Arrays OpenSafetensors(const std::string& path);
// The same from memory, which must outlive it.
Arrays SafetensorsOf(std::span<const std::byte> bytes, const std::string& where);

// Writes tensors of f32, f16 or bf16 to `path`, whole or not at all, in the order given; each piece
// by piece. Returns the file's size. Throws Error(kIo).
uint64_t WriteSafetensors(const std::string& path, std::span<const file::TensorSource> tensors);

}  // namespace duomo::convert
