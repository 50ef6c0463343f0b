package duomo

/*
#include "shim.h"
#cgo noescape duomo_go_search
#cgo nocallback duomo_go_search
*/
import "C"

import (
	"iter"
	"math"
	"unsafe"
)

// Mode is how a filter's values must meet an item's.
type Mode int32

const (
	Any  Mode = C.DUOMO_ANY
	All  Mode = C.DUOMO_ALL
	None Mode = C.DUOMO_NONE
)

// Filter keeps items whose category or set input has any, all or none of the values. The values
// are Strings for inputs with string keys, else Integers. Of no values, none has any, and every
// item has all and none.
type Filter struct {
	Input    string
	Mode     Mode
	Strings  []string
	Integers []int64
}

// TopKRequest says what to recommend, and to whom. For TopK the queries are users, for Similar
// items. Exactly one of IDs, Vectors, Features and (TopK only) Histories says who they are.
type TopKRequest struct {
	IDs      []int64   // known users or items
	Vectors  []float32 // VectorWidth floats each, used as given
	Features *Features // a row each
	// Histories, of item ids, oldest first, a list each: users of whom nothing else is known; or,
	// beside IDs, what stands for the history in the file. Unknown items are left out.
	Histories Lists[int64]

	K            int          // results a query; 0 is 10
	ExcludeSeen  bool         // leave out what is in Histories, else in the file's history
	Exclude      []int64      // items never to return, to any query
	ExcludeEach  Lists[int64] // the same, a list for each query; not both
	Allow        []int64      // where not nil: return only these
	Filters      []Filter     // all must hold
	MinimumScore *float32     // leave out lower scores; in the unit of the results

	// Approximate looks into the Probes likeliest lists only, where the file has lists: faster, and an
	// item may be missed; the scores are exact. Probes of 0: as many as the file says.
	Approximate bool
	Probes      int
}

// TopKResult is what TopK and Similar find. It can be used again for another request; slices that
// it gave are then overwritten.
type TopKResult struct {
	k      int
	ids    []int64
	scores []float32
	counts []int
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

// TopK finds the K best items of each user, best first, ties in the order of the file: exactly what
// predicting every allowed item and sorting by score gives.
func (c *Context) TopK(request TopKRequest) (*TopKResult, error) {
	var result TopKResult
	if err := c.TopKInto(&result, request); err != nil {
		return nil, err
	}
	return &result, nil
}

// TopKInto is TopK into a result that is used again, which allocates nothing once it is as large as
// needed. On failure the result has no queries.
func (c *Context) TopKInto(result *TopKResult, request TopKRequest) error {
	return c.search(0, result, &request)
}

// Similar finds the items most like each item of IDs, Vectors or Features, by the cosine of their
// vectors, −1 … 1, without the item itself where queries are IDs.
func (c *Context) Similar(request TopKRequest) (*TopKResult, error) {
	var result TopKResult
	if err := c.SimilarInto(&result, request); err != nil {
		return nil, err
	}
	return &result, nil
}

// SimilarInto is to Similar what TopKInto is to TopK.
func (c *Context) SimilarInto(result *TopKResult, request TopKRequest) error {
	return c.search(1, result, &request)
}

func (c *Context) search(similar C.int, result *TopKResult, r *TopKRequest) error {
	result.counts = result.counts[:0]
	count, k, err := c.shape(r)
	if err != nil {
		return err
	}
	var single [2]int
	exclude, err := r.excluded(count, single[:])
	if err != nil {
		return err
	}
	if r.Histories.given() {
		if err := r.Histories.check("Histories", count); err != nil {
			return err
		}
	}
	var filters filterList
	if len(r.Filters) > 0 {
		defer filters.free()
		if err := filters.add(r.Filters); err != nil {
			return err
		}
	}
	var flags C.uint32_t
	var minimum C.float
	if r.ExcludeSeen {
		flags |= C.DUOMO_EXCLUDE_SEEN
	}
	if r.MinimumScore != nil {
		flags |= C.DUOMO_MINIMUM_SCORE
		minimum = C.float(*r.MinimumScore)
	}
	if r.Approximate {
		flags |= C.DUOMO_APPROXIMATE
	}
	if err := c.enterWith(r.Features); err != nil {
		return err
	}
	if r.Features != nil {
		defer r.Features.leave()
	}
	result.k = k
	result.ids = resized(result.ids, count*k)
	result.scores = resized(result.scores, count*k)
	counts := resized(result.counts, count)
	err = c.done(C.duomo_go_search(similar, integers(result.ids), floats(result.scores),
		sizesOf(counts), c.c(), flags, C.size_t(count), C.size_t(k), integers(r.IDs),
		floats(r.Vectors), r.Features.c(), sizesOf(r.Histories.Offsets),
		integers(r.Histories.Values), sizesOf(exclude.Offsets), integers(exclude.Values),
		integers(r.Allow), C.size_t(len(r.Allow)), filters.memory, C.size_t(len(r.Filters)),
		minimum, C.size_t(r.Probes), &c.err))
	if err == nil {
		result.counts = counts
	}
	return err
}

// shape is the number of queries and of places for results: no more than there are items.
func (c *Context) shape(r *TopKRequest) (count, k int, err error) {
	switch {
	case r.K < 0:
		return 0, 0, invalid("K is %d", r.K)
	case r.Probes < 0:
		return 0, 0, invalid("Probes is %d", r.Probes)
	case r.IDs != nil:
		count = len(r.IDs)
	case r.Vectors != nil:
		count = len(r.Vectors) / max(c.width, 1)
		err = c.sizes("Vectors", r.Vectors, count)
	case r.Features != nil:
		count = r.Features.count
	case r.Histories.given():
		count = r.Histories.Len()
	default:
		err = invalid("no queries: give one of IDs, Vectors, Features and Histories")
	}
	k = min(max(c.itemCount, 1), r.K)
	if r.K == 0 {
		k = min(max(c.itemCount, 1), 10)
	}
	if err == nil && count > math.MaxInt/16/k {
		err = &Error{ErrOutOfMemory, "more results than there is memory"}
	}
	return count, k, err
}

// single is room for the offsets of one list.
func (r *TopKRequest) excluded(count int, single []int) (Lists[int64], error) {
	if len(r.Exclude) == 0 {
		if !r.ExcludeEach.given() {
			return Lists[int64]{}, nil
		}
		return r.ExcludeEach, r.ExcludeEach.check("ExcludeEach", count)
	}
	if r.ExcludeEach.given() {
		return Lists[int64]{}, invalid("Exclude and ExcludeEach: give one of them")
	}
	if count == 1 {
		single[1] = len(r.Exclude)
		return Lists[int64]{single, r.Exclude}, nil
	}
	lists := make([][]int64, count)
	for i := range lists {
		lists[i] = r.Exclude
	}
	return ListsOf(lists...), nil
}

func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// A filterList is an array of C's filters in C's memory, as are their names and values.
type filterList struct {
	memory *C.duomo_filter
	pieces []unsafe.Pointer
}

func (l *filterList) allocate(size int) unsafe.Pointer {
	piece := C.malloc(C.size_t(max(size, 1)))
	l.pieces = append(l.pieces, piece)
	return piece
}

func (l *filterList) add(filters []Filter) error {
	const size = int(unsafe.Sizeof(C.duomo_filter{}))
	l.memory = (*C.duomo_filter)(l.allocate(size * len(filters)))
	out := unsafe.Slice(l.memory, len(filters))
	for i, f := range filters {
		if f.Strings != nil && f.Integers != nil {
			return invalid("Filters[%d]: give Strings or Integers, not both", i)
		}
		input, err := newStringList([]string{f.Input})
		if err != nil {
			return err
		}
		l.pieces = append(l.pieces, unsafe.Pointer(input.memory))
		out[i] = C.duomo_filter{struct_size: C.uint32_t(size), mode: C.int32_t(f.Mode),
			input: *input.memory}
		if f.Strings != nil {
			values, err := newStringList(f.Strings)
			if err != nil {
				return err
			}
			l.pieces = append(l.pieces, unsafe.Pointer(values.memory))
			out[i].strings, out[i].value_count = values.memory, C.size_t(values.count)
		} else if len(f.Integers) > 0 {
			values := (*C.int64_t)(l.allocate(8 * len(f.Integers)))
			for j, v := range f.Integers {
				unsafe.Slice(values, len(f.Integers))[j] = C.int64_t(v)
			}
			out[i].integers, out[i].value_count = values, C.size_t(len(f.Integers))
		}
	}
	return nil
}

func (l *filterList) free() {
	for _, piece := range l.pieces {
		C.free(piece)
	}
}
