package duomo_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"duomo.dev/duomo"
)

func TestKeysInRequestsAndResults(t *testing.T) {
	club := open(t, "club")
	best := must2(club.TopK(duomo.TopKRequest{Keys: []string{"member-8"}, K: 5, WithKeys: true,
		WithTitles: true}))(t)
	keys, ids := best.Keys(0), best.IDs(0)
	if must2(club.ItemKey(ids[0]))(t) != keys[0] || must2(duomo.IDOfKey(keys[0]))(t) != ids[0] ||
		!slices.Equal(best.Titles(0), must2(club.ItemTitles(ids))(t)) {
		t.Error(best)
	}
	rest := must2(club.TopK(duomo.TopKRequest{Keys: []string{"member-8", "member-8"}, K: 2,
		ExcludeKeys: keys[1:2], ExcludeKeysEach: duomo.ListsOf(keys[:1], nil), WithKeys: true}))(t)
	if !slices.Equal(rest.Keys(0), keys[2:4]) || !slices.Equal(rest.Keys(1), []string{keys[0], keys[2]}) {
		t.Error(rest.Keys(0), rest.Keys(1), keys)
	}
	allowed := must2(club.TopK(duomo.TopKRequest{Keys: []string{"member-8"},
		AllowKeys: []string{keys[3], "nothing", keys[1]}}))(t)
	if !slices.Equal(allowed.IDs(0), []int64{ids[1], ids[3]}) {
		t.Error(allowed)
	}
	out := make([]float32, 2)
	ok(t, club.Rank(out, duomo.RankRequest{UserKey: "member-8", ItemKeys: keys[:2]}))
	if !slices.Equal(out, best.Scores(0)[:2]) {
		t.Error(out)
	}
	fails(t, duomo.ErrInvalidArgument, "one of them",
		club.Rank(out, duomo.RankRequest{User: 1, UserKey: "member-8", ItemKeys: keys[:2]}))

	_, err := club.TopK(duomo.TopKRequest{Keys: []string{"member-8", "nobody"}})
	fails(t, duomo.ErrNotFound, "nobody", err)
	var e *duomo.Error
	if errors.As(err, &e); e.Kind != duomo.KindUnknownID || e.Argument != duomo.ArgumentQueries || e.Position != 1 {
		t.Errorf("%+v", e)
	}
	_, err = club.TopK(duomo.TopKRequest{Keys: []string{"member\x00"}})
	fails(t, duomo.ErrInvalidArgument, "NUL", err)
}

func TestLookUps(t *testing.T) {
	club := open(t, "club")
	ids := must2(club.ItemIDsOfKeys([]string{"book-7", "none"}))(t)
	if ids[0] != must2(club.ItemIDOfKey("book-7"))(t) || ids[1] != -1 {
		t.Error(ids)
	}
	if keys := must2(club.ItemKeys([]int64{ids[0], 5}))(t); keys[0] != "book-7" || keys[1] != "" {
		t.Error(keys)
	}
	user := must2(club.UserIDsOfKeys([]string{"member-2"}))(t)
	if keys := must2(club.UserKeys(user))(t); keys[0] != "member-2" {
		t.Error(keys)
	}
	_, err := open(t, "player").ItemTitles([]int64{1})
	fails(t, duomo.ErrUnsupported, "titles", err)
	// A stored id means the same item after training again, or is unknown.
	later, known := open(t, "club_later"), 0
	for row := range club.Info().ItemCount {
		id := must2(club.ItemIDAt(row))(t)
		if key := must2(later.ItemKeys([]int64{id}))(t)[0]; key != "" {
			known++
			if key != must2(club.ItemKey(id))(t) {
				t.Error(id, key)
			}
		}
	}
	if known != 30 || later.Info().Fingerprint == club.Info().Fingerprint {
		t.Error(known)
	}
	if metadata := must2(club.Metadata())(t); len(metadata) != 0 {
		t.Error(metadata)
	}
}

func TestUsers(t *testing.T) {
	club := open(t, "club")
	request := duomo.TopKRequest{Keys: []string{"book-7"}, K: 1 << 40, WithKeys: true}
	all := must2(club.UsersFor(request))(t)
	book := must2(duomo.IDOfKey("book-7"))(t)
	for user, score := range all.All(0) {
		if must2(club.Predict(user, book))(t) != score {
			t.Error(user, score)
		}
	}
	request.ExcludeSeen = true
	unread := must2(club.UsersFor(request))(t)
	if len(all.IDs(0)) != 300 || len(unread.IDs(0)) >= 300 || slices.Contains(unread.Keys(0), "member-7") {
		t.Error(len(all.IDs(0)), len(unread.IDs(0)))
	}
	like := must2(club.SimilarUsers(duomo.TopKRequest{Keys: []string{"member-3"}, K: 4, WithKeys: true}))(t)
	if len(like.IDs(0)) != 4 || slices.Contains(like.Keys(0), "member-3") {
		t.Error(like.Keys(0))
	}
}

func TestLimitsAndKOfEach(t *testing.T) {
	club := open(t, "club")
	two := must2(club.TopK(duomo.TopKRequest{Keys: []string{"member-8"}, K: 40,
		Limits: []duomo.Limit{{Input: "author", AtMost: 2}}}))(t)
	if len(two.IDs(0)) != 10 { // of five authors
		t.Error(two)
	}
	each := must2(club.TopK(duomo.TopKRequest{Keys: []string{"member-1", "member-2", "member-3"},
		KEach: []int{3, 0, 1 << 40}}))(t)
	if len(each.IDs(0)) != 3 || len(each.IDs(1)) != 0 || len(each.IDs(2)) != 40 {
		t.Error(each)
	}
}

// A model that reads no histories folds them in.
func TestWeightsOfHistories(t *testing.T) {
	club := open(t, "club")
	best := func(weights ...float32) *duomo.TopKResult {
		return must2(club.TopK(duomo.TopKRequest{HistoryWeights: weights,
			HistoryKeys: duomo.ListsOf([]string{"book-1", "book-2"})}))(t)
	}
	if slices.Equal(best(9, 0.1).Scores(0), best(0.1, 9).Scores(0)) {
		t.Error("weights say nothing")
	}
	_, err := club.TopK(duomo.TopKRequest{HistoryWeights: []float32{-1},
		HistoryKeys: duomo.ListsOf([]string{"book-1"})})
	fails(t, duomo.ErrInvalidArgument, "history_weights", err)
}

func TestInputValues(t *testing.T) {
	shop := open(t, "shop")
	_, ages, err := shop.InputValues("age")
	ok(t, err)
	tags, none, err := shop.InputValues("tags")
	ok(t, err)
	if !slices.Equal(ages, []int64{10, 20, 30}) || !slices.Contains(tags, "red") || none != nil {
		t.Error(ages, tags, none)
	}
	_, _, err = shop.InputValues("nope")
	fails(t, duomo.ErrNotFound, "nope", err)
	_, _, err = open(t, "joint").InputValues("delay")
	fails(t, duomo.ErrUnsupported, "", err)
}

// As tests/abi/fixtures.h says.
func TestAttributes(t *testing.T) {
	shop := open(t, "shop")
	want := []duomo.Attribute{{"price", duomo.NumberAttribute, 0}, {"year", duomo.IntegerAttribute, 0},
		{"added", duomo.TimeAttribute, 0}, {"brand", duomo.CategoryAttribute, 3},
		{"labels", duomo.SetAttribute, 3}}
	if got := must2(shop.Attributes())(t); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	id := func(row int) int64 { return must2(shop.ItemIDAt(row))(t) }
	prices := must2(shop.AttributeNumbers("price", []int64{id(3), id(9)}))(t)
	years := must2(shop.AttributeIntegers("year", []int64{id(2), id(6)}))(t)
	brands := must2(shop.AttributeTexts("brand", []int64{id(2), id(3)}))(t)
	labels := must2(shop.AttributeSet("labels", id(4)))(t)
	slices.Sort(labels)
	if prices[0] != 2.5 || prices[1] == prices[1] || years[0] != 1982 || years[1] != duomo.NoInteger ||
		brands[0] != "größe" || brands[1] != "" || !slices.Equal(labels, []string{"new", "sale", "vegan"}) {
		t.Error(prices, years, brands, labels)
	}
	_, err := shop.AttributeNumbers("nope", nil)
	fails(t, duomo.ErrNotFound, "nope", err)
	_, err = shop.AttributeTexts("price", []int64{1000})
	fails(t, duomo.ErrInvalidArgument, "price", err)
}

func newSet(t *testing.T, set *duomo.ItemSet, err error) *duomo.ItemSet {
	t.Helper()
	ok(t, err)
	t.Cleanup(func() { ok(t, set.Close()) })
	return set
}

func TestItemSets(t *testing.T) {
	shop, club := open(t, "shop"), open(t, "club")
	made := func(set *duomo.ItemSet, err error) *duomo.ItemSet { return newSet(t, set, err) }
	some := made(shop.NewItemSet(1000, 1003, 1006, 7))
	years := made(shop.NewItemSetWhere(duomo.Filter{Input: "year", Mode: duomo.Range, Minimum: 1980,
		Maximum: 1982, BelowMaximum: true}))
	none := made(shop.NewItemSet())
	both, either, rest := made(some.And(years)), made(some.Or(years)), made(some.Not())
	for set, want := range map[*duomo.ItemSet]int{some: 3, years: 2, none: 0, both: 2, either: 3, rest: 37,
		made(shop.NewItemSetWhere()): 40, made(club.NewItemSetOfKeys("book-1", "none")): 1} {
		if set.Len() != want {
			t.Error(set.Len(), want)
		}
	}
	if !some.Contains(1003) || rest.Contains(1003) || some.Contains(7) {
		t.Error("contains")
	}
	bySet := must2(shop.TopK(duomo.TopKRequest{IDs: []int64{3}, AllowSet: some}))(t)
	byList := must2(shop.TopK(duomo.TopKRequest{IDs: []int64{3}, Allow: []int64{1000, 1003, 1006}}))(t)
	each := must2(shop.TopK(duomo.TopKRequest{IDs: []int64{1, 2, 3}, K: 40,
		AllowSets: []*duomo.ItemSet{some, nil, none}}))(t)
	if !slices.Equal(bySet.IDs(0), byList.IDs(0)) || len(each.IDs(0)) != 3 || len(each.IDs(1)) != 40 ||
		len(each.IDs(2)) != 0 {
		t.Error(bySet, byList, each)
	}
	_, err := some.And(made(open(t, "shop").NewItemSet(1000)))
	fails(t, duomo.ErrInvalidArgument, "model", err)
	_, err = some.And(nil)
	fails(t, duomo.ErrInvalidArgument, "nil", err)
}

// A context.Context ends a long search, and nothing after it.
func TestCancel(t *testing.T) {
	shop := open(t, "shop")
	request := duomo.TopKRequest{IDs: make([]int64, 1_000_000), K: 10}
	for i := range request.IDs {
		request.IDs[i] = int64(i%12 + 1)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	request.Ctx = ctx
	c := newContext(t, shop)
	for range 2 { // under way, and before it begins
		_, err := c.TopK(request)
		fails(t, duomo.ErrCancelled, "", err)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	}
	must2(c.TopK(duomo.TopKRequest{IDs: []int64{3}}))(t)
	must2(c.TopK(duomo.TopKRequest{IDs: []int64{3}, Ctx: context.Background()}))(t)
	must2(c.Predict(3, 1006))(t)
}
