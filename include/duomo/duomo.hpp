// duomo.hpp: Duomo for C++17 and later. Handles that release themselves, spans, and errors that
// cannot be overlooked, over duomo.h and nothing else: what a call means, its units, its errors and
// who may call it from which thread is written there. Flags, enums and status codes are those of
// duomo.h as well.
//
//   auto model = duomo::Model::Open("movies.duomo");
//   auto context = duomo::Context::Create(model);
//   float stars = context.Predict(user, item);
//   auto best = context.TopK(duomo::TopKRequest::User(user).K(5).ExcludeSeen());
//   for (auto [id, score] : best[0]) std::cout << score << ' ' << model.ItemTitle(id) << '\n';
//
// Failures throw duomo::Error. With DUOMO_NO_EXCEPTIONS, which -fno-exceptions implies, nothing is
// thrown: every function that returns Outcome<T> returns a Result<T>, to be tested before it is
// used:
//
//   auto model = duomo::Model::Open("movies.duomo");
//   if (!model) return Complain(model.error().message());
//   auto context = duomo::Context::Create(*model);
//
// Memory of the caller's own (vectors of results) is then the caller's concern, as in any such
// program. Requests borrow what they are given (ids, vectors, features, histories) until the call:
// what has a name or is a span; temporary vectors are taken over, other temporaries do not compile.
// Text is the model's. A moved-from object may be assigned to or destroyed; calls with it fail.
//
// For calls that this interface has no word for, every object gives its C handle by get().
#ifndef DUOMO_DUOMO_HPP_
#define DUOMO_DUOMO_HPP_

#include <duomo/cpp/base.hpp>      // Error, Result, Outcome, Span, Lists
#include <duomo/cpp/context.hpp>   // Context: predict, top-k, similar, users for items, encode, rank
#include <duomo/cpp/items.hpp>     // Filter, ItemSet
#include <duomo/cpp/keys.hpp>      // Keys, KeyLists, IdOfString
#include <duomo/cpp/model.hpp>     // Model, Features
#include <duomo/cpp/requests.hpp>  // TopKRequest, RankRequest
#include <duomo/cpp/results.hpp>   // TopKResult, Hits
#include <duomo/cpp/slot.hpp>      // ModelSlot

#endif  // DUOMO_DUOMO_HPP_
