package duomo_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"testing"

	"duomo.dev/duomo"
)

func TestAcquire(t *testing.T) {
	m := must2(duomo.Open("shop.duomo"))(t)
	want := must2(m.Predict(3, 1006))(t)
	c := must2(m.Acquire())(t)
	ok(t, m.Close())
	if got := must2(c.Predict(3, 1006))(t); got != want {
		t.Fatal(got, want)
	}
	ok(t, m.Release(c))
	fails(t, duomo.ErrInvalidArgument, "given back before", m.Release(c))
	ok(t, m.Release(nil))
	if _, err := m.Acquire(); !errors.Is(err, duomo.ErrClosed) {
		t.Fatal(err)
	}
}

func TestReleaseRefusesOthers(t *testing.T) {
	m, other := open(t, "shop"), open(t, "player")
	c := must2(m.Acquire())(t)
	fails(t, duomo.ErrInvalidArgument, "not from Acquire", other.Release(c))
	own := newContext(t, m)
	fails(t, duomo.ErrInvalidArgument, "not from Acquire", m.Release(own))
	ok(t, c.Close())
	ok(t, m.Release(c)) // closed, so it is gone, and no later call gets it
	for range 3 {
		must2(m.Predict(3, 1006))(t)
	}
}

func TestJSON(t *testing.T) {
	shop, club := open(t, "shop"), open(t, "club")
	found := must2(shop.TopK(duomo.TopKRequest{IDs: []int64{1, 2}, K: 2}))(t)
	text := string(must2(json.Marshal(found))(t))
	var read [][]struct {
		ID    int64
		Score float32
	}
	ok(t, json.Unmarshal([]byte(text), &read))
	for query := range read {
		for i, hit := range read[query] {
			if hit.ID != found.IDs(query)[i] || hit.Score != found.Scores(query)[i] {
				t.Fatal(text)
			}
		}
	}
	if len(read) != 2 || len(read[1]) != 2 {
		t.Fatal(text)
	}
	named := must2(club.TopK(duomo.TopKRequest{Keys: []string{"member-8"}, K: 1, WithKeys: true, WithTitles: true}))(t)
	var texts [][]struct{ ID, Key, Title string }
	ok(t, json.Unmarshal(must2(json.Marshal(named))(t), &texts))
	hit := texts[0][0]
	if hit.Key != named.Keys(0)[0] || hit.Title != named.Titles(0)[0] || len(hit.ID) < 16 {
		t.Fatal(hit)
	}
	if empty := string(must2(json.Marshal(&duomo.TopKResult{}))(t)); empty != "[]" {
		t.Fatal(empty)
	}
}

func TestErrorsOfTheSystem(t *testing.T) {
	_, err := duomo.Open("nowhere.duomo")
	if !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, duomo.ErrIO) {
		t.Fatal(err)
	}
	_, err = duomo.Open("corrupt.duomo")
	if errors.Is(err, fs.ErrNotExist) || !errors.Is(err, duomo.ErrCorrupt) {
		t.Fatal(err)
	}
}
