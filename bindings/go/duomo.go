// Package duomo predicts and recommends from .duomo files, in microseconds and without a server.
//
// A [Model] is an opened file: immutable, safe for any number of goroutines, closed by Close. Its
// methods borrow scratch memory from a free list; a goroutine that wants its own takes a [Context]. A
// [Slot] holds the model in use, for hosts that swap it while they answer.
// [Features] carry what is known of users, items or pairs that the file has never seen. What to
// recommend is said by a [TopKRequest], what came out is a [TopKResult], and whatever fails gives an
// [*Error] with a [Status]:
//
//	if errors.Is(err, duomo.ErrNotFound) { … }
//
// Ids are int64. Where a catalogue has string keys, requests take these as well. The id of a string key is a
// hash of the key alone ([IDOfKey]), so it is the same in every file. Scores are in the unit that [Info] names
// (stars, probability, seconds). The score of a pair of stored vectors has the same bits in every call.
//
// Slices go to the library as they are, never copied, and results come into slices of the caller's
// where a method takes one. The library comes with the module for Linux on amd64 and arm64; elsewhere, and
// with the build tag duomo_system, it is found with pkg-config (duomo.pc).
package duomo

/*
#include "shim.h"
*/
import "C"

// Version is that of the library that runs, "0.1.0".
func Version() string { return C.GoString(C.duomo_version()) }

// BuildInfo is one line for bug reports: how the library was built and which kernels run.
func BuildInfo() string { return C.GoString(C.duomo_build_info()) }
