package duomo

// Acquire takes a context from the free list, for a goroutine that makes many calls in a row: each
// then costs what it costs with a [Context] of one's own. Give it back with Release:
//
//	c, err := model.Acquire()
//	if err != nil {
//		return err
//	}
//	defer model.Release(c)
//
// Until then the model stays open, whatever Close does.
func (m *Model) Acquire() (*Context, error) {
	c, err := m.borrow()
	if err == nil {
		c.acquired.Store(m.opened)
	}
	return c, err
}

// Release gives back what Acquire gave; use it no more. One that is in a call fails with ErrInUse, one
// that this model has not lent, or that was given back before, with ErrInvalidArgument. nil is fine.
func (m *Model) Release(c *Context) error {
	if c == nil {
		return nil
	}
	switch err := c.enter(); err {
	case nil:
		c.leave()
	case ErrInUse:
		return err
	}
	if !c.acquired.CompareAndSwap(m.opened, nil) {
		return invalid("Release: the context is not from Acquire of this model, or was given back before")
	}
	if c.state.Load() != closed {
		m.giveBack(c)
	}
	return nil
}
