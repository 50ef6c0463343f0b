package duomo

/*
#include "shim.h"
#cgo noescape duomo_attribute_numbers
#cgo nocallback duomo_attribute_numbers
#cgo noescape duomo_attribute_integers
#cgo nocallback duomo_attribute_integers
#cgo noescape duomo_attribute_texts
#cgo nocallback duomo_attribute_texts
#cgo noescape duomo_attribute_set
#cgo nocallback duomo_attribute_set
*/
import "C"

import (
	"math"
	"unsafe"
)

// AttributeKind is what values an attribute has.
type AttributeKind int32

const (
	CategoryAttribute AttributeKind = C.DUOMO_ATTRIBUTE_CATEGORY // a text an item
	SetAttribute      AttributeKind = C.DUOMO_ATTRIBUTE_SET      // any number of texts an item
	IntegerAttribute  AttributeKind = C.DUOMO_ATTRIBUTE_INTEGER  // an integer an item
	NumberAttribute   AttributeKind = C.DUOMO_ATTRIBUTE_NUMBER   // a number an item
	TimeAttribute     AttributeKind = C.DUOMO_ATTRIBUTE_TIME     // seconds since 1970, UTC
)

// NoInteger is where an item has no value of an attribute of integers or times.
const NoInteger int64 = math.MinInt64

// Attribute is a column of items that no network reads: to filter by and to show.
type Attribute struct {
	Name       string        // as filters call it
	Kind       AttributeKind // what values it has
	ValueCount int           // different texts of categories and sets; of others 0
}

// Attributes lists the attributes of items.
func (m *Model) Attributes() ([]Attribute, error) {
	out := make([]Attribute, m.info.attributes)
	err := m.call(func(e *C.duomo_error) C.duomo_status {
		raw := C.duomo_attribute_info{struct_size: C.uint32_t(unsafe.Sizeof(C.duomo_attribute_info{}))}
		for i := range out {
			if s := C.duomo_model_get_attribute(&raw, m.object, C.uint64_t(i), e); s != C.DUOMO_OK {
				return s
			}
			out[i] = Attribute{textOf(raw.name), AttributeKind(raw.kind), int(raw.value_count)}
		}
		return C.DUOMO_OK
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// AttributeNumbers are the values of items of an attribute of numbers, integers or times; NaN where
// there is none.
func (m *Model) AttributeNumbers(attribute string, items []int64) ([]float64, error) {
	out := make([]float64, len(items))
	err := m.attribute(attribute, func(name *C.char, e *C.duomo_error) C.duomo_status {
		return C.duomo_attribute_numbers((*C.double)(unsafe.SliceData(out)), m.object, name,
			integers(items), C.size_t(len(items)), e)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// AttributeIntegers are the values of items of an attribute of integers or times; NoInteger where
// there is none.
func (m *Model) AttributeIntegers(attribute string, items []int64) ([]int64, error) {
	out := make([]int64, len(items))
	err := m.attribute(attribute, func(name *C.char, e *C.duomo_error) C.duomo_status {
		return C.duomo_attribute_integers(integers(out), m.object, name, integers(items),
			C.size_t(len(items)), e)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// AttributeTexts are the values of items of a category; empty where there is none.
func (m *Model) AttributeTexts(attribute string, items []int64) ([]string, error) {
	name, err := terminated(attribute)
	if err != nil {
		return nil, err
	}
	return m.texts(len(items), func(texts *C.duomo_text, e *C.duomo_error) C.duomo_status {
		return C.duomo_attribute_texts(texts, m.object, name, integers(items), C.size_t(len(items)), e)
	})
}

// AttributeSet is the values of one item of a set or category.
func (m *Model) AttributeSet(attribute string, item int64) (out []string, err error) {
	err = m.attribute(attribute, func(name *C.char, e *C.duomo_error) C.duomo_status {
		texts, count := make([]C.duomo_text, 16), C.size_t(0)
		for {
			s := C.duomo_attribute_set(&count, unsafe.SliceData(texts), C.size_t(len(texts)), m.object,
				name, C.int64_t(item), e)
			if s != C.DUOMO_OK {
				return s
			}
			if int(count) <= len(texts) {
				out = textsOf(texts[:count])
				return s
			}
			texts = make([]C.duomo_text, count)
		}
	})
	return out, err
}

func (m *Model) attribute(name string, call func(*C.char, *C.duomo_error) C.duomo_status) error {
	text, err := terminated(name)
	if err != nil {
		return err
	}
	return m.call(func(e *C.duomo_error) C.duomo_status { return call(text, e) })
}
