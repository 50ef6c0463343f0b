package duomo

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

const (
	idle uint32 = iota
	busy
	closed
)

// A handle owns an object of C's that takes one call at a time, and turns every other use into an
// error: a second goroutine gets ErrInUse, a late one ErrClosed.
type handle struct {
	state   atomic.Uint32
	release func(unsafe.Pointer)
	object  unsafe.Pointer
	cleanup runtime.Cleanup
}

// own is called once, with the handle inside its owner. Should the owner be forgotten rather than
// closed, the garbage collector releases the object.
func own[T any](owner *T, h *handle, object unsafe.Pointer, release func(unsafe.Pointer)) {
	h.object, h.release = object, release
	h.cleanup = runtime.AddCleanup(owner, release, object)
}

func (h *handle) enter() error {
	if h.state.CompareAndSwap(idle, busy) {
		return nil
	}
	if h.state.Load() == closed {
		return ErrClosed
	}
	return ErrInUse
}

// leave follows the call into C, and so also keeps the owner alive until then.
func (h *handle) leave() { h.state.Store(idle) }

func (h *handle) close() error {
	if !h.state.CompareAndSwap(idle, closed) {
		if h.state.Load() == closed {
			return nil
		}
		return ErrInUse
	}
	if h.release != nil {
		h.cleanup.Stop()
		h.release(h.object)
	}
	return nil
}
