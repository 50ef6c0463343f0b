package duomo

/*
#include "shim.h"
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// A Status says what kind of failure an [Error] is. It is an error itself, for [errors.Is]:
//
//	errors.Is(err, duomo.ErrNotFound)
type Status int32

// The kinds of failures. A newer library may know more.
const (
	ErrInvalidArgument    Status = C.DUOMO_INVALID_ARGUMENT    // the call is wrong, whatever the model
	ErrNotFound           Status = C.DUOMO_NOT_FOUND           // an id, key or input that the model does not have
	ErrOutOfMemory        Status = C.DUOMO_OUT_OF_MEMORY       // the message says for what
	ErrIO                 Status = C.DUOMO_IO_ERROR            // the system refused to read the file
	ErrCorrupt            Status = C.DUOMO_CORRUPT             // the bytes are not a valid .duomo file
	ErrUnsupportedVersion Status = C.DUOMO_UNSUPPORTED_VERSION // the file is newer than the library
	ErrUnsupported        Status = C.DUOMO_UNSUPPORTED         // this model cannot do that
	ErrInternal           Status = C.DUOMO_INTERNAL            // a defect in Duomo: please report it
)

// String is the name in C, "DUOMO_NOT_FOUND".
func (s Status) String() string { return C.GoString(C.duomo_status_name(C.duomo_status(s))) }

func (s Status) Error() string { return s.String() }

// Error is every failure of this package: what kind, and what was wrong, where, and what to do.
type Error struct {
	Status  Status
	Message string
}

func (e *Error) Error() string { return "duomo: " + e.Message }

// Unwrap gives the Status, so that errors.Is(err, ErrNotFound) works.
func (e *Error) Unwrap() error { return e.Status }

var (
	// ErrClosed is the failure of every call with something that was closed.
	ErrClosed error = &Error{ErrInvalidArgument, "use after Close"}
	// ErrInUse is the failure of a call with a Context or Features that another goroutine is in.
	ErrInUse error = &Error{ErrInvalidArgument,
		"another goroutine is in a call with this Context or Features: each takes one call at a time"}
)

func invalid(format string, values ...any) error {
	return &Error{ErrInvalidArgument, fmt.Sprintf(format, values...)}
}

// What the library wrote into e.
func failure(status C.duomo_status, e *C.duomo_error) error {
	return &Error{Status(status), C.GoString(&e.message[0])}
}

func newError() C.duomo_error {
	return C.duomo_error{struct_size: C.uint32_t(unsafe.Sizeof(C.duomo_error{}))}
}
