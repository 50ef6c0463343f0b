package duomo

/*
#include "shim.h"
*/
import "C"

import (
	"iter"
	"unsafe"
)

// TopKResult is what searches find. It can be used again for another request; slices that
// it gave are then overwritten.
type TopKResult struct {
	k      int
	ids    []int64
	scores []float32
	counts []int
	keys   []C.duomo_text // the library's, only during the call
	titles []C.duomo_text
	// Copies, a list a query.
	keysOf   [][]string
	titlesOf [][]string
}

// Len is the number of queries.
func (r *TopKResult) Len() int { return len(r.counts) }

// IDs are the items of a query, best first: K, or fewer where there are no more.
func (r *TopKResult) IDs(query int) []int64 {
	return r.ids[query*r.k:][:r.counts[query]:r.counts[query]]
}

// Scores are those of IDs.
func (r *TopKResult) Scores(query int) []float32 {
	return r.scores[query*r.k:][:r.counts[query]:r.counts[query]]
}

// All walks the items and scores of a query, best first.
func (r *TopKResult) All(query int) iter.Seq2[int64, float32] {
	return func(yield func(int64, float32) bool) {
		scores := r.Scores(query)
		for i, id := range r.IDs(query) {
			if !yield(id, scores[i]) {
				return
			}
		}
	}
}

// Keys are the string keys of IDs, where the request asked WithKeys.
func (r *TopKResult) Keys(query int) []string { return r.keysOf[query] }

// Titles are those of IDs, where the request asked WithTitles.
func (r *TopKResult) Titles(query int) []string { return r.titlesOf[query] }

func (r *TopKResult) resize(count, k int, request *TopKRequest) {
	r.k = k
	r.ids = resized(r.ids, count*k)
	r.scores = resized(r.scores, count*k)
	r.keys, r.titles, r.keysOf, r.titlesOf = nil, nil, nil, nil
	if request.WithKeys {
		r.keys = make([]C.duomo_text, count*k)
	}
	if request.WithTitles {
		r.titles = make([]C.duomo_text, count*k)
	}
}

// fill ends a call that succeeded. The context still holds the model, whose texts these are.
func (r *TopKResult) fill(counts []int) {
	r.counts = counts
	copies := func(texts []C.duomo_text) (out [][]string) {
		for query, n := range counts {
			out = append(out, textsOf(texts[query*r.k:][:n]))
		}
		return out
	}
	if r.keys != nil {
		r.keysOf, r.keys = copies(r.keys), nil
	}
	if r.titles != nil {
		r.titlesOf, r.titles = copies(r.titles), nil
	}
}

func texts(s []C.duomo_text) *C.duomo_text { return unsafe.SliceData(s) }

func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
