package duomo_test

import (
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duomo.dev/duomo"
)

const (
	swaps    = 40 // a second
	requests = 100_000
)

// What user 2 of a model is recommended.
func best(m *duomo.Model) (*duomo.TopKResult, error) {
	user, err := m.UserIDAt(2)
	if err != nil {
		return nil, err
	}
	return m.TopK(duomo.TopKRequest{IDs: []int64{user}, K: 5})
}

// None of the requests of four clients is lost or wrong.
func TestSwapsUnderLoad(t *testing.T) {
	names := []string{"shop", "player"}
	want := map[string]*duomo.TopKResult{}
	for _, name := range names {
		want[name] = must2(best(open(t, name)))(t)
	}
	mapped := func(name string) int {
		return strings.Count(string(must2(os.ReadFile("/proc/self/maps"))(t)), name+".duomo")
	}
	before := mapped("shop")
	var slot duomo.Slot
	ok(t, slot.Set(must2(duomo.Open("shop.duomo"))(t)))
	var asked atomic.Int64
	var stop atomic.Bool
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for !stop.Load() {
				m := slot.Get()
				got, err := best(m)
				if err != nil {
					t.Error(err)
					return
				}
				if w := want[m.Info().Name]; !slices.Equal(got.IDs(0), w.IDs(0)) ||
					!slices.Equal(got.Scores(0), w.Scores(0)) {
					t.Error(m.Info().Name, got, w)
					return
				}
				if err := m.Close(); err != nil {
					t.Error(err)
				}
				asked.Add(1)
			}
		})
	}
	tick := time.NewTicker(time.Second / swaps)
	defer tick.Stop()
	for i := 0; i < 3*swaps || asked.Load() < requests && i < 60*swaps; i++ {
		<-tick.C
		ok(t, slot.Set(must2(duomo.Open(names[(i+1)%2]+".duomo"))(t)))
	}
	stop.Store(true)
	clients.Wait()
	t.Log(asked.Load(), "requests")
	ok(t, slot.Close())
	if after := mapped("shop"); after != before {
		t.Errorf("%d mappings of what was swapped out", after-before)
	}
}

func TestSlot(t *testing.T) {
	var slot duomo.Slot
	_, err := best(slot.Get())
	isClosed(t, err)
	first, second := must2(duomo.Open("shop.duomo"))(t), must2(duomo.Open("player.duomo"))(t)
	ok(t, slot.Set(first))
	ok(t, slot.Set(first))
	held := slot.Get()
	ok(t, first.Close()) // which hurts nobody
	must2(best(slot.Get()))(t)
	ok(t, slot.Set(second))
	isClosed(t, slot.Set(first))
	fails(t, duomo.ErrInvalidArgument, "nil", slot.Set(nil))
	if name := slot.Get().Info().Name; name != "player" {
		t.Error(name)
	}
	must2(best(held))(t)
	ok(t, held.Close())
	_, err = best(held)
	isClosed(t, err)
	must2(best(second))(t) // in the slot it may be used as before
	ok(t, slot.Close())
	ok(t, slot.Close())
	_, err = best(second)
	isClosed(t, err)
	_, err = best(slot.Get())
	isClosed(t, err)
}
