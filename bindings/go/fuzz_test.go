package duomo_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"duomo.dev/duomo"
)

// Whatever the bytes, OpenBuffer gives a model that answers or a typed error. The seeds are the
// golden files, good and bad: plain `go test` runs them all.
func FuzzOpenBuffer(f *testing.F) {
	files := must2(filepath.Glob(filepath.Join(golden, "v[0-9]*", "*", "*.duomo")))(f)
	if len(files) < 30 {
		f.Fatalf("only %d seeds", len(files))
	}
	for _, file := range files {
		f.Add(must2(os.ReadFile(file))(f))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := duomo.OpenBuffer(data)
		if err != nil {
			var e *duomo.Error
			if !errors.As(err, &e) || e.Message == "" {
				t.Fatal(err)
			}
			return
		}
		defer m.Close()
		i := m.Info()
		if _, err := m.Inputs(); err != nil {
			t.Fatal(err)
		}
		for row := range min(i.UserCount, 4) {
			user, err := m.UserIDAt(row)
			if err != nil {
				continue
			}
			if result, err := m.TopK(duomo.TopKRequest{IDs: []int64{user}, K: 3}); err == nil {
				for id := range result.All(0) {
					m.ItemTitle(id)     //nolint:errcheck // must only not crash
					m.Predict(user, id) //nolint:errcheck
				}
			}
		}
	})
}
