package duomo

/*
#include "shim.h"
*/
import "C"

import "unsafe"

// How requests are checked, and put together for C.

// check is of what must go together, for count queries.
func (r *TopKRequest) check(count int) error {
	for _, lists := range []struct {
		name string
		ids  Lists[int64]
		keys Lists[string]
	}{{"Histories", r.Histories, r.HistoryKeys}, {"ExcludeEach", r.ExcludeEach, r.ExcludeKeysEach}} {
		if lists.ids.given() && lists.keys.given() {
			return invalid("%s: give ids or keys, not both", lists.name)
		}
		if lists.ids.given() {
			if err := lists.ids.check(lists.name, count); err != nil {
				return err
			}
		}
		if lists.keys.given() {
			if err := lists.keys.check(lists.name, count); err != nil {
				return err
			}
		}
	}
	switch {
	case r.Exclude != nil && r.ExcludeKeys != nil:
		return invalid("Exclude and ExcludeKeys: give one of them")
	case r.Allow != nil && r.AllowKeys != nil:
		return invalid("Allow and AllowKeys: give one of them")
	case r.HistoryWeights != nil && len(r.HistoryWeights) != len(r.Histories.Values)+len(r.HistoryKeys.Values):
		return invalid("HistoryWeights: %d for %d items of histories", len(r.HistoryWeights),
			len(r.Histories.Values)+len(r.HistoryKeys.Values))
	case r.AllowSets != nil && len(r.AllowSets) != count:
		return invalid("AllowSets: %d for %d queries", len(r.AllowSets), count)
	case r.KEach != nil && len(r.KEach) != count:
		return invalid("KEach: %d for %d queries", len(r.KEach), count)
	}
	return nil
}

// known is what lies in C's memory, or is no pointer.
func (r *TopKRequest) known(m *cMemory) (C.duomo_topk_request, error) {
	out := C.duomo_topk_request{struct_size: C.uint32_t(unsafe.Sizeof(C.duomo_topk_request{}))}
	out.shared_exclude_count = C.size_t(len(r.Exclude) + len(r.ExcludeKeys))
	out.allow_count = C.size_t(len(r.Allow) + len(r.AllowKeys))
	out.probes = C.size_t(r.Probes)
	if r.ExcludeSeen {
		out.flags |= C.DUOMO_EXCLUDE_SEEN
	}
	if r.Allow != nil || r.AllowKeys != nil {
		out.flags |= C.DUOMO_ALLOW_LISTED
	}
	if r.MinimumScore != nil {
		out.flags |= C.DUOMO_MINIMUM_SCORE
		out.minimum_score = C.float(*r.MinimumScore)
	}
	if r.Approximate {
		out.flags |= C.DUOMO_APPROXIMATE
	}
	var err error
	strings := func(to ***C.char, keys []string) {
		if keys != nil && err == nil {
			*to, err = m.strings(keys)
		}
	}
	strings(&out.keys, r.Keys)
	strings(&out.history_keys, r.HistoryKeys.Values)
	strings(&out.shared_exclude_keys, r.ExcludeKeys)
	strings(&out.exclude_keys, r.ExcludeKeysEach.Values)
	strings(&out.allow_keys, r.AllowKeys)
	if err == nil && len(r.Filters) > 0 {
		out.filter_count = C.size_t(len(r.Filters))
		out.filters, err = m.filters(r.Filters)
	}
	if err == nil && len(r.Limits) > 0 {
		out.limit_count = C.size_t(len(r.Limits))
		out.limits, err = m.limits(r.Limits)
	}
	return out, err
}

func (r *TopKRequest) historyOffsets() []int {
	if r.HistoryKeys.given() {
		return r.HistoryKeys.Offsets
	}
	return r.Histories.Offsets
}

func (r *TopKRequest) excludeOffsets() []int {
	if r.ExcludeKeysEach.given() {
		return r.ExcludeKeysEach.Offsets
	}
	return r.ExcludeEach.Offsets
}

func (r *TopKRequest) eachK(most int) []int {
	if r.KEach == nil {
		return nil
	}
	out := make([]int, len(r.KEach))
	for i, k := range r.KEach {
		out[i] = min(k, max(most, 1))
	}
	return out
}

// beginSets holds the sets until endSets, and returns those of the queries.
func (r *TopKRequest) beginSets(known *C.duomo_topk_request) (**C.duomo_item_set, error) {
	set, err := r.AllowSet.begin()
	if err != nil {
		return nil, err
	}
	known.allow_set = set
	if r.AllowSets == nil {
		return nil, nil
	}
	sets := make([]*C.duomo_item_set, len(r.AllowSets))
	for i, each := range r.AllowSets {
		if sets[i], err = each.begin(); err != nil {
			for _, held := range r.AllowSets[:i] {
				held.end()
			}
			r.AllowSet.end()
			return nil, err
		}
	}
	return unsafe.SliceData(sets), nil
}

func (r *TopKRequest) endSets() {
	r.AllowSet.end()
	for _, each := range r.AllowSets {
		each.end()
	}
}
