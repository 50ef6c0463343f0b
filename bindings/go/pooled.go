package duomo

// The calls of a Context on a Model: with one from the free list.

// Predict is the forecast for a known user and a known item, in the unit of [Info].
func (m *Model) Predict(user, item int64) (float32, error) {
	c, err := m.borrow()
	if err != nil {
		return 0, err
	}
	defer m.giveBack(c)
	return c.Predict(user, item)
}

// with runs f with a context from the free list.
func (m *Model) with(f func(*Context) error) error {
	c, err := m.borrow()
	if err != nil {
		return err
	}
	defer m.giveBack(c)
	return f(c)
}

// PredictPairs is [Context.PredictPairs].
func (m *Model) PredictPairs(out []float32, users, items []int64) error {
	return m.with(func(c *Context) error { return c.PredictPairs(out, users, items) })
}

// PredictVectors is [Context.PredictVectors].
func (m *Model) PredictVectors(out, users, items []float32) error {
	return m.with(func(c *Context) error { return c.PredictVectors(out, users, items) })
}

// EncodeUsers is [Context.EncodeUsers].
func (m *Model) EncodeUsers(vectors []float32, ids []int64) error {
	return m.with(func(c *Context) error { return c.EncodeUsers(vectors, ids) })
}

// EncodeItems is [Context.EncodeItems].
func (m *Model) EncodeItems(vectors []float32, ids []int64) error {
	return m.with(func(c *Context) error { return c.EncodeItems(vectors, ids) })
}

// EncodeFeatures is [Context.EncodeFeatures].
func (m *Model) EncodeFeatures(vectors []float32, features *Features) error {
	return m.with(func(c *Context) error { return c.EncodeFeatures(vectors, features) })
}

// TopK is [Context.TopK].
func (m *Model) TopK(request TopKRequest) (*TopKResult, error) {
	var result TopKResult
	return &result, m.TopKInto(&result, request)
}

// TopKInto is [Context.TopKInto].
func (m *Model) TopKInto(result *TopKResult, request TopKRequest) error {
	return m.with(func(c *Context) error { return c.TopKInto(result, request) })
}

// Similar is [Context.Similar].
func (m *Model) Similar(request TopKRequest) (*TopKResult, error) {
	var result TopKResult
	return &result, m.SimilarInto(&result, request)
}

// SimilarInto is [Context.SimilarInto].
func (m *Model) SimilarInto(result *TopKResult, request TopKRequest) error {
	return m.with(func(c *Context) error { return c.SimilarInto(result, request) })
}

// UsersFor is [Context.UsersFor].
func (m *Model) UsersFor(request TopKRequest) (*TopKResult, error) {
	var result TopKResult
	return &result, m.UsersForInto(&result, request)
}

// UsersForInto is [Context.UsersForInto].
func (m *Model) UsersForInto(result *TopKResult, request TopKRequest) error {
	return m.with(func(c *Context) error { return c.UsersForInto(result, request) })
}

// SimilarUsers is [Context.SimilarUsers].
func (m *Model) SimilarUsers(request TopKRequest) (*TopKResult, error) {
	var result TopKResult
	return &result, m.SimilarUsersInto(&result, request)
}

// SimilarUsersInto is [Context.SimilarUsersInto].
func (m *Model) SimilarUsersInto(result *TopKResult, request TopKRequest) error {
	return m.with(func(c *Context) error { return c.SimilarUsersInto(result, request) })
}

// Rank is [Context.Rank].
func (m *Model) Rank(out []float32, request RankRequest) error {
	return m.with(func(c *Context) error { return c.Rank(out, request) })
}
