// Takes users, items and dictionaries of one file into another file with a new network, and adds
// its vectors.
#pragma once

#include "converter/edit/rewrite.h"
#include "model/model.h"

namespace duomo::convert {

// Contents with `description`, whose inputs and vocabularies are among `from`'s by name, and what
// `from` knows of them: keys, titles, features, history, dictionaries. No parameters, no vectors.
// `from` must live as long, for they are read when they are written. Throws Error(kInvalidArgument)
// if `from` lacks something that the description reads.
model::Contents Stock(const model::Model& from, model::Description description);

// Adds the vectors of users and items, which the towers compute from the stored features when the
// draft is saved.
void FreezeVectors(Draft& draft);

// Writes `contents` and these vectors to `path`, whole or not at all; `label` is for progress.
// Its parameters are written twice, so that none of them is in memory as a whole.
void SaveFrozen(const model::Contents& contents, const std::string& path, const std::string& label);

}  // namespace duomo::convert
