// What cost.c does, in Go: with a Context; with the argument "model" with a Model's own methods.
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	"duomo.dev/duomo"
)

const (
	pairs       = 4096
	calls       = 10000
	repetitions = 40
)

type predictor interface {
	Predict(user, item int64) (float32, error)
	PredictPairs(out []float32, users, items []int64) error
	TopKInto(result *duomo.TopKResult, request duomo.TopKRequest) error
}

func least(repetitions, n int, run func()) float64 {
	best := 1e18
	for range repetitions {
		begin := time.Now()
		run()
		best = min(best, float64(time.Since(begin).Nanoseconds())/float64(n))
	}
	return best
}

func main() {
	model, err := duomo.Open(os.Args[1])
	check(err)
	context, err := model.NewContext()
	check(err)
	var p predictor = context
	if len(os.Args) > 2 {
		p = model
	}
	users, items, out := make([]int64, pairs), make([]int64, pairs), make([]float32, pairs)
	for i := range users {
		users[i], items[i] = int64(i%12+1), int64(1000+3*(i%40))
	}
	one := least(repetitions, calls, func() {
		for i := range calls {
			out[0], err = p.Predict(users[i%64], items[i%64])
			check(err)
		}
	})
	batch := least(5*repetitions, pairs, func() { check(p.PredictPairs(out, users, items)) })
	var result duomo.TopKResult
	request := duomo.TopKRequest{IDs: users, K: 10}
	top := least(repetitions, pairs, func() { check(p.TopKInto(&result, request)) })
	fmt.Printf("%.2f %.3f %.2f\n", one, batch, top)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
