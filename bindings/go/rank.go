package duomo

/*
#include "shim.h"
#cgo noescape duomo_go_rank
#cgo nocallback duomo_go_rank
*/
import "C"

// RankRequest is one user and many items, with what is known only of the pairs.
type RankRequest struct {
	User         int64     // a known user, unless one of the next two is set
	UserKey      string    // its string key
	UserFeatures *Features // one row
	Items        []int64   // known items, or …
	ItemKeys     []string  // … their string keys, or …
	ItemFeatures *Features // … a row each
	PairFeatures *Features // a row for each item; nil: every pair input is unset
	// History, or HistoryKeys, where not nil, is used in place of the file's history of the user, or of
	// that of UserFeatures: items, oldest first.
	History     []int64
	HistoryKeys []string // the same by string keys
}

// Rank writes the prediction of every item, in the order given. For logistic models the joint tower
// runs; for two towers it equals Predict.
func (c *Context) Rank(out []float32, request RankRequest) error {
	n, given := len(request.Items), "Items"
	if request.ItemKeys != nil {
		n, given = len(request.ItemKeys), "ItemKeys"
	}
	if request.ItemFeatures != nil {
		n, given = request.ItemFeatures.count, "ItemFeatures"
	}
	if len(out) != n {
		return invalid("%d predictions of %d %s: the lengths must be the same", len(out), n, given)
	}
	if p := request.PairFeatures; p != nil && p.count != n {
		return invalid("PairFeatures has %d rows for %d items", p.count, n)
	}
	ways := 0
	for _, is := range []bool{request.User != 0, request.UserKey != "", request.UserFeatures != nil} {
		if is {
			ways++
		}
	}
	if ways > 1 {
		return invalid("User, UserKey and UserFeatures: give one of them")
	}
	var memory cMemory
	defer memory.free()
	var flags C.uint32_t
	var userKey *C.char
	var itemKeys, historyKeys **C.char
	var err error
	switch {
	case request.UserKey != "":
		userKey, err = memory.text(request.UserKey)
	case request.UserFeatures == nil:
		flags = C.DUOMO_RANK_USER_ID
	case request.UserFeatures.count != 1:
		err = invalid("UserFeatures has %d rows, must have one", request.UserFeatures.count)
	}
	if err == nil && request.ItemKeys != nil {
		itemKeys, err = memory.strings(request.ItemKeys)
	}
	if err == nil && request.HistoryKeys != nil {
		historyKeys, err = memory.strings(request.HistoryKeys)
	}
	if err != nil {
		return err
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
	return c.done(C.duomo_go_rank(floats(out), c.c(), flags, C.int64_t(request.User), userKey,
		request.UserFeatures.c(), integers(request.Items), itemKeys, request.ItemFeatures.c(),
		request.PairFeatures.c(), integers(request.History), historyKeys,
		C.size_t(len(request.History)+len(request.HistoryKeys)), C.size_t(n), &c.err))
}
