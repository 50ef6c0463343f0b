package duomo

/*
#include "shim.h"
#cgo noescape duomo_go_search
#cgo nocallback duomo_go_search
*/
import "C"

import (
	"context"
	"math"
	"sync/atomic"
)

// TopKRequest says what to recommend, and to whom. For TopK and SimilarUsers the queries are users, for
// Similar and UsersFor items. Exactly one of IDs, Keys, Vectors, Features and (TopK only) Histories or
// HistoryKeys says who they are. What to leave out or allow is of what is searched. Keys are string
// keys; each field with them takes the place of the one with ids.
type TopKRequest struct {
	IDs      []int64   // known users or items
	Keys     []string  // the same by string keys
	Vectors  []float32 // VectorWidth floats each, used as given
	Features *Features // a row each
	// Histories, of item ids, oldest first, a list each: users of whom nothing else is known; or,
	// beside IDs or Keys, used in place of the history in the file. Unknown items are left out. Models
	// that read no histories fold them in, with HistoryWeights above 0 for how much each item says.
	Histories      Lists[int64]
	HistoryKeys    Lists[string] // the same by string keys
	HistoryWeights []float32     // a weight above 0 for each item of the histories

	K               int           // results a query; 0 is 10
	KEach           []int         // results of each query, in place of K
	ExcludeSeen     bool          // leave out what is in Histories, else in the file's history
	Exclude         []int64       // what is never returned, to any query
	ExcludeKeys     []string      // the same by string keys
	ExcludeEach     Lists[int64]  // a list for each query, besides that for all
	ExcludeKeysEach Lists[string] // the same by string keys
	Allow           []int64       // where not nil: return only these
	AllowKeys       []string      // the same by string keys
	AllowSet        *ItemSet      // return only its items
	AllowSets       []*ItemSet    // for each query; nil allows all
	Filters         []Filter      // all must hold
	Limits          []Limit       // all hold
	MinimumScore    *float32      // leave out lower scores; in the unit of the results

	// Approximate looks into the Probes likeliest lists only, where the file has lists: faster, and an
	// item may be missed; the scores are exact. Probes of 0: as many as the file says, and on until
	// about 19 of 20 results or more are those of an exact search.
	Approximate bool
	Probes      int // the number of lists to search; 0: what the file says

	WithKeys   bool // the results' keys, for TopKResult.Keys
	WithTitles bool // their titles, for TopKResult.Titles

	// Ctx, where not nil, ends the search when it is done, within some milliseconds: the error is then
	// ErrCancelled and Ctx's own.
	Ctx context.Context
}

// TopK finds the K best items of each user, best first, ties in the order of the file: exactly what
// predicting every allowed item and sorting by score gives. (Where scores are rounded to the same
// float, the better item is still first.)
func (c *Context) TopK(request TopKRequest) (*TopKResult, error) {
	return c.found(searchTopK, &request)
}

// TopKInto is TopK into a result that is used again, which allocates nothing once it is as large as
// needed. On failure the result has no queries.
func (c *Context) TopKInto(result *TopKResult, request TopKRequest) error {
	return c.search(searchTopK, result, &request)
}

// Similar finds the items most like each item of IDs, Vectors or Features, by the cosine of their
// vectors, −1 … 1, without the item itself where queries are IDs or Keys.
func (c *Context) Similar(request TopKRequest) (*TopKResult, error) {
	return c.found(searchSimilar, &request)
}

// SimilarInto is to Similar what TopKInto is to TopK.
func (c *Context) SimilarInto(result *TopKResult, request TopKRequest) error {
	return c.search(searchSimilar, result, &request)
}

// UsersFor finds who would want each item, in the order of what is predicted for each user and the
// item. Results are users.
func (c *Context) UsersFor(request TopKRequest) (*TopKResult, error) {
	return c.found(searchUsersFor, &request)
}

// UsersForInto is to UsersFor what TopKInto is to TopK.
func (c *Context) UsersForInto(result *TopKResult, request TopKRequest) error {
	return c.search(searchUsersFor, result, &request)
}

// SimilarUsers finds the users most like each user, by the cosine of their vectors; otherwise as
// Similar.
func (c *Context) SimilarUsers(request TopKRequest) (*TopKResult, error) {
	return c.found(searchSimilarUsers, &request)
}

// SimilarUsersInto is to SimilarUsers what TopKInto is to TopK.
func (c *Context) SimilarUsersInto(result *TopKResult, request TopKRequest) error {
	return c.search(searchSimilarUsers, result, &request)
}

const (
	searchTopK C.int = iota
	searchSimilar
	searchUsersFor
	searchSimilarUsers
)

func (c *Context) found(which C.int, r *TopKRequest) (*TopKResult, error) {
	var result TopKResult
	if err := c.search(which, &result, r); err != nil {
		return nil, err
	}
	return &result, nil
}

func (c *Context) search(which C.int, result *TopKResult, r *TopKRequest) error {
	result.counts = result.counts[:0]
	most := c.itemCount
	if which >= searchUsersFor {
		most = c.userCount
	}
	count, k, err := c.shape(r, max(most, 1))
	if err != nil {
		return err
	}
	if err := r.check(count); err != nil {
		return err
	}
	var memory cMemory
	defer memory.free()
	known, err := r.known(&memory)
	if err != nil {
		return err
	}
	known.count, known.k = C.size_t(count), C.size_t(k)
	sets, err := r.beginSets(&known)
	if err != nil {
		return err
	}
	defer r.endSets()
	if err := c.enterWith(r.Features); err != nil {
		return err
	}
	if r.Features != nil {
		known.features = r.Features.c()
		defer r.Features.leave()
	}
	result.resize(count, k, r)
	counts := resized(result.counts, count)
	watch := c.watch(r.Ctx)
	c.request = known
	err = c.done(C.duomo_go_search(which, integers(result.ids), floats(result.scores),
		sizesOf(counts), texts(result.keys), texts(result.titles), c.c(), &c.request,
		integers(r.IDs), floats(r.Vectors), sizesOf(r.historyOffsets()),
		integers(r.Histories.Values), floats(r.HistoryWeights), integers(r.Exclude),
		sizesOf(r.excludeOffsets()), integers(r.ExcludeEach.Values), integers(r.Allow), sets,
		sizesOf(r.eachK(most)), &c.err))
	if watch != nil {
		err = watch(err)
	}
	if err == nil {
		result.fill(counts)
	}
	return err
}

// watch has ctx end the call that follows; what it returns is called after that, and explains the
// error.
func (c *Context) watch(ctx context.Context) func(error) error {
	if ctx == nil || ctx.Done() == nil {
		return nil
	}
	flag, set := (*int32)(c.cancelled), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		atomic.StoreInt32(flag, 1)
		close(set)
	})
	return func(err error) error {
		if !stop() { // it runs or has run
			<-set
			atomic.StoreInt32(flag, 0)
		}
		if e, ok := err.(*Error); ok && e.Status == ErrCancelled {
			e.cause = ctx.Err()
		}
		return err
	}
}

// shape is the number of queries and of places for results: no more than there are.
func (c *Context) shape(r *TopKRequest, most int) (count, k int, err error) {
	switch {
	case r.K < 0:
		return 0, 0, invalid("K is %d", r.K)
	case r.Probes < 0:
		return 0, 0, invalid("Probes is %d", r.Probes)
	case r.IDs != nil:
		count = len(r.IDs)
	case r.Keys != nil:
		count = len(r.Keys)
	case r.Vectors != nil:
		count = len(r.Vectors) / max(c.width, 1)
		err = c.sizes("Vectors", r.Vectors, count)
	case r.Features != nil:
		count = r.Features.count
	case r.Histories.given():
		count = r.Histories.Len()
	case r.HistoryKeys.given():
		count = r.HistoryKeys.Len()
	default:
		err = invalid("no queries: give one of IDs, Keys, Vectors, Features and Histories")
	}
	k = r.K
	if r.K == 0 {
		k = 10
	}
	if r.KEach != nil {
		k = 1
		for i, each := range r.KEach {
			if each < 0 {
				return 0, 0, invalid("KEach[%d] is %d", i, each)
			}
			k = max(k, each)
		}
	}
	k = min(k, most)
	if err == nil && count > math.MaxInt/16/k {
		err = &Error{Status: ErrOutOfMemory, Message: "more results than there is memory", Position: -1}
	}
	return count, k, err
}
