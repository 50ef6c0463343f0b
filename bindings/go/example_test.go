package duomo_test

import (
	"errors"
	"fmt"
	"log"

	"duomo.dev/duomo"
)

func Example() {
	model, err := duomo.Open("shop.duomo")
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()

	score, err := model.Predict(3, 1006)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("user 3, item 1006: %.2f %s\n", score, model.Info().Unit)

	best, err := model.TopK(duomo.TopKRequest{IDs: []int64{3}, K: 2, ExcludeSeen: true})
	if err != nil {
		log.Fatal(err)
	}
	for id, score := range best.All(0) {
		title, err := model.ItemTitle(id)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.2f  %s\n", score, title)
	}
	// Output:
	// user 3, item 1006: 3.13 stars
	// 3.93  Große Lampe 39
	// 3.92  Große Lampe 15
}

// A user that the file has never seen, from raw features.
func ExampleModel_NewFeatures() {
	model, err := duomo.Open("shop.duomo")
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	user, err := model.NewFeatures(duomo.User, 1)
	if err != nil {
		log.Fatal(err)
	}
	defer user.Close()
	if err := errors.Join(
		user.SetStrings("plan", []string{"paid"}),
		user.SetIntegers("age", []int64{20}),
	); err != nil {
		log.Fatal(err)
	}
	best, err := model.TopK(duomo.TopKRequest{Features: user, K: 3})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(best.IDs(0))
	// Output:
	// [1024 1015 1060]
}

func ExampleModel_Similar() {
	model, err := duomo.Open("shop.duomo")
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	like, err := model.Similar(duomo.TopKRequest{
		IDs:     []int64{1006},
		K:       3,
		Filters: []duomo.Filter{{Input: "tags", Mode: duomo.Any, Strings: []string{"red", "blue"}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(like.IDs(0))
	// Output:
	// [1114 1051 1042]
}

func ExampleStatus() {
	model, err := duomo.Open("shop.duomo")
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	_, err = model.Predict(99, 1006)
	fmt.Println(errors.Is(err, duomo.ErrNotFound))
	fmt.Println(err)
	// Output:
	// true
	// duomo: user_ids[0]: the model has no user 99
}
