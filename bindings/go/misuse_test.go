package duomo_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duomo.dev/duomo"
)

func isClosed(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, duomo.ErrClosed) {
		t.Errorf("expected ErrClosed, got %v", err)
	}
	fails(t, duomo.ErrInvalidArgument, "Close", err)
}

func TestUseAfterClose(t *testing.T) {
	m := must2(duomo.Open("shop.duomo"))(t)
	c := must2(m.NewContext())(t)
	f := must2(m.NewFeatures(duomo.User, 1))(t)
	set := must2(m.NewItemSet(1000, 1006))(t)
	want := must2(m.Predict(3, 1006))(t)
	ok(t, m.Close())
	ok(t, m.Close())

	_, err := m.Predict(3, 1006)
	isClosed(t, err)
	_, err = m.TopK(duomo.TopKRequest{IDs: []int64{3}})
	isClosed(t, err)
	_, err = m.ItemTitle(1006)
	isClosed(t, err)
	_, err = m.Inputs()
	isClosed(t, err)
	_, err = m.NewContext()
	isClosed(t, err)
	_, err = m.NewFeatures(duomo.User, 1)
	isClosed(t, err)
	if m.Info().Name != "shop" {
		t.Error("forgot what it was")
	}

	// A context keeps its model open.
	if got := must2(c.Predict(3, 1006))(t); got != want {
		t.Error(got, want)
	}
	ok(t, f.SetIntegers("age", []int64{10}))
	ok(t, c.EncodeFeatures(make([]float32, 20), f))
	ok(t, f.Close())
	ok(t, f.Close())
	isClosed(t, f.SetIntegers("age", []int64{10}))
	isClosed(t, c.EncodeFeatures(make([]float32, 20), f))
	isClosed(t, m.Trim())
	ok(t, c.Trim())
	bySet := duomo.TopKRequest{IDs: []int64{3}, AllowSet: set}
	if got := must2(c.TopK(bySet))(t); len(got.IDs(0)) != 2 {
		t.Error(got)
	}
	ok(t, set.Close())
	ok(t, set.Close())
	_, err = c.TopK(bySet)
	isClosed(t, err)
	_, err = c.TopK(duomo.TopKRequest{IDs: []int64{3}, AllowSets: []*duomo.ItemSet{set}})
	isClosed(t, err)
	_, err = set.Not()
	isClosed(t, err)
	if set.Len() != 0 || set.Contains(1000) {
		t.Error("a closed set has items")
	}
	ok(t, c.Close())
	ok(t, c.Close())
	isClosed(t, c.Trim())
	_, err = c.Predict(3, 1006)
	isClosed(t, err)
	isClosed(t, c.TopKInto(&duomo.TopKResult{}, duomo.TopKRequest{IDs: []int64{3}}))
	isClosed(t, c.Rank(make([]float32, 1), duomo.RankRequest{User: 3, Items: []int64{1006}}))
}

func TestWrongLengths(t *testing.T) {
	c := newContext(t, open(t, "shop"))
	out, ids := make([]float32, 3), []int64{1, 2, 3}
	fails(t, duomo.ErrInvalidArgument, "3 predictions of 3 users and 2 items", c.PredictPairs(out, ids, ids[:2]))
	fails(t, duomo.ErrInvalidArgument, "2 predictions", c.PredictPairs(out[:2], ids, ids))
	fails(t, duomo.ErrInvalidArgument, "vectors has 3 floats", c.EncodeUsers(out, ids))
	fails(t, duomo.ErrInvalidArgument, "vectors has 3 floats", c.EncodeItems(out, ids))
	fails(t, duomo.ErrInvalidArgument, "users has 3 floats", c.PredictVectors(out, out, out))
	fails(t, duomo.ErrInvalidArgument, "items has 3 floats", c.PredictVectors(out, make([]float32, 60), out))
}

// One context under many goroutines: every call is right or says that the context is in use.
func TestConcurrentUseOfOneContext(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(4, runtime.NumCPU()))) // also on one core
	m := open(t, "shop")
	c := must2(m.NewContext())(t)
	want := must2(m.TopK(duomo.TopKRequest{IDs: []int64{3}}))(t)
	var done, refused atomic.Int64
	var all sync.WaitGroup
	deadline := time.Now().Add(5 * time.Second) // long before that both happen
	for range 8 {
		all.Go(func() {
			for i := 0; i < 2000 || refused.Load() == 0 && time.Now().Before(deadline); i++ {
				got, err := c.TopK(duomo.TopKRequest{IDs: []int64{3}})
				switch {
				case errors.Is(err, duomo.ErrInUse):
					refused.Add(1)
				case err != nil:
					t.Error(err)
				case got.IDs(0)[9] != want.IDs(0)[9] || got.Scores(0)[9] != want.Scores(0)[9]:
					t.Error("another result")
				default:
					done.Add(1)
				}
			}
		})
	}
	all.Wait()
	if done.Load() == 0 || refused.Load() == 0 {
		t.Errorf("%d done, %d refused", done.Load(), refused.Load())
	}
	ok(t, c.Close())
}

// Goroutines share a model that is closed under them: right answers, then ErrClosed.
func TestCloseWhileOthersRun(t *testing.T) {
	reference := open(t, "shop")
	want := must2(reference.Predict(3, 1006))(t)
	for range 20 {
		m := must2(duomo.Open("shop.duomo"))(t)
		var answers atomic.Int64
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				for {
					got, err := m.Predict(3, 1006)
					if errors.Is(err, duomo.ErrClosed) {
						return
					}
					if err != nil || got != want {
						t.Error(got, err)
						return
					}
					if title, err := m.ItemTitle(1006); err == nil && title != "Große Lampe 2" {
						t.Error(title)
					}
					answers.Add(1)
				}
			})
		}
		for answers.Load() < 100 {
			runtime.Gosched()
		}
		ok(t, m.Close())
		all.Wait()
	}
}

// resident is the memory of this process in bytes.
func resident(t *testing.T) int64 {
	t.Helper()
	var size, pages int64
	statm := string(must2(os.ReadFile("/proc/self/statm"))(t))
	must2(fmt.Sscan(statm, &size, &pages))(t)
	return pages * int64(os.Getpagesize())
}

// Forgotten objects are released by the collector: no file stays mapped.
func TestForgottenObjects(t *testing.T) {
	before := mappings(t)
	for range 50 {
		m := must2(duomo.Open("shop.duomo"))(t)
		c := must2(m.NewContext())(t)
		f := must2(m.NewFeatures(duomo.User, 1))(t)
		must2(m.Predict(3, 1006))(t)
		ok(t, c.EncodeFeatures(make([]float32, 20), f))
	}
	for try := 0; mappings(t) > before; try++ {
		if try == 200 {
			t.Fatalf("%d files still mapped", mappings(t)-before)
		}
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
}

func mappings(t *testing.T) int {
	return strings.Count(string(must2(os.ReadFile("/proc/self/maps"))(t)), "shop.duomo")
}

func TestMemoryIsFlat(t *testing.T) {
	calls := 1_000_000
	if raceEnabled {
		calls = 100_000
	}
	m := open(t, "shop")
	features := newFeatures(t, m, duomo.User, 1)
	plan, out := []string{"paid"}, make([]float32, 20)
	var result duomo.TopKResult
	run := func(n int) {
		for i := range n {
			must2(m.Predict(int64(i%12+1), 1000))(t)
			if _, err := m.Predict(99, 1000); err == nil {
				t.Fatal("user 99 is known")
			}
			if i%20 == 0 {
				ok(t, m.TopKInto(&result, duomo.TopKRequest{IDs: []int64{3}, Exclude: []int64{1000},
					Filters: []duomo.Filter{{Input: "tags", Strings: []string{"red"}}}}))
				ok(t, features.SetStrings("plan", plan))
				ok(t, m.EncodeFeatures(out, features))
				must2(m.ItemTitle(1000))(t)
			}
			if i%100 == 0 {
				ok(t, must2(m.NewContext())(t).Close())
				ok(t, must2(duomo.Open("shop.duomo"))(t).Close())
			}
		}
	}
	run(calls / 20)
	// Go's own heap takes a while to find its size; a leak of a byte a call grows every time.
	grown := int64(math.MaxInt64)
	for try := 0; try < 5 && grown >= 1_000_000; try++ {
		before := resident(t)
		run(calls / 2) // two predictions each
		debug.FreeOSMemory()
		grown = resident(t) - before
	}
	if grown >= 1_000_000 && !raceEnabled {
		t.Errorf("%d bytes more after %d calls, every time", grown, calls)
	}
}
