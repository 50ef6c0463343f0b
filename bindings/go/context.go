package duomo

/*
#include "shim.h"
#cgo noescape duomo_predict
#cgo nocallback duomo_predict
#cgo noescape duomo_predict_vectors
#cgo nocallback duomo_predict_vectors
#cgo noescape duomo_encode_users
#cgo nocallback duomo_encode_users
#cgo noescape duomo_encode_items
#cgo nocallback duomo_encode_items
#cgo noescape duomo_encode_features
#cgo nocallback duomo_encode_features
*/
import "C"

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// Context is scratch memory for one call at a time: one a goroutine, or handed around. A call while
// another goroutine is in one fails with ErrInUse. It keeps its model open until it is closed.
//
// Methods that take a slice for their results check its length and write nothing on failure.
type Context struct {
	handle
	err       C.duomo_error
	request   C.duomo_topk_request   // here, as C would have it escape otherwise
	cancelled *C.int32_t             // what the library looks at; in C's memory
	acquired  atomic.Pointer[opened] // of which model, where Acquire has lent it
	width     int
	itemCount int
	userCount int
}

// ContextOption changes what a context does.
type ContextOption func(*C.duomo_context_options)

// MarkUnknown makes unknown ids give NaN, or no results, rather than fail the call.
func MarkUnknown() ContextOption {
	return func(o *C.duomo_context_options) { o.unknown_ids = C.DUOMO_UNKNOWN_IS_MARKED }
}

// Threads is how many threads searches may use, the caller's among them, at most 256; 0 is 1. Results
// are the same with any number.
func Threads(n uint32) ContextOption {
	return func(o *C.duomo_context_options) { o.threads = C.uint32_t(n) }
}

// NewContext makes a context. Close it.
func (m *Model) NewContext(options ...ContextOption) (*Context, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, ErrClosed
	}
	return m.newContext(options)
}

// With m.mu held.
func (m *Model) newContext(options []ContextOption) (*Context, error) {
	o := C.duomo_context_options{struct_size: C.uint32_t(unsafe.Sizeof(C.duomo_context_options{}))}
	for _, option := range options {
		option(&o)
	}
	cancelled := (*C.int32_t)(C.calloc(1, C.sizeof_int32_t))
	o.cancelled = cancelled
	c := &Context{err: newError(), cancelled: cancelled, width: m.info.VectorWidth,
		itemCount: m.info.ItemCount, userCount: m.info.UserCount}
	var object *C.duomo_context
	if s := C.duomo_context_create(&object, m.object, &o, &c.err); s != C.DUOMO_OK {
		C.free(unsafe.Pointer(cancelled))
		return nil, failure(s, &c.err)
	}
	runtime.KeepAlive(m)
	own(c, &c.handle, unsafe.Pointer(object), func(object unsafe.Pointer) {
		C.duomo_context_release((*C.duomo_context)(object))
		C.free(unsafe.Pointer(cancelled))
	})
	return c, nil
}

// Trim gives back the memory that calls have left, for instance after an unusually large batch; the
// next call takes what it needs anew.
func (c *Context) Trim() error {
	if err := c.enter(); err != nil {
		return err
	}
	C.duomo_context_trim(c.c())
	c.leave()
	return nil
}

// Close frees the scratch memory. It fails with ErrInUse while a call runs; the second Close does
// nothing.
func (c *Context) Close() error { return c.close() }

func (c *Context) c() *C.duomo_context { return (*C.duomo_context)(c.object) }

// done ends a call that enter began.
func (c *Context) done(s C.duomo_status) (err error) {
	if s != C.DUOMO_OK {
		err = failure(s, &c.err)
	}
	c.leave()
	return err
}

// Predict is the forecast for a known user and a known item, in the unit of [Info].
func (c *Context) Predict(user, item int64) (float32, error) {
	if err := c.enter(); err != nil {
		return 0, err
	}
	var out C.float
	err := c.done(C.duomo_predict(&out, c.c(), (*C.int64_t)(&user), (*C.int64_t)(&item), 1, &c.err))
	return float32(out), err
}

// PredictPairs is Predict for pairs: out[i] for users[i] and items[i].
func (c *Context) PredictPairs(out []float32, users, items []int64) error {
	if len(users) != len(items) || len(out) != len(users) {
		return invalid("%d predictions of %d users and %d items: the lengths must be the same",
			len(out), len(users), len(items))
	}
	if err := c.enter(); err != nil {
		return err
	}
	return c.done(C.duomo_predict(floats(out), c.c(), integers(users), integers(items),
		C.size_t(len(out)), &c.err))
}

// PredictVectors is the same for vectors, VectorWidth floats each, used as given: for a cosine
// model hand in unit vectors, such as the Encode methods make.
func (c *Context) PredictVectors(out, users, items []float32) error {
	if err := c.sizes("users", users, len(out)); err != nil {
		return err
	}
	if err := c.sizes("items", items, len(out)); err != nil {
		return err
	}
	if err := c.enter(); err != nil {
		return err
	}
	return c.done(C.duomo_predict_vectors(floats(out), c.c(), floats(users), floats(items),
		C.size_t(len(out)), &c.err))
}

// EncodeUsers writes the vectors of known users, len(ids) * VectorWidth floats.
func (c *Context) EncodeUsers(vectors []float32, ids []int64) error {
	if err := c.sizes("vectors", vectors, len(ids)); err != nil {
		return err
	}
	if err := c.enter(); err != nil {
		return err
	}
	return c.done(C.duomo_encode_users(floats(vectors), c.c(), integers(ids), C.size_t(len(ids)),
		&c.err))
}

// EncodeItems writes the vectors of known items, len(ids) * VectorWidth floats.
func (c *Context) EncodeItems(vectors []float32, ids []int64) error {
	if err := c.sizes("vectors", vectors, len(ids)); err != nil {
		return err
	}
	if err := c.enter(); err != nil {
		return err
	}
	return c.done(C.duomo_encode_items(floats(vectors), c.c(), integers(ids), C.size_t(len(ids)),
		&c.err))
}

// EncodeFeatures runs the tower on every row of features of users or items, and writes
// Count() * VectorWidth floats.
func (c *Context) EncodeFeatures(vectors []float32, features *Features) error {
	if features == nil {
		return invalid("features are nil")
	}
	if err := c.sizes("vectors", vectors, features.count); err != nil {
		return err
	}
	if err := c.enterWith(features); err != nil {
		return err
	}
	defer features.leave()
	return c.done(C.duomo_encode_features(floats(vectors), c.c(), features.c(), &c.err))
}

// enterWith enters the context and the features, which may be nil, or neither.
func (c *Context) enterWith(features *Features) error {
	if features != nil {
		if err := features.enter(); err != nil {
			return err
		}
	}
	if err := c.enter(); err != nil {
		if features != nil {
			features.leave()
		}
		return err
	}
	return nil
}

// sizes checks that there are n vectors. (Of logistic models, which have none, the library speaks.)
func (c *Context) sizes(name string, vectors []float32, n int) error {
	if c.width > 0 && (len(vectors)%c.width != 0 || len(vectors)/c.width != n) {
		return invalid("%s has %d floats; %d vectors of %d are needed", name, len(vectors), n, c.width)
	}
	return nil
}

func floats(s []float32) *C.float { return (*C.float)(unsafe.SliceData(s)) }

func integers(s []int64) *C.int64_t { return (*C.int64_t)(unsafe.SliceData(s)) }

// sizesOf lends ints as C's size_t, which is as wide. Negative ones are huge there.
func sizesOf(s []int) *C.size_t { return (*C.size_t)(unsafe.Pointer(unsafe.SliceData(s))) }
