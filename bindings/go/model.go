package duomo

/*
#include "shim.h"
*/
import "C"

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// Model is an opened .duomo file. All methods may be called from any number of goroutines at once;
// Close may come at any time: calls that run finish, later ones fail with ErrClosed. To swap models
// under running goroutines use a [Slot].
type Model struct {
	*opened
	closed  bool // under mu
	cleanup runtime.Cleanup
}

// opened is what the Models of one file share: one from Open, and one for each Slot.Get.
type opened struct {
	object     *C.duomo_model
	info       Info
	options    []ContextOption
	mu         sync.Mutex
	references int        // Models that are not closed
	free       []*Context // idle contexts; every one holds a reference to the model
}

// reference is one more Model, nil where the last one was closed.
func (o *opened) reference() *Model {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.references == 0 {
		return nil
	}
	o.references++
	return o.model()
}

func (o *opened) model() *Model {
	m := &Model{opened: o}
	m.cleanup = runtime.AddCleanup(m, (*opened).drop, o)
	return m
}

// drop ends a reference, and with the last one all that is idle.
func (o *opened) drop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.references--; o.references > 0 {
		return
	}
	for _, c := range o.free {
		c.Close() //nolint:errcheck // idle: nothing else has it
	}
	o.free = nil
	C.duomo_model_release(o.object)
}

// Backend is what runs the towers.
type Backend int32

const (
	BackendDefault  Backend = C.DUOMO_BACKEND_DEFAULT  // oneDNN where the library has it
	BackendOneDNN   Backend = C.DUOMO_BACKEND_ONEDNN   // oneDNN; an error where the library was built without it
	BackendPortable Backend = C.DUOMO_BACKEND_PORTABLE // kernels of Duomo's own
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

// Open maps a file; time does not grow with the catalogue. Where the system refuses, the error is ErrIO
// and the system's own: errors.Is(err, fs.ErrNotExist).
func Open(path string, options ...OpenOption) (*Model, error) {
	if strings.IndexByte(path, 0) >= 0 {
		return nil, invalid("path has a NUL byte")
	}
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	model, err := open(options, func(m **C.duomo_model, o *openOptions, e *C.duomo_error) C.duomo_status {
		return C.duomo_go_open(m, name, C.uint32_t(o.flags), C.int32_t(o.backend), e)
	})
	if errors.Is(err, ErrIO) {
		err.(*Error).cause = causeOf(path)
	}
	return model, err
}

// causeOf asks the system once more what it has against a file, so that errors.Is(err, fs.ErrNotExist)
// and the like hold.
func causeOf(path string) error {
	file, err := os.Open(path)
	if err == nil {
		file.Close() //nolint:errcheck // nothing was written
	}
	return err
}

// OpenBuffer opens a file that is in memory, such as an embedded one. The bytes are copied: the
// garbage collector could not know how long the library needs them.
func OpenBuffer(data []byte, options ...OpenOption) (*Model, error) {
	var empty [1]byte
	bytes := unsafe.Pointer(&empty)
	if len(data) > 0 {
		bytes = unsafe.Pointer(&data[0])
	}
	options = append(options, Copy())
	return open(options, func(m **C.duomo_model, o *openOptions, e *C.duomo_error) C.duomo_status {
		return C.duomo_go_open_buffer(m, bytes, C.size_t(len(data)), C.uint32_t(o.flags),
			C.int32_t(o.backend), e)
	})
}

// OpenFile opens a model inside of an open file: length bytes from offset on, 0 meaning up to its
// end. The file may be closed afterwards. Where offset is no multiple of 64 the bytes are copied.
func OpenFile(file *os.File, offset, length int64, options ...OpenOption) (*Model, error) {
	if offset < 0 || length < 0 {
		return nil, invalid("offset %d, length %d: neither may be negative", offset, length)
	}
	descriptor := file.Fd() // and no number where the file is closed
	if descriptor == ^uintptr(0) {
		return nil, &Error{Status: ErrIO, Message: os.ErrClosed.Error(), Position: -1}
	}
	defer runtime.KeepAlive(file)
	return open(options, func(m **C.duomo_model, o *openOptions, e *C.duomo_error) C.duomo_status {
		return C.duomo_go_open_descriptor(m, C.int(descriptor), C.uint64_t(offset),
			C.uint64_t(length), C.uint32_t(o.flags), C.int32_t(o.backend), e)
	})
}

func open(options []OpenOption,
	call func(**C.duomo_model, *openOptions, *C.duomo_error) C.duomo_status) (*Model, error) {
	var o openOptions
	for _, option := range options {
		option(&o)
	}
	e := newError()
	var object *C.duomo_model // not inside of what has Go pointers
	if s := call(&object, &o, &e); s != C.DUOMO_OK {
		return nil, failure(s, &e)
	}
	raw := C.duomo_model_info{struct_size: C.uint32_t(unsafe.Sizeof(C.duomo_model_info{}))}
	if s := C.duomo_model_get_info(&raw, object, &e); s != C.DUOMO_OK {
		C.duomo_model_release(object)
		return nil, failure(s, &e)
	}
	shared := &opened{object: object, info: infoOf(&raw), options: o.contexts, references: 1}
	return shared.model(), nil
}

// Close drops the file as soon as the last call, Context, Features and ItemSet with it are done. The
// second Close does nothing. The error is always nil.
func (m *Model) Close() error {
	m.mu.Lock()
	closed := m.closed
	m.closed = true
	m.mu.Unlock()
	if !closed {
		m.cleanup.Stop()
		m.drop()
	}
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
	if m.references > 0 {
		m.free = append(m.free, c)
		m.mu.Unlock()
		return
	}
	m.mu.Unlock()
	c.Close() //nolint:errcheck // idle: nothing else has it
}

// Trim gives back the memory that idle contexts hold, for instance after an unusually large batch.
func (m *Model) Trim() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	for _, c := range m.free {
		c.Close() //nolint:errcheck // idle: nothing else has it
	}
	m.free = nil
	return nil
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
