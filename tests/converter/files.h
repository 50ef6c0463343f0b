// Small .duomo files for the converter's tests, and the program under test.
#pragma once

#include <string>
#include <vector>

#include "model/samples.h"
#include "process.h"

namespace duomo::testing {

// The samples of tests/model made sound: frozen vectors from the towers, statistics in order.
model::Contents SoundContents(const model::Description& description);

// Replaces both sides' vectors by what the towers make.
void Freeze(model::Contents& contents);

// Runs duomo-convert with these arguments.
Outcome Convert(std::vector<std::string> arguments, const Surroundings& in = {});

}  // namespace duomo::testing
