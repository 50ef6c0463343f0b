package duomo

/*
#include "shim.h"
*/
import "C"

import (
	"runtime"
	"strings"
	"unsafe"
)

// Features are what is known of users, items or pairs, a row each; at first nothing: an unset
// category counts as unknown, an unset set, text or history as empty, an unset number as the
// input's fallback. One call at a time. They keep their model open until they are closed.
//
// The Set methods set an input by its name for all rows and copy the values. Values that the
// vocabulary does not have count as unknown; neither that nor an unknown item in a history is an
// error, unless Strict asks for it. [Model.InputValues] lists the values that there are. A failed call
// leaves the earlier value.
type Features struct {
	handle
	count int
	scope Scope
}

// NewFeatures makes features of count users, items or pairs. Close them.
func (m *Model) NewFeatures(scope Scope, count int) (*Features, error) {
	if count < 0 {
		return nil, invalid("features of %d rows", count)
	}
	f := &Features{count: count, scope: scope}
	var object *C.duomo_features
	err := m.call(func(e *C.duomo_error) C.duomo_status {
		return C.duomo_features_create(&object, m.object, C.int32_t(scope), C.size_t(count), e)
	})
	if err != nil {
		return nil, err
	}
	own(f, &f.handle, unsafe.Pointer(object), releaseFeatures)
	return f, nil
}

func releaseFeatures(object unsafe.Pointer) { C.duomo_features_release((*C.duomo_features)(object)) }

// Close frees the values. It fails with ErrInUse while a call runs; the second Close does nothing.
func (f *Features) Close() error { return f.close() }

// Count is the number of rows.
func (f *Features) Count() int { return f.count }

// Scope is whom the features are about.
func (f *Features) Scope() Scope { return f.scope }

// c is NULL of nil.
func (f *Features) c() *C.duomo_features {
	if f == nil {
		return nil
	}
	return (*C.duomo_features)(f.object)
}

// Strict says whether the Set methods fail, from now on, with ErrNotFound for values of categories and
// sets, and items of histories, that the model does not know.
func (f *Features) Strict(strict bool) error {
	var on C.int32_t
	if strict {
		on = 1
	}
	return f.call(func(e *C.duomo_error) C.duomo_status {
		return C.duomo_features_set_strict(f.c(), on, e)
	})
}

// SetIntegers sets a category with range or integer keys.
func (f *Features) SetIntegers(input string, values []int64) error {
	return f.set(input, len(values), func(name *C.char, e *C.duomo_error) C.duomo_status {
		return C.duomo_features_set_integers(f.c(), name, integers(values), e)
	})
}

// SetNumbers sets a number; NaN is the input's fallback.
func (f *Features) SetNumbers(input string, values []float32) error {
	return f.set(input, len(values), func(name *C.char, e *C.duomo_error) C.duomo_status {
		return C.duomo_features_set_numbers(f.c(), name, floats(values), e)
	})
}

// SetStrings sets a category with string keys, or a text.
func (f *Features) SetStrings(input string, values []string) error {
	list, err := newStringList(values)
	if err != nil {
		return err
	}
	defer list.free()
	return f.setStrings(input, list)
}

// SetOptionalStrings is SetStrings where nil leaves a row unset.
func (f *Features) SetOptionalStrings(input string, values []*string) error {
	plain := make([]string, len(values))
	for i, v := range values {
		if v != nil {
			plain[i] = *v
		}
	}
	list, err := newStringList(plain)
	if err != nil {
		return err
	}
	defer list.free()
	for i, v := range values {
		if v == nil {
			list.pointers()[i] = nil
		}
	}
	return f.setStrings(input, list)
}

func (f *Features) setStrings(input string, list stringList) error {
	return f.set(input, list.count, func(name *C.char, e *C.duomo_error) C.duomo_status {
		return C.duomo_features_set_strings(f.c(), name, list.memory, e)
	})
}

// SetIntegerLists sets a set with range or integer keys, or a history of item ids, oldest first.
func (f *Features) SetIntegerLists(input string, values Lists[int64]) error {
	if err := values.check(input, f.count); err != nil {
		return err
	}
	return f.set(input, f.count, func(name *C.char, e *C.duomo_error) C.duomo_status {
		return C.duomo_features_set_integer_lists(f.c(), name, sizesOf(values.Offsets),
			integers(values.Values), e)
	})
}

// SetStringLists sets a set with string keys.
func (f *Features) SetStringLists(input string, values Lists[string]) error {
	if err := values.check(input, f.count); err != nil {
		return err
	}
	list, err := newStringList(values.Values)
	if err != nil {
		return err
	}
	defer list.free()
	return f.set(input, f.count, func(name *C.char, e *C.duomo_error) C.duomo_status {
		return C.duomo_features_set_string_lists(f.c(), name, sizesOf(values.Offsets), list.memory, e)
	})
}

func (f *Features) set(input string, n int,
	call func(*C.char, *C.duomo_error) C.duomo_status) error {
	if n != f.count {
		return invalid("%s: %d values for %d rows", input, n, f.count)
	}
	name, err := terminated(input)
	if err != nil {
		return err
	}
	return f.call(func(e *C.duomo_error) C.duomo_status { return call(name, e) })
}

func (f *Features) call(call func(*C.duomo_error) C.duomo_status) error {
	if err := f.enter(); err != nil {
		return err
	}
	defer f.leave()
	e := newError()
	if s := call(&e); s != C.DUOMO_OK {
		return failure(s, &e)
	}
	runtime.KeepAlive(f)
	return nil
}

// Lists are lists of values laid end to end: list i is Values[Offsets[i]:Offsets[i+1]]. Offsets
// ascend from 0 to len(Values) and are one more than the lists.
type Lists[T any] struct {
	Offsets []int // list i is Values[Offsets[i]:Offsets[i+1]]
	Values  []T   // the lists' values, one list after the other
}

// ListsOf lays lists end to end.
func ListsOf[T any](lists ...[]T) Lists[T] {
	out := Lists[T]{Offsets: make([]int, 1, len(lists)+1)}
	for _, list := range lists {
		out.Values = append(out.Values, list...)
		out.Offsets = append(out.Offsets, len(out.Values))
	}
	return out
}

// Len is the number of lists.
func (l Lists[T]) Len() int { return max(0, len(l.Offsets)-1) }

func (l Lists[T]) given() bool { return l.Offsets != nil || l.Values != nil }

// check keeps the library inside of Values; that offsets ascend it checks itself.
func (l Lists[T]) check(name string, n int) error {
	switch {
	case len(l.Offsets) != n+1:
		return invalid("%s: %d offsets for %d lists; there must be one more than lists", name,
			len(l.Offsets), n)
	case l.Offsets[0] != 0 || l.Offsets[n] != len(l.Values):
		return invalid("%s: offsets go from %d to %d, must go from 0 to the %d values", name,
			l.Offsets[0], l.Offsets[n], len(l.Values))
	}
	return nil
}

// terminated copies s, with the NUL that C wants.
func terminated(s string) (*C.char, error) {
	if strings.IndexByte(s, 0) >= 0 {
		return nil, invalid("%q has a NUL byte", s)
	}
	return (*C.char)(unsafe.Pointer(unsafe.SliceData(append([]byte(s), 0)))), nil
}

// A stringList is an array of C's strings, in one piece of C's memory.
type stringList struct {
	memory **C.char
	count  int
}

func newStringList(values []string) (stringList, error) {
	const word = int(unsafe.Sizeof(uintptr(0)))
	size := word * len(values)
	for i, v := range values {
		if strings.IndexByte(v, 0) >= 0 {
			return stringList{}, invalid("values[%d], %q, has a NUL byte", i, v)
		}
		size += len(v) + 1
	}
	memory := C.malloc(C.size_t(max(size, 1)))
	bytes := unsafe.Slice((*byte)(memory), size)
	list := stringList{(**C.char)(memory), len(values)}
	pointers, at := list.pointers(), word*len(values)
	for i, v := range values {
		pointers[i] = (*C.char)(unsafe.Pointer(&bytes[at]))
		at += copy(bytes[at:], v)
		bytes[at] = 0
		at++
	}
	return list, nil
}

func (l stringList) pointers() []*C.char { return unsafe.Slice(l.memory, l.count) }

func (l stringList) free() { C.free(unsafe.Pointer(l.memory)) }
