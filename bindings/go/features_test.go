package duomo_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"duomo.dev/duomo"
)

func closeTo(t *testing.T, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-5*max(1, math.Abs(float64(want[i]))) {
			t.Fatalf("place %d: %v, expected %v", i, got[i], want[i])
		}
	}
}

// The values that the file has, said again, give the vectors that it has.
func TestFeatures(t *testing.T) {
	m := open(t, "shop")
	items := newFeatures(t, m, duomo.Item, 3)
	ok(t, items.SetIntegers("id", []int64{1000, 1009, 1012}))
	ok(t, items.SetStringLists("tags", duomo.ListsOf([]string{"red"}, []string{"red"}, []string{"green"})))
	ok(t, items.SetIntegerLists("codes", duomo.ListsOf([]int64{9}, []int64{9}, []int64{7})))
	ok(t, items.SetStrings("title", []string{"The  BLAU\tlamp", "the große chair", "the blau lamp"}))
	known, raw := make([]float32, 60), make([]float32, 60)
	ok(t, m.EncodeItems(known, []int64{1000, 1009, 1012}))
	ok(t, m.EncodeFeatures(raw, items))
	closeTo(t, raw, known)

	users := newFeatures(t, m, duomo.User, 3)
	paid, gold := "paid", "gold"
	ok(t, users.SetOptionalStrings("plan", []*string{&paid, nil, &gold}))
	ok(t, users.SetIntegers("age", []int64{20, 20, 20}))
	ok(t, m.EncodeFeatures(raw, users))
	ok(t, m.EncodeUsers(known[:20], []int64{2}))
	closeTo(t, raw[:20], known[:20])
	closeTo(t, raw[20:40], raw[40:60]) // unset and unknown are the same
	top := must2(m.TopK(duomo.TopKRequest{Features: users, K: 4}))(t)
	same := must2(m.TopK(duomo.TopKRequest{Vectors: raw, K: 4}))(t)
	if top.Len() != 3 || !slices.Equal(top.IDs(0), same.IDs(0)) {
		t.Error(top, same)
	}
	if users.Count() != 3 || users.Scope() != duomo.User {
		t.Error(users.Count(), users.Scope())
	}

	ok(t, users.Strict(true))
	err := users.SetStrings("plan", []string{"paid", "paid", "payed"})
	fails(t, duomo.ErrNotFound, "payed", err)
	var e *duomo.Error
	if errors.As(err, &e); e.Kind != duomo.KindUnknownValue || e.Argument != duomo.ArgumentValues || e.Position != 2 {
		t.Errorf("%+v", e)
	}
	ok(t, users.Strict(false))
	ok(t, users.SetStrings("plan", []string{"paid", "paid", "payed"}))

	fails(t, duomo.ErrNotFound, "nope", users.SetIntegers("nope", []int64{1, 2, 3}))
	fails(t, duomo.ErrInvalidArgument, "2 values for 3 rows", users.SetIntegers("age", []int64{1, 2}))
	fails(t, duomo.ErrInvalidArgument, "users", items.SetIntegers("age", []int64{1, 2, 3}))
	fails(t, duomo.ErrInvalidArgument, "SetStringLists", items.SetIntegerLists("tags", duomo.ListsOf([]int64{1}, nil, nil)))
	fails(t, duomo.ErrInvalidArgument, "UTF-8", items.SetStrings("title", []string{"", "\xff", ""}))
	fails(t, duomo.ErrInvalidArgument, "NUL", items.SetStrings("title", []string{"", "a\x00b", ""}))
	fails(t, duomo.ErrInvalidArgument, "NUL", items.SetStrings("ti\x00tle", []string{"", "", ""}))
	fails(t, duomo.ErrInvalidArgument, "0 offsets for 3 lists", items.SetStringLists("tags", duomo.Lists[string]{}))
	_, err = m.NewFeatures(duomo.Pair, 1)
	fails(t, duomo.ErrUnsupported, "pairs", err)
	_, err = m.NewFeatures(duomo.User, -1)
	fails(t, duomo.ErrInvalidArgument, "-1", err)
	fails(t, duomo.ErrInvalidArgument, "nil", m.EncodeFeatures(raw, nil))
	other := newFeatures(t, open(t, "shop"), duomo.User, 3)
	fails(t, duomo.ErrInvalidArgument, "another model", m.EncodeFeatures(raw, other))
}

func TestRank(t *testing.T) {
	m := open(t, "joint")
	ids := []int64{7, 0, 39}
	pairs := newFeatures(t, m, duomo.Pair, 3)
	plain, out := make([]float32, 3), make([]float32, 3)
	ok(t, m.Rank(plain, duomo.RankRequest{User: 5, Items: ids}))
	ok(t, pairs.SetNumbers("delay", []float32{1, float32(math.NaN()), 30}))
	ok(t, m.Rank(out, duomo.RankRequest{User: 5, Items: ids, PairFeatures: pairs}))
	if out[0] == plain[0] || out[2] == plain[2] {
		t.Error(out, plain)
	}
	closeTo(t, out[1:2], plain[1:2]) // NaN is the fallback
	user, items := newFeatures(t, m, duomo.User, 1), newFeatures(t, m, duomo.Item, 3)
	ok(t, user.SetIntegers("user", []int64{5}))
	ok(t, items.SetIntegers("item", ids))
	raw := make([]float32, 3)
	ok(t, m.Rank(raw, duomo.RankRequest{UserFeatures: user, ItemFeatures: items, PairFeatures: pairs}))
	closeTo(t, raw, out)

	fails(t, duomo.ErrInvalidArgument, "2 predictions of 3 Items", m.Rank(out[:2], duomo.RankRequest{User: 5, Items: ids}))
	fails(t, duomo.ErrInvalidArgument, "3 rows for 2", m.Rank(out[:2], duomo.RankRequest{User: 5, Items: ids[:2], PairFeatures: pairs}))
	fails(t, duomo.ErrInvalidArgument, "one", m.Rank(out, duomo.RankRequest{User: 5, UserFeatures: user, Items: ids}))
	fails(t, duomo.ErrInvalidArgument, "give one of", m.Rank(out, duomo.RankRequest{User: 5, Items: ids, ItemFeatures: items}))
	fails(t, duomo.ErrUnsupported, "history", m.Rank(out, duomo.RankRequest{User: 5, Items: ids, History: []int64{1}}))
	fails(t, duomo.ErrNotFound, "item_ids[1]", m.Rank(out, duomo.RankRequest{User: 5, Items: []int64{1, 40, 2}}))
	if _, err := m.Predict(1, 1); !strings.Contains(err.Error(), "use Rank") {
		t.Error(err)
	}
}
