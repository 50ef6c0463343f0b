package duomo

import (
	"encoding/json"
	"fmt"
)

// What JSON has of a result: the key and title where the request asked for them.
type hit struct {
	ID    jsonID  `json:"id"`
	Score float32 `json:"score"`
	Key   *string `json:"key,omitempty"`
	Title *string `json:"title,omitempty"`
}

// An id as a number, or as a text where readers that keep numbers as doubles would change it; so do
// the programs of Duomo.
type jsonID int64

const mostExact = 1 << 53

func (id jsonID) MarshalJSON() ([]byte, error) {
	if id > mostExact || id < -mostExact {
		return fmt.Appendf(nil, "%q", fmt.Sprint(int64(id))), nil
	}
	return fmt.Append(nil, int64(id)), nil
}

// MarshalJSON writes a list for each query, best first, of objects with id, score and, where the
// request asked WithKeys and WithTitles, key and title. Ids beyond 2^53 are texts.
func (r *TopKResult) MarshalJSON() ([]byte, error) {
	queries := make([][]hit, r.Len())
	for query := range queries {
		ids, scores := r.IDs(query), r.Scores(query)
		hits := make([]hit, len(ids))
		for i, id := range ids {
			hits[i] = hit{ID: jsonID(id), Score: scores[i]}
			if r.keysOf != nil {
				hits[i].Key = &r.keysOf[query][i]
			}
			if r.titlesOf != nil {
				hits[i].Title = &r.titlesOf[query][i]
			}
		}
		queries[query] = hits
	}
	return json.Marshal(queries)
}
