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
*/
import "C"

import (
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// Model is an opened .duomo file. All methods may be called from any number of goroutines at once;
// Close may come at any time: calls that run finish, later ones fail with ErrClosed. To swap
// models, open the new one, publish it (atomic.Pointer), and close the old.
type Model struct {
	object  *C.duomo_model
	info    Info
	mu      sync.Mutex
	closed  bool
	options []ContextOption
	free    []*Context // idle contexts; every one holds a reference to the model
	cleanup runtime.Cleanup
}

// Backend is what runs the towers.
type Backend int32

const (
	BackendDefault  Backend = C.DUOMO_BACKEND_DEFAULT // oneDNN where the library has it
	BackendOneDNN   Backend = C.DUOMO_BACKEND_ONEDNN
	BackendPortable Backend = C.DUOMO_BACKEND_PORTABLE
)

// OpenOption changes how a model is opened.
type OpenOption func(*openOptions)

type openOptions struct {
	flags    uint32
	backend  Backend
	contexts []ContextOption
}

// Copy reads the file into memory instead of mapping it: for files that may be changed in place.
// (Truncating a mapped file kills the process. Replace files by rename.)
func Copy() OpenOption { return func(o *openOptions) { o.flags |= C.DUOMO_OPEN_COPY } }

// Verify checks the checksum of every byte; opening then takes time that grows with the file.
func Verify() OpenOption { return func(o *openOptions) { o.flags |= C.DUOMO_OPEN_VERIFY } }

// Prepare makes the codes for fast searches where the file has none; opening then takes some
// microseconds an item.
func Prepare() OpenOption { return func(o *openOptions) { o.flags |= C.DUOMO_OPEN_PREPARE } }

// WithBackend chooses what runs the towers.
func WithBackend(b Backend) OpenOption { return func(o *openOptions) { o.backend = b } }

// WithContexts chooses what the contexts do that the model's own methods borrow.
func WithContexts(options ...ContextOption) OpenOption {
	return func(o *openOptions) { o.contexts = options }
}

// Open maps a file; time does not grow with the catalogue.
func Open(path string, options ...OpenOption) (*Model, error) {
	if strings.IndexByte(path, 0) >= 0 {
		return nil, invalid("path has a NUL byte")
	}
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	return open(name, nil, options)
}

// OpenBuffer opens a file that is in memory, such as an embedded one. The bytes are copied: the
// garbage collector could not know how long the library needs them.
func OpenBuffer(data []byte, options ...OpenOption) (*Model, error) {
	return open(nil, data, append(options, Copy()))
}

func open(path *C.char, data []byte, options []OpenOption) (*Model, error) {
	var o openOptions
	for _, option := range options {
		option(&o)
	}
	var empty [1]byte
	bytes := unsafe.Pointer(&empty)
	if len(data) > 0 {
		bytes = unsafe.Pointer(&data[0])
	}
	e := newError()
	m := &Model{options: o.contexts}
	if s := C.duomo_go_open(&m.object, path, bytes, C.size_t(len(data)), C.uint32_t(o.flags),
		C.int32_t(o.backend), &e); s != C.DUOMO_OK {
		return nil, failure(s, &e)
	}
	raw := C.duomo_model_info{struct_size: C.uint32_t(unsafe.Sizeof(C.duomo_model_info{}))}
	if s := C.duomo_model_get_info(&raw, m.object, &e); s != C.DUOMO_OK {
		C.duomo_model_release(m.object)
		return nil, failure(s, &e)
	}
	m.info = infoOf(&raw)
	m.cleanup = runtime.AddCleanup(m, releaseModel, unsafe.Pointer(m.object))
	return m, nil
}

func releaseModel(object unsafe.Pointer) { C.duomo_model_release((*C.duomo_model)(object)) }

// Close drops the file as soon as the last call, Context and Features with it are done. The
// second Close does nothing. The error is always nil.
func (m *Model) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil
	}
	m.closed = true
	for _, c := range m.free {
		c.Close() //nolint:errcheck // idle: nothing else has it
	}
	m.free = nil
	m.cleanup.Stop()
	C.duomo_model_release(m.object)
	return nil
}

// borrow takes a context from the free list. While it is out the model stays open, whatever Close
// does, which is what protects calls with m.object too.
func (m *Model) borrow() (*Context, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, ErrClosed
	}
	if last := len(m.free) - 1; last >= 0 {
		c := m.free[last]
		m.free = m.free[:last]
		return c, nil
	}
	return m.newContext(m.options)
}

func (m *Model) giveBack(c *Context) {
	m.mu.Lock()
	if !m.closed {
		m.free = append(m.free, c)
		m.mu.Unlock()
		return
	}
	m.mu.Unlock()
	c.Close() //nolint:errcheck // idle: nothing else has it
}

// call runs f with the model held open and an error to write to.
func (m *Model) call(f func(*C.duomo_error) C.duomo_status) error {
	c, err := m.borrow()
	if err != nil {
		return err
	}
	defer m.giveBack(c)
	if s := f(&c.err); s != C.DUOMO_OK {
		return failure(s, &c.err)
	}
	return nil
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
