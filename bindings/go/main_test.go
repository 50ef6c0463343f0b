package duomo_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"duomo.dev/duomo"
)

// Where the models of tests/abi/make_fixtures.cc and tests/golden are; `check` sets both.
var golden string

func TestMain(m *testing.M) {
	models := os.Getenv("DUOMO_TEST_MODELS")
	golden = os.Getenv("DUOMO_TEST_GOLDEN")
	if models == "" || golden == "" {
		fmt.Fprintln(os.Stderr, "set DUOMO_TEST_MODELS and DUOMO_TEST_GOLDEN, as bindings/go/check does")
		os.Exit(1)
	}
	if err := os.Chdir(models); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func must[T any](t testing.TB, value T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fails checks both faces of an error: its status and a part of its message.
func fails(t testing.TB, status duomo.Status, part string, err error) {
	t.Helper()
	var e *duomo.Error
	if !errors.As(err, &e) || !errors.Is(err, status) || e.Status != status {
		t.Fatalf("expected %v, got %v", status, err)
	}
	if !strings.Contains(e.Message, part) {
		t.Fatalf("%q does not say %q", e.Message, part)
	}
}

func open(t testing.TB, name string, options ...duomo.OpenOption) *duomo.Model {
	t.Helper()
	m := must2(duomo.Open(name+".duomo", options...))(t)
	t.Cleanup(func() { ok(t, m.Close()) })
	return m
}

func newContext(t testing.TB, m *duomo.Model, options ...duomo.ContextOption) *duomo.Context {
	t.Helper()
	c := must2(m.NewContext(options...))(t)
	t.Cleanup(func() { ok(t, c.Close()) })
	return c
}

func newFeatures(t testing.TB, m *duomo.Model, scope duomo.Scope, count int) *duomo.Features {
	t.Helper()
	f := must2(m.NewFeatures(scope, count))(t)
	t.Cleanup(func() { ok(t, f.Close()) })
	return f
}

// must2(f())(t) is f's value where it succeeded.
func must2[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		return must(t, value, err)
	}
}
