// A small recommender behind HTTP: what it answers is in bindings/service/README.md.
//
//	service FILE PORT
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"duomo.dev/duomo"
)

type service struct {
	slot                                 duomo.Slot
	requests, errors, swaps, nanoseconds atomic.Int64
}

// A handler answers from one model, whatever is swapped meanwhile.
type handler func(model *duomo.Model, r *http.Request) (any, error)

type answer struct {
	Model      string          `json:"model"`
	Prediction *float32        `json:"prediction,omitempty"`
	Hits       json.RawMessage `json:"hits,omitempty"`
}

func number(query url.Values, name string, otherwise int64) (int64, error) {
	if !query.Has(name) && otherwise >= 0 {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(query.Get(name), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: an integer is needed, not %q", name, query.Get(name))
	}
	return n, nil
}

func found(model *duomo.Model, search func(duomo.TopKRequest) (*duomo.TopKResult, error),
	request duomo.TopKRequest, r *http.Request) (any, error) {
	k, err := number(r.URL.Query(), "k", 10)
	if err != nil {
		return nil, err
	}
	request.K, request.WithTitles = int(k), model.Info().HasTitles
	result, err := search(request)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(result)
	if err != nil {
		return nil, err
	}
	var queries []json.RawMessage
	err = json.Unmarshal(text, &queries)
	return answer{Hits: queries[0]}, err
}

func recommend(model *duomo.Model, r *http.Request) (any, error) {
	user, err := number(r.URL.Query(), "user", -1)
	if err != nil {
		return nil, err
	}
	seen := r.URL.Query().Get("exclude_seen") == "1"
	return found(model, model.TopK, duomo.TopKRequest{IDs: []int64{user}, ExcludeSeen: seen}, r)
}

func similar(model *duomo.Model, r *http.Request) (any, error) {
	item, err := number(r.URL.Query(), "item", -1)
	if err != nil {
		return nil, err
	}
	return found(model, model.Similar, duomo.TopKRequest{IDs: []int64{item}}, r)
}

func predict(model *duomo.Model, r *http.Request) (any, error) {
	user, userErr := number(r.URL.Query(), "user", -1)
	item, itemErr := number(r.URL.Query(), "item", -1)
	if err := errors.Join(userErr, itemErr); err != nil {
		return nil, err
	}
	prediction, err := model.Predict(user, item)
	return answer{Prediction: &prediction}, err
}

func newcomer(model *duomo.Model, r *http.Request) (any, error) {
	var known map[string]any
	if err := json.NewDecoder(r.Body).Decode(&known); err != nil {
		return nil, err
	}
	user, err := model.NewFeatures(duomo.User, 1)
	if err != nil {
		return nil, err
	}
	defer user.Close()
	for name, value := range known {
		switch value := value.(type) {
		case string:
			err = user.SetStrings(name, []string{value})
		case float64:
			err = user.SetIntegers(name, []int64{int64(value)})
		default:
			err = fmt.Errorf("%s: a text or a number is needed, not %v", name, value)
		}
		if err != nil {
			return nil, err
		}
	}
	return found(model, model.TopK, duomo.TopKRequest{Features: user}, r)
}

func (s *service) swap(_ *duomo.Model, r *http.Request) (any, error) {
	var body struct{ File string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, err
	}
	next, err := duomo.Open(body.File)
	if err != nil {
		return nil, err
	}
	s.swaps.Add(1)
	name := nameOf(next)
	return answer{Model: name}, s.slot.Set(next)
}

func nameOf(model *duomo.Model) string { return fmt.Sprintf("%016x", model.Info().Fingerprint) }

func (s *service) answers(handle handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		model := s.slot.Get() // a reference of this request's own
		defer model.Close()
		value, err := handle(model, r)
		status := http.StatusOK
		switch {
		case err == nil:
			if a := value.(answer); a.Model == "" {
				a.Model = nameOf(model)
				value = a
			}
		case errors.Is(err, duomo.ErrNotFound), errors.Is(err, fs.ErrNotExist):
			status = http.StatusNotFound
		default:
			status = http.StatusBadRequest
		}
		if err != nil {
			s.errors.Add(1)
			value = map[string]string{"error": err.Error()}
		}
		s.requests.Add(1)
		s.nanoseconds.Add(int64(time.Since(begin)))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(value) //nolint:errcheck // the client has gone
	}
}

func (s *service) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	fmt.Fprintf(w, "duomo_requests_total %d\nduomo_errors_total %d\nduomo_swaps_total %d\nduomo_seconds_total %g\n",
		s.requests.Load(), s.errors.Load(), s.swaps.Load(), float64(s.nanoseconds.Load())/1e9)
}

func nothing(*duomo.Model, *http.Request) (any, error) {
	return nil, errors.New("there is no such page")
}

func main() {
	model, err := duomo.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var s service
	if err := s.slot.Set(model); err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	for path, handle := range map[string]handler{
		"GET /recommend": recommend, "GET /similar": similar, "GET /predict": predict,
		"POST /newcomer": newcomer, "POST /swap": s.swap, "/": nothing,
	} {
		mux.HandleFunc(path, s.answers(handle))
	}
	mux.HandleFunc("GET /metrics", s.metrics)
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	log.Fatal(http.Serve(listener, mux))
}
