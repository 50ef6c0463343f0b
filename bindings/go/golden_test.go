package duomo_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"duomo.dev/duomo"
)

type vectorCase struct {
	Model, Call  string
	Users, Items []int64
	IDs          json.RawMessage
	Predictions  []string
	Vectors      []string
	K            int
	Exclude      [][]int64
	Scores       [][]string
}

func bits(values []float32) []string {
	out := []string{}
	for _, v := range values {
		out = append(out, fmt.Sprintf("%08x", math.Float32bits(v)))
	}
	return out
}

func same(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// The vectors that every binding shares: identical bits.
func TestGoldenVectors(t *testing.T) {
	versions := must2(filepath.Glob(filepath.Join(golden, "v[0-9]*")))(t)
	if len(versions) < 2 {
		t.Fatalf("only %v in %s", versions, golden)
	}
	for _, folder := range versions {
		var file struct{ Cases []vectorCase }
		ok(t, json.Unmarshal(must2(os.ReadFile(filepath.Join(folder, "vectors.json")))(t), &file))
		if len(file.Cases) < 7 {
			t.Fatalf("only %d cases", len(file.Cases))
		}
		for i, one := range file.Cases {
			name := fmt.Sprintf("%s/%d/%s/%s", filepath.Base(folder), i, one.Model, one.Call)
			t.Run(name, func(t *testing.T) {
				m := must2(duomo.Open(filepath.Join(folder, "good", one.Model)))(t)
				defer m.Close()
				checkVectors(t, newContext(t, m), m.Info().VectorWidth, one)
			})
		}
	}
}

func checkVectors(t *testing.T, c *duomo.Context, width int, one vectorCase) {
	switch one.Call {
	case "predict":
		out := make([]float32, len(one.Users))
		ok(t, c.PredictPairs(out, one.Users, one.Items))
		same(t, bits(out), one.Predictions)
		for i := range out {
			p := must2(c.Predict(one.Users[i], one.Items[i]))(t)
			same(t, bits([]float32{p}), one.Predictions[i:i+1])
		}
	case "encode_users", "encode_items":
		var ids []int64
		ok(t, json.Unmarshal(one.IDs, &ids))
		out := make([]float32, len(ids)*width)
		if one.Call == "encode_users" {
			ok(t, c.EncodeUsers(out, ids))
		} else {
			ok(t, c.EncodeItems(out, ids))
		}
		same(t, bits(out), one.Vectors)
	case "topk", "similar":
		var ids [][]int64
		ok(t, json.Unmarshal(one.IDs, &ids))
		request := duomo.TopKRequest{K: one.K, ExcludeEach: duomo.ListsOf(one.Exclude...)}
		var result *duomo.TopKResult
		if one.Call == "topk" {
			request.IDs = one.Users
			result = must2(c.TopK(request))(t)
		} else {
			request.IDs = one.Items
			result = must2(c.Similar(request))(t)
		}
		same(t, result.Len(), len(ids))
		for q := range result.Len() {
			same(t, result.IDs(q), ids[q])
			same(t, bits(result.Scores(q)), one.Scores[q])
		}
	default:
		t.Fatalf("unknown call %s", one.Call)
	}
}

// What opening a bad file must say, by file; every other one is corrupt.
func TestGoldenBad(t *testing.T) {
	files := must2(filepath.Glob(filepath.Join(golden, "v[0-9]*", "bad", "*.duomo")))(t)
	if len(files) < 26 {
		t.Fatalf("only %d bad files", len(files))
	}
	for _, file := range files {
		want := duomo.ErrCorrupt
		if filepath.Base(file) == "newer.duomo" {
			want = duomo.ErrUnsupportedVersion
		}
		_, err := duomo.Open(file, duomo.Verify())
		fails(t, want, "", err)
		_, err = duomo.OpenBuffer(must2(os.ReadFile(file))(t), duomo.Verify())
		fails(t, want, "", err)
	}
}
