package duomo

/*
#include "shim.h"
#cgo noescape duomo_go_rank
#cgo nocallback duomo_go_rank
*/
import "C"

// RankRequest is one user and many items, with what is known only of the pairs.
type RankRequest struct {
	User         int64     // a known user, unless UserFeatures is set
	UserFeatures *Features // one row
	Items        []int64   // known items, or …
	ItemFeatures *Features // … a row each
	PairFeatures *Features // a row for each item; nil: every pair input is unset
	// History, where not nil, stands for the file's history of the user, or for that of
	// UserFeatures: item ids, oldest first.
	History []int64
}

// Rank writes the prediction of every item, in the order given. For logistic models the joint tower
// runs; for two towers it equals Predict.
func (c *Context) Rank(out []float32, request RankRequest) error {
	n, given := len(request.Items), "Items"
	if request.ItemFeatures != nil {
		n, given = request.ItemFeatures.count, "ItemFeatures"
	}
	if len(out) != n {
		return invalid("%d predictions of %d %s: the lengths must be the same", len(out), n, given)
	}
	if p := request.PairFeatures; p != nil && p.count != n {
		return invalid("PairFeatures has %d rows for %d items", p.count, n)
	}
	var flags C.uint32_t
	if request.UserFeatures == nil {
		flags = C.DUOMO_RANK_USER_ID
	} else if request.UserFeatures.count != 1 {
		return invalid("UserFeatures has %d rows, must have one", request.UserFeatures.count)
	} else if request.User != 0 {
		return invalid("User and UserFeatures: give one of them")
	}
	// Whoever enters leaves, the context last, which enterWith takes with the last features.
	for _, f := range []*Features{request.UserFeatures, request.ItemFeatures} {
		if f == nil {
			continue
		}
		if err := f.enter(); err != nil {
			return err
		}
		defer f.leave()
	}
	if err := c.enterWith(request.PairFeatures); err != nil {
		return err
	}
	if request.PairFeatures != nil {
		defer request.PairFeatures.leave()
	}
	return c.done(C.duomo_go_rank(floats(out), c.c(), flags, C.int64_t(request.User),
		request.UserFeatures.c(), integers(request.Items), request.ItemFeatures.c(),
		request.PairFeatures.c(), integers(request.History), C.size_t(len(request.History)),
		C.size_t(n), &c.err))
}
