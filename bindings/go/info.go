package duomo

/*
#include "shim.h"
*/
import "C"

import (
	"fmt"
	"slices"
	"unsafe"
)

// Head is how a model makes a score of a user and an item.
type Head int32

const (
	HeadCosine   Head = C.DUOMO_HEAD_COSINE   // a scaled cosine of the two vectors
	HeadDot      Head = C.DUOMO_HEAD_DOT      // their dot product, with biases
	HeadLogistic Head = C.DUOMO_HEAD_LOGISTIC // answers Rank only
)

// Info says what a model is.
type Info struct {
	Name           string  // of the description: "hybrid"
	Unit           string  // of predictions: "stars"
	Head           Head    // how two vectors make a score
	UserCount      int     // known users
	ItemCount      int     // known items
	VectorWidth    int     // floats in a vector; 0 for logistic models
	InputCount     int     // what [Model.Inputs] lists
	FileSize       int64   // bytes
	HasUserVectors bool    // frozen in the file; else the user tower runs when asked
	HasHistory     bool    // the file knows what its users have seen
	HasTitles      bool    // ItemTitle works
	Copied         bool    // the bytes are copied, not mapped
	MinimumOutput  float32 // the range of predictions; infinite where it has no bound
	MaximumOutput  float32 // the upper end of that range
	Fingerprint    uint64  // of the file's content: another content has another one
	attributes     int
	metadata       int
}

func infoOf(i *C.duomo_model_info) Info {
	return Info{
		Name: textOf(i.name), Unit: textOf(i.unit), Head: Head(i.head),
		UserCount: int(i.user_count), ItemCount: int(i.item_count),
		VectorWidth: int(i.vector_width), InputCount: int(i.input_count),
		FileSize: int64(i.file_size), HasUserVectors: i.has_user_vectors != 0,
		HasHistory: i.has_history != 0, HasTitles: i.has_titles != 0, Copied: i.copied != 0,
		MinimumOutput: float32(i.minimum_output), MaximumOutput: float32(i.maximum_output),
		Fingerprint: uint64(i.fingerprint), attributes: int(i.attribute_count),
		metadata: int(i.metadata_count),
	}
}

// Info says what the model is; after Close, what it was.
func (m *Model) Info() Info { return m.info }

// Scope is whom an input is about.
type Scope int32

const (
	User Scope = C.DUOMO_USER // about a user
	Item Scope = C.DUOMO_ITEM // about an item
	Pair Scope = C.DUOMO_PAIR // about a user and an item together
)

// Kind is what values an input has.
type Kind int32

const (
	Category    Kind = C.DUOMO_INPUT_CATEGORY     // one of the known values
	CategorySet Kind = C.DUOMO_INPUT_CATEGORY_SET // any number of them
	Text        Kind = C.DUOMO_INPUT_TEXT         // words
	History     Kind = C.DUOMO_INPUT_HISTORY      // items that a user took, oldest first
	Number      Kind = C.DUOMO_INPUT_NUMBER       // a number, or none
)

// Keys is how the values of a category or set are given.
type Keys int32

const (
	RangeKeys   Keys = C.DUOMO_KEYS_RANGE   // the integers from 0 to VocabularySize-1
	IntegerKeys Keys = C.DUOMO_KEYS_INTEGER // any integers
	StringKeys  Keys = C.DUOMO_KEYS_STRING  // texts
)

// Input is something that a model reads about users, items or pairs.
type Input struct {
	Name           string // as the description calls it: "age"
	Scope          Scope  // whom it is about
	Kind           Kind   // what values it has
	Keys           Keys   // of numbers: 0; histories are always item ids
	VocabularySize int    // known values; of numbers: 0
}

// Inputs lists what the model reads.
func (m *Model) Inputs() ([]Input, error) {
	inputs := make([]Input, m.info.InputCount)
	err := m.call(func(e *C.duomo_error) C.duomo_status {
		raw := C.duomo_input_info{struct_size: C.uint32_t(unsafe.Sizeof(C.duomo_input_info{}))}
		for i := range inputs {
			if s := C.duomo_model_get_input(&raw, m.object, C.uint64_t(i), e); s != C.DUOMO_OK {
				return s
			}
			inputs[i] = Input{textOf(raw.name), Scope(raw.scope), Kind(raw.kind), Keys(raw.keys),
				int(raw.vocabulary_size)}
		}
		return C.DUOMO_OK
	})
	if err != nil {
		return nil, err
	}
	return inputs, nil
}

// InputValues are the values that an input knows, for forms and checks: strings of inputs with string
// keys, else integers; of histories the items, as the model counts them.
func (m *Model) InputValues(name string) (strings []string, integers []int64, err error) {
	inputs, err := m.Inputs()
	if err != nil {
		return nil, nil, err
	}
	at := slices.IndexFunc(inputs, func(input Input) bool { return input.Name == name })
	if at < 0 {
		return nil, nil, &Error{Status: ErrNotFound, Message: fmt.Sprintf("there is no input %q", name),
			Kind: KindUnknownName, Argument: ArgumentName, Position: -1}
	}
	input := inputs[at]
	err = m.call(func(e *C.duomo_error) C.duomo_status {
		// Numbers have no values, which the library says at the first.
		for i := range max(input.VocabularySize, 1) {
			var text C.duomo_text
			var integer C.int64_t
			if s := C.duomo_model_get_input_value(&text, &integer, m.object, C.uint64_t(at),
				C.uint64_t(i), e); s != C.DUOMO_OK {
				return s
			}
			if input.Keys == StringKeys {
				strings = append(strings, textOf(text))
			} else {
				integers = append(integers, int64(integer))
			}
		}
		return C.DUOMO_OK
	})
	if err != nil {
		return nil, nil, err
	}
	return strings, integers, nil
}

// Metadata is what people wrote into the file: name, version, licence and so on.
func (m *Model) Metadata() (map[string]string, error) {
	out := make(map[string]string, m.info.metadata)
	err := m.call(func(e *C.duomo_error) C.duomo_status {
		for i := range m.info.metadata {
			var key, value C.duomo_text
			if s := C.duomo_model_metadata_at(&key, &value, m.object, C.uint64_t(i), e); s != C.DUOMO_OK {
				return s
			}
			out[textOf(key)] = textOf(value)
		}
		return C.DUOMO_OK
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
