package duomo_test

import (
	"testing"

	"duomo.dev/duomo"
)

func TestAllocations(t *testing.T) {
	m := open(t, "shop")
	c := newContext(t, m)
	users, items, out := []int64{1, 2}, []int64{1000, 1003}, make([]float32, 2)
	vectors := make([]float32, 40)
	var result duomo.TopKResult
	request := duomo.TopKRequest{IDs: users, ExcludeSeen: true}
	one := duomo.TopKRequest{IDs: users[:1], Exclude: items}
	for name, call := range map[string]func(){
		"Model.Predict":        func() { m.Predict(3, 1006) },
		"Context.Predict":      func() { c.Predict(3, 1006) },
		"Context.PredictPairs": func() { c.PredictPairs(out, users, items) },
		"Model.PredictPairs":   func() { m.PredictPairs(out, users, items) },
		"Context.EncodeUsers":  func() { c.EncodeUsers(vectors, users) },
		"Context.TopKInto":     func() { c.TopKInto(&result, request) },
		"with Exclude":         func() { c.TopKInto(&result, one) },
		"Model.ItemIDAt":       func() { m.ItemIDAt(1) },
	} {
		call()
		if n := testing.AllocsPerRun(200, call); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkModelPredict(b *testing.B) {
	m := open(b, "shop")
	b.ReportAllocs()
	for b.Loop() {
		m.Predict(3, 1006)
	}
}

func BenchmarkContextPredict(b *testing.B) {
	c := newContext(b, open(b, "shop"))
	b.ReportAllocs()
	for b.Loop() {
		c.Predict(3, 1006)
	}
}

func BenchmarkModelPredictParallel(b *testing.B) {
	m := open(b, "shop")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.Predict(3, 1006)
		}
	})
}

func BenchmarkPredictPairs4096(b *testing.B) {
	c := newContext(b, open(b, "shop"))
	users, items, out := make([]int64, 4096), make([]int64, 4096), make([]float32, 4096)
	for i := range users {
		users[i], items[i] = int64(i%12+1), int64(1000+3*(i%40))
	}
	b.ReportAllocs()
	for b.Loop() {
		c.PredictPairs(out, users, items)
	}
}

func BenchmarkTopK(b *testing.B) {
	c := newContext(b, open(b, "shop"))
	var result duomo.TopKResult
	request := duomo.TopKRequest{IDs: []int64{3}, ExcludeSeen: true}
	b.ReportAllocs()
	for b.Loop() {
		c.TopKInto(&result, request)
	}
}

func BenchmarkItemTitle(b *testing.B) {
	m := open(b, "shop")
	b.ReportAllocs()
	for b.Loop() {
		m.ItemTitle(1006)
	}
}
