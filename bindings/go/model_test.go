package duomo_test

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"duomo.dev/duomo"
)

func TestInfo(t *testing.T) {
	i := open(t, "shop").Info()
	if i.Name != "shop" || i.Unit != "stars" || i.Head != duomo.HeadCosine || i.UserCount != 12 ||
		i.ItemCount != 40 || i.VectorWidth != 20 || i.InputCount != 6 || !i.HasUserVectors ||
		!i.HasHistory || !i.HasTitles || i.Copied || i.MinimumOutput != 0 || i.MaximumOutput != 5 {
		t.Errorf("%+v", i)
	}
	if stat := must2(os.Stat("shop.duomo"))(t); i.FileSize != stat.Size() {
		t.Errorf("size %d, is %d", i.FileSize, stat.Size())
	}
	if !open(t, "shop", duomo.Copy(), duomo.Verify()).Info().Copied {
		t.Error("not copied")
	}
	if !strings.HasPrefix(duomo.BuildInfo(), "duomo "+duomo.Version()) {
		t.Error(duomo.BuildInfo(), duomo.Version())
	}
}

func TestInputs(t *testing.T) {
	inputs := must2(open(t, "shop").Inputs())(t)
	want := []duomo.Input{
		{"plan", duomo.User, duomo.Category, duomo.StringKeys, 2},
		{"age", duomo.User, duomo.Category, duomo.IntegerKeys, 3},
		{"id", duomo.Item, duomo.Category, duomo.IntegerKeys, 40},
		{"tags", duomo.Item, duomo.CategorySet, duomo.StringKeys, 3},
		{"codes", duomo.Item, duomo.CategorySet, duomo.IntegerKeys, 3},
		{"title", duomo.Item, duomo.Text, duomo.StringKeys, 5},
	}
	if !slices.Equal(inputs, want) {
		t.Errorf("%+v", inputs)
	}
}

func TestKeysAndTitles(t *testing.T) {
	shop, player := open(t, "shop"), open(t, "player")
	if id := must2(shop.ItemIDAt(2))(t); id != 1006 {
		t.Error(id)
	}
	if id := must2(shop.UserIDAt(11))(t); id != 12 {
		t.Error(id)
	}
	if title := must2(shop.ItemTitle(1006))(t); title != "Große Lampe 2" {
		t.Error(title)
	}
	if id := must2(player.ItemIDOfKey("i7"))(t); must2(player.ItemKey(id))(t) != "i7" {
		t.Error(id)
	}
	if id := must2(player.UserIDOfKey("u3"))(t); must2(player.UserKey(id))(t) != "u3" {
		t.Error(id)
	}
	_, err := shop.ItemIDAt(40)
	fails(t, duomo.ErrNotFound, "40", err)
	_, err = shop.ItemIDAt(-1)
	fails(t, duomo.ErrNotFound, "", err)
	_, err = shop.ItemTitle(7)
	fails(t, duomo.ErrNotFound, "7", err)
	_, err = player.ItemTitle(0)
	fails(t, duomo.ErrUnsupported, "titles", err)
	_, err = shop.ItemIDOfKey("x")
	fails(t, duomo.ErrUnsupported, "", err)
	_, err = player.ItemIDOfKey("nope")
	fails(t, duomo.ErrNotFound, "nope", err)
	_, err = player.ItemIDOfKey("\xff")
	fails(t, duomo.ErrInvalidArgument, "UTF-8", err)
	_, err = player.ItemIDOfKey("i7\x00")
	fails(t, duomo.ErrInvalidArgument, "NUL", err)
}

func TestOpenErrors(t *testing.T) {
	for name, want := range map[string]duomo.Status{
		"nowhere": duomo.ErrIO, "truncated": duomo.ErrCorrupt, "short": duomo.ErrCorrupt,
		"corrupt": duomo.ErrCorrupt, "newer": duomo.ErrUnsupportedVersion,
	} {
		_, err := duomo.Open(name + ".duomo")
		fails(t, want, "", err)
	}
	_, err := duomo.Open("shop.duomo\x00")
	fails(t, duomo.ErrInvalidArgument, "NUL", err)
	_, err = duomo.Open("shop.duomo", duomo.WithBackend(9))
	fails(t, duomo.ErrInvalidArgument, "backend", err)
	_, err = duomo.OpenBuffer(nil)
	fails(t, duomo.ErrCorrupt, "", err)
}

// The bytes are the caller's again as soon as OpenBuffer returns.
func TestOpenBuffer(t *testing.T) {
	data := must2(os.ReadFile("shop.duomo"))(t)
	m := must2(duomo.OpenBuffer(data))(t)
	defer m.Close()
	clear(data)
	if !m.Info().Copied {
		t.Error("not copied")
	}
	want := must2(open(t, "shop").Predict(3, 1006))(t)
	if got := must2(m.Predict(3, 1006))(t); got != want {
		t.Error(got, want)
	}
}

// A model inside of another file, which may be closed afterwards.
func TestOpenFile(t *testing.T) {
	data := must2(os.ReadFile("shop.duomo"))(t)
	path := t.TempDir() + "/archive"
	ok(t, os.WriteFile(path, append(append(make([]byte, 128), data...), "behind"...), 0o600))
	file := must2(os.Open(path))(t)
	m := must2(duomo.OpenFile(file, 128, int64(len(data))))(t)
	defer m.Close()
	_, err := duomo.OpenFile(file, 128, int64(len(data)+7))
	fails(t, duomo.ErrInvalidArgument, "", err)
	_, err = duomo.OpenFile(file, -1, 0)
	fails(t, duomo.ErrInvalidArgument, "-1", err)
	ok(t, file.Close())
	want := must2(open(t, "shop").Predict(3, 1006))(t)
	if got := must2(m.Predict(3, 1006))(t); got != want || m.Info().Copied {
		t.Error(got, want, m.Info().Copied)
	}
	_, err = duomo.OpenFile(file, 0, 0)
	fails(t, duomo.ErrIO, "closed", err)
}

func TestPrepare(t *testing.T) {
	request := duomo.TopKRequest{IDs: []int64{3}, K: 40}
	want := must2(open(t, "shop").TopK(request))(t)
	got := must2(open(t, "shop", duomo.Prepare()).TopK(request))(t)
	if !slices.Equal(got.IDs(0), want.IDs(0)) || !slices.Equal(got.Scores(0), want.Scores(0)) {
		t.Error(got, want)
	}
}

// Of any number of threads the results are the same.
func TestThreads(t *testing.T) {
	request := duomo.TopKRequest{IDs: make([]int64, 5000), K: 7}
	for i := range request.IDs {
		request.IDs[i] = int64(i%12 + 1)
	}
	m := open(t, "shop")
	want := must2(m.TopK(request))(t)
	for n := range uint32(4) {
		got := must2(newContext(t, m, duomo.Threads(n)).TopK(request))(t)
		pooled := must2(open(t, "shop", duomo.WithContexts(duomo.Threads(n))).TopK(request))(t)
		for q := range want.Len() {
			if !slices.Equal(got.IDs(q), want.IDs(q)) || !slices.Equal(got.Scores(q), want.Scores(q)) ||
				!slices.Equal(pooled.Scores(q), want.Scores(q)) {
				t.Fatal(n, q)
			}
		}
	}
}

func TestPredict(t *testing.T) {
	m := open(t, "shop")
	c := newContext(t, m)
	users, items := []int64{1, 2, 3}, []int64{1000, 1003, 1006}
	out := make([]float32, 3)
	ok(t, c.PredictPairs(out, users, items))
	ok(t, c.PredictPairs(nil, nil, nil))
	userVectors, itemVectors := make([]float32, 60), make([]float32, 60)
	ok(t, c.EncodeUsers(userVectors, users))
	ok(t, c.EncodeItems(itemVectors, items))
	again := make([]float32, 3)
	ok(t, m.PredictVectors(again, userVectors, itemVectors))
	ranked := make([]float32, 3)
	ok(t, m.Rank(ranked, duomo.RankRequest{User: 2, Items: items}))
	for i := range out {
		one := must2(m.Predict(users[i], items[i]))(t)
		if one != out[i] || again[i] != out[i] || out[i] < 0 || out[i] > 5 {
			t.Error(i, one, out[i], again[i])
		}
	}
	if ranked[1] != out[1] {
		t.Error(ranked, out)
	}
	_, err := c.Predict(99, 1000)
	fails(t, duomo.ErrNotFound, "user_ids[0]", err)
	pooled := open(t, "shop", duomo.WithContexts(duomo.MarkUnknown()))
	if got := must2(pooled.Predict(99, 1000))(t); !math.IsNaN(float64(got)) {
		t.Errorf("%v for an unknown user", got)
	}
	marking := newContext(t, m, duomo.MarkUnknown())
	ok(t, marking.PredictPairs(again, []int64{1, 99, 3}, items))
	if again[0] != out[0] || !math.IsNaN(float64(again[1])) || again[2] != out[2] {
		t.Error(again)
	}
}

func TestTopK(t *testing.T) {
	m := open(t, "shop")
	c := newContext(t, m)
	every := must2(c.TopK(duomo.TopKRequest{IDs: []int64{3}, K: 1 << 40}))(t)
	if len(every.IDs(0)) != 40 || !slices.IsSortedFunc(every.Scores(0), func(a, b float32) int {
		if a < b {
			return 1
		}
		return 0
	}) {
		t.Error(every)
	}
	for id, score := range every.All(0) {
		if must2(c.Predict(3, id))(t) != score {
			t.Error(id, score)
		}
	}
	var r duomo.TopKResult
	top := func(request duomo.TopKRequest) []int64 {
		t.Helper()
		if request.IDs == nil && request.Vectors == nil && request.Features == nil {
			request.IDs = []int64{3}
		}
		ok(t, m.TopKInto(&r, request))
		return r.IDs(0)
	}
	if got := top(duomo.TopKRequest{}); !slices.Equal(got, every.IDs(0)[:10]) {
		t.Error(got)
	}
	if got := top(duomo.TopKRequest{K: 40, ExcludeSeen: true}); len(got) != 38 ||
		slices.Contains(got, 1006) || slices.Contains(got, 1009) {
		t.Error(got)
	}
	if got := top(duomo.TopKRequest{K: 40, Exclude: every.IDs(0)[:5]}); !slices.Equal(got, every.IDs(0)[5:]) {
		t.Error(got)
	}
	if got := top(duomo.TopKRequest{Allow: []int64{1000, 7, 1039}}); len(got) != 2 {
		t.Error(got)
	}
	if got := top(duomo.TopKRequest{Allow: []int64{}}); len(got) != 0 {
		t.Error(got)
	}
	least := every.Scores(0)[3]
	if got := top(duomo.TopKRequest{MinimumScore: &least}); !slices.Equal(got, every.IDs(0)[:4]) {
		t.Error(got)
	}
	red := top(duomo.TopKRequest{K: 40, Filters: []duomo.Filter{
		{Input: "tags", Mode: duomo.All, Strings: []string{"red"}}}})
	if len(red) != 14 {
		t.Error(red)
	}
	if got := top(duomo.TopKRequest{K: 40, Filters: []duomo.Filter{
		{Input: "tags", Mode: duomo.None, Strings: []string{"red", "green"}},
		{Input: "codes", Integers: []int64{7, 8}}}}); len(got) != 13 {
		t.Error(got)
	}
	if got := top(duomo.TopKRequest{Filters: []duomo.Filter{
		{Input: "tags", Strings: []string{"mauve"}}}}); len(got) != 0 { // no item has it
		t.Error(got)
	}
	vector := make([]float32, 20)
	ok(t, c.EncodeUsers(vector, []int64{3}))
	if got := top(duomo.TopKRequest{Vectors: vector}); !slices.Equal(got, every.IDs(0)[:10]) {
		t.Error(got)
	}
	// Many users, one list of exclusions for all or one for each.
	shared := must2(c.TopK(duomo.TopKRequest{IDs: []int64{3, 4}, Exclude: []int64{1000}, K: 5}))(t)
	each := must2(c.TopK(duomo.TopKRequest{IDs: []int64{3, 4}, K: 5,
		ExcludeEach: duomo.ListsOf([]int64{1000}, []int64{1000})}))(t)
	for q := range 2 {
		if !slices.Equal(shared.IDs(q), each.IDs(q)) || slices.Contains(shared.IDs(q), 1000) {
			t.Error(q, shared.IDs(q), each.IDs(q))
		}
	}
	if none := must2(c.TopK(duomo.TopKRequest{IDs: []int64{}}))(t); none.Len() != 0 {
		t.Error(none)
	}
	marked := must2(newContext(t, m, duomo.MarkUnknown()).TopK(duomo.TopKRequest{IDs: []int64{99, 3}}))(t)
	if len(marked.IDs(0)) != 0 || len(marked.IDs(1)) != 10 {
		t.Error(marked)
	}
}

func TestTopKErrors(t *testing.T) {
	m := open(t, "shop")
	c := newContext(t, m)
	nan := float32(math.NaN())
	for _, test := range []struct {
		status  duomo.Status
		part    string
		request duomo.TopKRequest
	}{
		{duomo.ErrInvalidArgument, "no queries", duomo.TopKRequest{}},
		{duomo.ErrInvalidArgument, "K is -1", duomo.TopKRequest{IDs: []int64{1}, K: -1}},
		{duomo.ErrNotFound, "99", duomo.TopKRequest{IDs: []int64{1, 99}}},
		{duomo.ErrInvalidArgument, "exactly one", duomo.TopKRequest{IDs: []int64{1}, Vectors: make([]float32, 20)}},
		{duomo.ErrInvalidArgument, "19 floats", duomo.TopKRequest{Vectors: make([]float32, 19)}},
		{duomo.ErrInvalidArgument, "NaN", duomo.TopKRequest{IDs: []int64{1}, MinimumScore: &nan}},
		{duomo.ErrInvalidArgument, "one of them", duomo.TopKRequest{IDs: []int64{1}, Exclude: []int64{1}, ExcludeKeys: []string{"a"}}},
		{duomo.ErrInvalidArgument, "ids or keys", duomo.TopKRequest{IDs: []int64{1}, ExcludeEach: duomo.ListsOf([]int64{1}), ExcludeKeysEach: duomo.ListsOf([]string{"a"})}},
		{duomo.ErrInvalidArgument, "KEach: 1 for 2", duomo.TopKRequest{IDs: []int64{1, 2}, KEach: []int{1}}},
		{duomo.ErrInvalidArgument, "KEach[1] is -1", duomo.TopKRequest{IDs: []int64{1, 2}, KEach: []int{1, -1}}},
		{duomo.ErrInvalidArgument, "AllowSets: 1 for 2", duomo.TopKRequest{IDs: []int64{1, 2}, AllowSets: make([]*duomo.ItemSet, 1)}},
		{duomo.ErrInvalidArgument, "HistoryWeights: 1 for 0", duomo.TopKRequest{IDs: []int64{1}, HistoryWeights: []float32{1}}},
		{duomo.ErrInvalidArgument, "at least 1", duomo.TopKRequest{IDs: []int64{1}, Limits: []duomo.Limit{{Input: "tags"}}}},
		{duomo.ErrNotFound, "nope", duomo.TopKRequest{IDs: []int64{1}, Limits: []duomo.Limit{{Input: "nope", AtMost: 1}}}},
		{duomo.ErrUnsupported, "", duomo.TopKRequest{Keys: []string{"1"}}},
		{duomo.ErrInvalidArgument, "2 offsets for 2 lists", duomo.TopKRequest{IDs: []int64{1, 2}, ExcludeEach: duomo.ListsOf([]int64{1})}},
		{duomo.ErrInvalidArgument, "from 0 to 5", duomo.TopKRequest{IDs: []int64{1}, ExcludeEach: duomo.Lists[int64]{Offsets: []int{0, 5}, Values: []int64{1}}}},
		{duomo.ErrInvalidArgument, "offsets", duomo.TopKRequest{IDs: []int64{1, 2}, ExcludeEach: duomo.Lists[int64]{Offsets: []int{0, -4, 1}, Values: []int64{1}}}},
		{duomo.ErrInvalidArgument, "offsets", duomo.TopKRequest{IDs: []int64{1, 2}, ExcludeEach: duomo.Lists[int64]{Offsets: []int{0, 2, 1}, Values: []int64{1}}}},
		{duomo.ErrNotFound, "nope", duomo.TopKRequest{IDs: []int64{1}, Filters: []duomo.Filter{{Input: "nope"}}}},
		{duomo.ErrNotFound, "mauve", duomo.TopKRequest{IDs: []int64{1}, Filters: []duomo.Filter{{Input: "tags", Strings: []string{"mauve"}, Strict: true}}}},
		{duomo.ErrInvalidArgument, "strings", duomo.TopKRequest{IDs: []int64{1}, Filters: []duomo.Filter{{Input: "tags", Integers: []int64{1}}}}},
		{duomo.ErrInvalidArgument, "not both", duomo.TopKRequest{IDs: []int64{1}, Filters: []duomo.Filter{{Input: "tags", Strings: []string{"red"}, Integers: []int64{1}}}}},
		{duomo.ErrInvalidArgument, "mode", duomo.TopKRequest{IDs: []int64{1}, Filters: []duomo.Filter{{Input: "tags", Mode: 7, Strings: []string{"red"}}}}},
	} {
		result := duomo.TopKResult{}
		err := c.TopKInto(&result, test.request)
		fails(t, test.status, test.part, err)
		if result.Len() != 0 {
			t.Error("results in spite of", err)
		}
	}
	_, err := c.Similar(duomo.TopKRequest{IDs: []int64{1000}, ExcludeSeen: true})
	fails(t, duomo.ErrInvalidArgument, "ExcludeSeen is for TopK", err)
	_, err = open(t, "joint").TopK(duomo.TopKRequest{IDs: []int64{1}})
	fails(t, duomo.ErrUnsupported, "", err)
}

func TestSimilar(t *testing.T) {
	m := open(t, "shop")
	like := must2(m.Similar(duomo.TopKRequest{IDs: []int64{1000}, K: 3}))(t)
	if len(like.IDs(0)) != 3 || slices.Contains(like.IDs(0), 1000) || like.Scores(0)[0] > 1 {
		t.Error(like)
	}
	vector := make([]float32, 20)
	ok(t, m.EncodeItems(vector, []int64{1000}))
	itself := must2(m.Similar(duomo.TopKRequest{Vectors: vector, K: 1}))(t)
	if itself.IDs(0)[0] != 1000 || math.Abs(float64(itself.Scores(0)[0])-1) > 1e-6 {
		t.Error(itself)
	}
}

func TestHistories(t *testing.T) {
	m := open(t, "player")
	user := duomo.TopKRequest{Keys: []string{"u3"}, K: 5, ExcludeSeen: true}
	known := must2(m.TopK(user))(t)
	user.HistoryKeys = duomo.ListsOf([]string{"i3", "i4", "nothing"})
	said := must2(m.TopK(user))(t)
	if !slices.Equal(known.IDs(0), said.IDs(0)) || !slices.Equal(known.Scores(0), said.Scores(0)) {
		t.Error(known, said)
	}
	alone := must2(m.TopK(duomo.TopKRequest{K: 40, ExcludeSeen: true,
		HistoryKeys: duomo.ListsOf([]string{"i3", "i4"}, nil)}))(t)
	if len(alone.IDs(0)) != 38 || len(alone.IDs(1)) != 40 {
		t.Error(alone)
	}
	ids := []int64{must2(duomo.IDOfKey("i3"))(t), must2(duomo.IDOfKey("i4"))(t)}
	same := must2(m.TopK(duomo.TopKRequest{K: 40, ExcludeSeen: true, Histories: duomo.ListsOf(ids, nil)}))(t)
	if !slices.Equal(same.IDs(0), alone.IDs(0)) || slices.Contains(same.IDs(0), ids[0]) {
		t.Error(same, alone)
	}
}
