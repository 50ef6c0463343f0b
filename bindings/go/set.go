package duomo

/*
#include "shim.h"
#cgo noescape duomo_item_set_contains
#cgo nocallback duomo_item_set_contains
*/
import "C"

import (
	"runtime"
	"sync"
	"unsafe"
)

// ItemSet is a set of a model's items, such as those in stock: made once and used by any number of
// calls and goroutines. Restricting a search to it costs the same whatever is in it. It keeps its model
// open until it is closed. Close may come at any time, and waits for calls that use the set.
type ItemSet struct {
	mu      sync.RWMutex // held for reading while the object is used
	object  *C.duomo_item_set
	cleanup runtime.Cleanup
}

// NewItemSet is the set of these items. Unknown ones are left out. Close it.
func (m *Model) NewItemSet(ids ...int64) (*ItemSet, error) {
	return m.newSet(func(set **C.duomo_item_set, e *C.duomo_error) C.duomo_status {
		none := [1]int64{} // for NULL would say that keys are given
		if len(ids) == 0 {
			return C.duomo_item_set_from_ids(set, m.object, integers(none[:]), nil, 0, e)
		}
		return C.duomo_item_set_from_ids(set, m.object, integers(ids), nil, C.size_t(len(ids)), e)
	})
}

// NewItemSetOfKeys is the set of the items with these string keys. Unknown ones are left out. Close it.
func (m *Model) NewItemSetOfKeys(keys ...string) (*ItemSet, error) {
	list, err := newStringList(keys)
	if err != nil {
		return nil, err
	}
	defer list.free()
	return m.newSet(func(set **C.duomo_item_set, e *C.duomo_error) C.duomo_status {
		return C.duomo_item_set_from_ids(set, m.object, nil, list.memory, C.size_t(list.count), e)
	})
}

// NewItemSetWhere is the set of the items for which all filters hold; without filters, of all items.
// Close it.
func (m *Model) NewItemSetWhere(filters ...Filter) (*ItemSet, error) {
	var memory cMemory
	defer memory.free()
	list, err := memory.filters(filters)
	if err != nil {
		return nil, err
	}
	return m.newSet(func(set **C.duomo_item_set, e *C.duomo_error) C.duomo_status {
		return C.duomo_item_set_from_filters(set, m.object, list, C.size_t(len(filters)), e)
	})
}

func (m *Model) newSet(
	make func(**C.duomo_item_set, *C.duomo_error) C.duomo_status) (set *ItemSet, err error) {
	var object *C.duomo_item_set
	err = m.call(func(e *C.duomo_error) C.duomo_status { return make(&object, e) })
	if err != nil {
		return nil, err
	}
	return ownSet(object), nil
}

func ownSet(object *C.duomo_item_set) *ItemSet {
	set := &ItemSet{object: object}
	set.cleanup = runtime.AddCleanup(set, releaseSet, unsafe.Pointer(object))
	return set
}

func releaseSet(object unsafe.Pointer) { C.duomo_item_set_release((*C.duomo_item_set)(object)) }

// Close frees the set. The second Close does nothing. The error is always nil.
func (s *ItemSet) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.object != nil {
		s.cleanup.Stop()
		C.duomo_item_set_release(s.object)
		s.object = nil
	}
	return nil
}

// begin is the object, until end; of nil it is NULL.
func (s *ItemSet) begin() (*C.duomo_item_set, error) {
	if s == nil {
		return nil, nil
	}
	s.mu.RLock()
	if s.object == nil {
		s.mu.RUnlock()
		return nil, ErrClosed
	}
	return s.object, nil
}

func (s *ItemSet) end() {
	if s != nil {
		s.mu.RUnlock()
	}
}

// And is what is in both.
func (s *ItemSet) And(other *ItemSet) (*ItemSet, error) { return combine(C.DUOMO_ALL, s, other) }

// Or is what is in either.
func (s *ItemSet) Or(other *ItemSet) (*ItemSet, error) { return combine(C.DUOMO_ANY, s, other) }

// Not is all items of the model that are not in this set.
func (s *ItemSet) Not() (*ItemSet, error) { return combine(C.DUOMO_NONE, s) }

func combine(mode C.int32_t, sets ...*ItemSet) (*ItemSet, error) {
	objects := make([]*C.duomo_item_set, len(sets))
	for i, set := range sets {
		if set == nil {
			return nil, invalid("the other set is nil")
		}
		object, err := set.begin()
		if err != nil {
			return nil, err
		}
		defer set.end()
		objects[i] = object
	}
	var out *C.duomo_item_set
	e := newError()
	if s := C.duomo_item_set_combine(&out, mode, unsafe.SliceData(objects), C.size_t(len(sets)),
		&e); s != C.DUOMO_OK {
		return nil, failure(s, &e)
	}
	return ownSet(out), nil
}

// Len is how many items it has; 0 after Close.
func (s *ItemSet) Len() int {
	object, err := s.begin()
	if err != nil {
		return 0
	}
	defer s.end()
	return int(C.duomo_item_set_count(object))
}

// Contains says whether it has the item; after Close it has none.
func (s *ItemSet) Contains(item int64) bool {
	object, err := s.begin()
	if err != nil {
		return false
	}
	defer s.end()
	return C.duomo_item_set_contains(object, C.int64_t(item)) != 0
}
