package duomo

/*
#include "shim.h"
*/
import "C"

import "unsafe"

// Mode is how a filter's values must meet an item's.
type Mode int32

const (
	Any  Mode = C.DUOMO_ANY  // at least one of the values
	All  Mode = C.DUOMO_ALL  // every one of the values
	None Mode = C.DUOMO_NONE // not one of the values
	// Range is for attributes of numbers, integers and times, between Minimum and Maximum.
	Range Mode = C.DUOMO_RANGE
)

// Filter is a condition on an attribute or input of items; in a search of users, on an input of users. It has
// one of two forms:
//   - A list of values, for categories and sets: an item passes if it has at least one of the values ([Any]),
//     all of them ([All]) or none of them ([None]). If the list is empty, no item passes Any, and every item
//     passes All and None.
//   - A range of numbers ([Range]), for numbers, integers and times. An item without a number passes no range.
//
// If an attribute and an input have the same name, the filter is on the attribute.
type Filter struct {
	Input        string   // the name of the attribute or input
	Mode         Mode     // what the values or the range must be to the item
	Strings      []string // values where the keys are strings
	Integers     []int64  // values where the keys are integers
	Minimum      float64  // of a Range; math.Inf(-1): no lower bound
	Maximum      float64  // of a Range; math.Inf(1): no upper bound
	AboveMinimum bool     // Minimum itself does not count
	BelowMaximum bool     // Maximum itself does not count
	// Strict makes a value that the attribute or input does not have an ErrNotFound. Otherwise no item
	// has it.
	Strict bool
}

// Limit lets at most so many results of a query share a value of an attribute, category or set: two of
// an artist, three of a genre. Items without a value are not limited.
type Limit struct {
	Input  string // the name of the attribute or input
	AtMost int    // results that may share a value; at least 1
}

// cMemory is C's, freed together.
type cMemory struct{ pieces []unsafe.Pointer }

func (m *cMemory) free() {
	for _, piece := range m.pieces {
		C.free(piece)
	}
}

func (m *cMemory) allocate(size int) unsafe.Pointer {
	piece := C.malloc(C.size_t(max(size, 1)))
	m.pieces = append(m.pieces, piece)
	return piece
}

func (m *cMemory) strings(values []string) (**C.char, error) {
	list, err := newStringList(values)
	if err != nil {
		return nil, err
	}
	m.pieces = append(m.pieces, unsafe.Pointer(list.memory))
	return list.memory, nil
}

func (m *cMemory) text(value string) (*C.char, error) {
	one, err := m.strings([]string{value})
	if err != nil {
		return nil, err
	}
	return *one, nil
}

func (m *cMemory) filters(filters []Filter) (*C.duomo_filter, error) {
	const size = int(unsafe.Sizeof(C.duomo_filter{}))
	memory := (*C.duomo_filter)(m.allocate(size * len(filters)))
	out := unsafe.Slice(memory, len(filters))
	for i, f := range filters {
		if f.Strings != nil && f.Integers != nil {
			return nil, invalid("Filters[%d]: give Strings or Integers, not both", i)
		}
		input, err := m.text(f.Input)
		if err != nil {
			return nil, err
		}
		out[i] = C.duomo_filter{struct_size: C.uint32_t(size), mode: C.int32_t(f.Mode), input: input,
			minimum: C.double(f.Minimum), maximum: C.double(f.Maximum)}
		for flag, on := range map[C.uint32_t]bool{C.DUOMO_ABOVE_MINIMUM: f.AboveMinimum,
			C.DUOMO_BELOW_MAXIMUM: f.BelowMaximum, C.DUOMO_STRICT_VALUES: f.Strict} {
			if on {
				out[i].flags |= flag
			}
		}
		if f.Strings != nil {
			if out[i].strings, err = m.strings(f.Strings); err != nil {
				return nil, err
			}
			out[i].value_count = C.size_t(len(f.Strings))
		} else if len(f.Integers) > 0 {
			values := (*C.int64_t)(m.allocate(8 * len(f.Integers)))
			for j, v := range f.Integers {
				unsafe.Slice(values, len(f.Integers))[j] = C.int64_t(v)
			}
			out[i].integers, out[i].value_count = values, C.size_t(len(f.Integers))
		}
	}
	return memory, nil
}

func (m *cMemory) limits(limits []Limit) (*C.duomo_limit, error) {
	const size = int(unsafe.Sizeof(C.duomo_limit{}))
	memory := (*C.duomo_limit)(m.allocate(size * len(limits)))
	for i, limit := range limits {
		if limit.AtMost < 1 {
			return nil, invalid("Limits[%d]: AtMost is %d, must be at least 1", i, limit.AtMost)
		}
		input, err := m.text(limit.Input)
		if err != nil {
			return nil, err
		}
		unsafe.Slice(memory, len(limits))[i] = C.duomo_limit{struct_size: C.uint32_t(size),
			at_most: C.uint32_t(limit.AtMost), input: input}
	}
	return memory, nil
}
