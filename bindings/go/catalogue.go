package duomo

/*
#include "shim.h"
#cgo noescape duomo_item_id_at
#cgo nocallback duomo_item_id_at
#cgo noescape duomo_user_id_at
#cgo nocallback duomo_user_id_at
#cgo noescape duomo_item_id_of_key
#cgo nocallback duomo_item_id_of_key
#cgo noescape duomo_user_id_of_key
#cgo nocallback duomo_user_id_of_key
#cgo noescape duomo_item_key
#cgo nocallback duomo_item_key
#cgo noescape duomo_user_key
#cgo nocallback duomo_user_key
#cgo noescape duomo_item_title
#cgo nocallback duomo_item_title
#cgo noescape duomo_ids_of_keys
#cgo nocallback duomo_ids_of_keys
#cgo noescape duomo_keys_of_ids
#cgo nocallback duomo_keys_of_ids
#cgo noescape duomo_item_titles
#cgo nocallback duomo_item_titles
*/
import "C"

import (
	"strings"
	"unsafe"
)

// IDOfKey is the id of a string key, 0 or above: the same for every model, machine and release.
func IDOfKey(key string) (int64, error) {
	name, err := terminated(key)
	if err != nil {
		return 0, err
	}
	return int64(C.duomo_id_of_string(name)), nil
}

// ItemIDAt is the id of the item at row 0 … ItemCount-1, in the order of the file.
func (m *Model) ItemIDAt(row int) (id int64, err error) {
	err = m.call(func(e *C.duomo_error) C.duomo_status {
		return C.duomo_item_id_at((*C.int64_t)(&id), m.object, C.uint64_t(row), e)
	})
	return id, err
}

// UserIDAt is the id of the user at row 0 … UserCount-1, in the order of the file.
func (m *Model) UserIDAt(row int) (id int64, err error) {
	err = m.call(func(e *C.duomo_error) C.duomo_status {
		return C.duomo_user_id_at((*C.int64_t)(&id), m.object, C.uint64_t(row), e)
	})
	return id, err
}

// ItemIDOfKey is the id of a string key. ErrUnsupported: the model's items have integer ids.
func (m *Model) ItemIDOfKey(key string) (id int64, err error) {
	name, err := terminated(key)
	if err == nil {
		err = m.call(func(e *C.duomo_error) C.duomo_status {
			return C.duomo_item_id_of_key((*C.int64_t)(&id), m.object, name, e)
		})
	}
	return id, err
}

// UserIDOfKey is the id of a string key. ErrUnsupported: the model's users have integer ids.
func (m *Model) UserIDOfKey(key string) (id int64, err error) {
	name, err := terminated(key)
	if err == nil {
		err = m.call(func(e *C.duomo_error) C.duomo_status {
			return C.duomo_user_id_of_key((*C.int64_t)(&id), m.object, name, e)
		})
	}
	return id, err
}

// ItemKey is the string key of an id. ErrUnsupported: the model's items have integer ids.
func (m *Model) ItemKey(id int64) (string, error) {
	return m.text(func(text *C.duomo_text, e *C.duomo_error) C.duomo_status {
		return C.duomo_item_key(text, m.object, C.int64_t(id), e)
	})
}

// UserKey is the string key of an id. ErrUnsupported: the model's users have integer ids.
func (m *Model) UserKey(id int64) (string, error) {
	return m.text(func(text *C.duomo_text, e *C.duomo_error) C.duomo_status {
		return C.duomo_user_key(text, m.object, C.int64_t(id), e)
	})
}

// ItemTitle is the title for people, possibly empty. ErrUnsupported: the file has no titles.
func (m *Model) ItemTitle(id int64) (string, error) {
	return m.text(func(text *C.duomo_text, e *C.duomo_error) C.duomo_status {
		return C.duomo_item_title(text, m.object, C.int64_t(id), e)
	})
}

// ItemIDsOfKeys are the ids of many items' keys, -1 for those that the model does not know.
func (m *Model) ItemIDsOfKeys(keys []string) ([]int64, error) { return m.idsOfKeys(Item, keys) }

// UserIDsOfKeys are the ids of many users' keys, -1 for those that the model does not know.
func (m *Model) UserIDsOfKeys(keys []string) ([]int64, error) { return m.idsOfKeys(User, keys) }

func (m *Model) idsOfKeys(scope Scope, keys []string) ([]int64, error) {
	list, err := newStringList(keys)
	if err != nil {
		return nil, err
	}
	defer list.free()
	ids := make([]int64, len(keys))
	err = m.call(func(e *C.duomo_error) C.duomo_status {
		return C.duomo_ids_of_keys(integers(ids), m.object, C.int32_t(scope), list.memory,
			C.size_t(len(ids)), e)
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// ItemKeys are the string keys of many items, empty for those that the model does not know.
func (m *Model) ItemKeys(ids []int64) ([]string, error) { return m.keysOf(Item, ids) }

// UserKeys are the string keys of many users, empty for those that the model does not know.
func (m *Model) UserKeys(ids []int64) ([]string, error) { return m.keysOf(User, ids) }

func (m *Model) keysOf(scope Scope, ids []int64) ([]string, error) {
	return m.texts(len(ids), func(texts *C.duomo_text, e *C.duomo_error) C.duomo_status {
		return C.duomo_keys_of_ids(texts, m.object, C.int32_t(scope), integers(ids),
			C.size_t(len(ids)), e)
	})
}

// ItemTitles are the titles of many items, empty for those that the model does not know.
func (m *Model) ItemTitles(ids []int64) ([]string, error) {
	return m.texts(len(ids), func(texts *C.duomo_text, e *C.duomo_error) C.duomo_status {
		return C.duomo_item_titles(texts, m.object, integers(ids), C.size_t(len(ids)), e)
	})
}

// text copies what f found while the model is held open.
func (m *Model) text(f func(*C.duomo_text, *C.duomo_error) C.duomo_status) (out string, err error) {
	err = m.call(func(e *C.duomo_error) C.duomo_status {
		var t C.duomo_text
		s := f(&t, e)
		if s == C.DUOMO_OK {
			out = textOf(t)
		}
		return s
	})
	return out, err
}

func textOf(t C.duomo_text) string {
	return strings.Clone(unsafe.String((*byte)(unsafe.Pointer(t.data)), int(t.size)))
}

// texts copies the n that f found, as text does.
func (m *Model) texts(n int,
	f func(*C.duomo_text, *C.duomo_error) C.duomo_status) (out []string, err error) {
	found := make([]C.duomo_text, n)
	err = m.call(func(e *C.duomo_error) C.duomo_status {
		s := f(unsafe.SliceData(found), e)
		if s == C.DUOMO_OK {
			out = textsOf(found)
		}
		return s
	})
	return out, err
}

func textsOf(texts []C.duomo_text) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = textOf(text)
	}
	return out
}
