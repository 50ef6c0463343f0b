package duomo

import "sync/atomic"

// Slot holds the model that a host answers with now, so that one goroutine can put a new one in its
// place while others ask. The zero Slot is empty. All methods may be called from any number of
// goroutines at once; Get never waits for Set.
type Slot struct {
	current atomic.Pointer[slotted]
}

// What is in a slot: a reference of the slot's own, and the model that it was given.
type slotted struct {
	*opened
	given *Model
}

// Set puts a model in, and takes it over: it is closed when another one has taken its place and the
// last call with it is done. A closed model fails with ErrClosed and changes nothing.
func (s *Slot) Set(model *Model) error {
	if model == nil {
		return invalid("the model is nil")
	}
	model.mu.Lock()
	if model.closed {
		model.mu.Unlock()
		return ErrClosed
	}
	model.references++
	model.mu.Unlock()
	s.swap(&slotted{model.opened, model})
	return nil
}

// Get is the model that is in now, as a reference of the caller's own: close it. That of an empty
// slot fails every call with ErrClosed.
func (s *Slot) Get() *Model {
	for {
		in := s.current.Load()
		if in == nil {
			return &Model{opened: &opened{}, closed: true}
		}
		if model := in.reference(); model != nil { // else another one has taken its place
			return model
		}
	}
}

// Close empties the slot. The error is always nil.
func (s *Slot) Close() error {
	s.swap(nil)
	return nil
}

func (s *Slot) swap(in *slotted) {
	out := s.current.Swap(in)
	if out == nil {
		return
	}
	if in == nil || in.given != out.given {
		out.given.Close() //nolint:errcheck // always nil
	}
	out.drop()
}
