package duomo

/*
#include "shim.h"
*/
import "C"

import (
	"fmt"
	"math"
	"regexp"
	"strings"
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
	ErrCancelled          Status = C.DUOMO_CANCELLED           // TopKRequest.Ctx is done
)

// String is the name in C, "DUOMO_NOT_FOUND".
func (s Status) String() string { return C.GoString(C.duomo_status_name(C.duomo_status(s))) }

// Error is the same, which makes a Status an error: errors.Is(err, ErrNotFound).
func (s Status) Error() string { return s.String() }

// ErrorKind is what was wrong, finer than the [Status]; 0 where none of these says it.
type ErrorKind int32

const (
	KindMissing      ErrorKind = C.DUOMO_KIND_NULL          // what must be given
	KindStructSize   ErrorKind = C.DUOMO_KIND_STRUCT_SIZE   // what a newer client asks for
	KindValue        ErrorKind = C.DUOMO_KIND_VALUE         // a number outside what is allowed
	KindConflict     ErrorKind = C.DUOMO_KIND_CONFLICT      // arguments that do not go together
	KindOffsets      ErrorKind = C.DUOMO_KIND_OFFSETS       // offsets that do not ascend from 0
	KindNotUTF8      ErrorKind = C.DUOMO_KIND_NOT_UTF8      // text
	KindNotFinite    ErrorKind = C.DUOMO_KIND_NOT_FINITE    // NaN or infinity
	KindUnknownID    ErrorKind = C.DUOMO_KIND_UNKNOWN_ID    // a user or item, by id or key
	KindUnknownName  ErrorKind = C.DUOMO_KIND_UNKNOWN_NAME  // an input, attribute or entry of the metadata
	KindUnknownValue ErrorKind = C.DUOMO_KIND_UNKNOWN_VALUE // that the input or attribute does not have
	KindLacking      ErrorKind = C.DUOMO_KIND_LACKING       // the file or the build lacks what the call needs
)

// Argument is which argument, or part of a request, was wrong; 0 where none of these says it.
type Argument int32

const (
	ArgumentOut      Argument = C.DUOMO_ARGUMENT_OUT      // where results go
	ArgumentModel    Argument = C.DUOMO_ARGUMENT_MODEL    // the model
	ArgumentContext  Argument = C.DUOMO_ARGUMENT_CONTEXT  // the context
	ArgumentOptions  Argument = C.DUOMO_ARGUMENT_OPTIONS  // how to open a model or make a context
	ArgumentFile     Argument = C.DUOMO_ARGUMENT_FILE     // path, bytes or open file
	ArgumentRequest  Argument = C.DUOMO_ARGUMENT_REQUEST  // the request as a whole
	ArgumentUsers    Argument = C.DUOMO_ARGUMENT_USERS    // their ids, keys or vectors
	ArgumentItems    Argument = C.DUOMO_ARGUMENT_ITEMS    // their ids, keys or vectors
	ArgumentQueries  Argument = C.DUOMO_ARGUMENT_QUERIES  // ids, keys or vectors of a top-k request
	ArgumentFeatures Argument = C.DUOMO_ARGUMENT_FEATURES // features
	ArgumentHistory  Argument = C.DUOMO_ARGUMENT_HISTORY  // items of a history
	ArgumentExclude  Argument = C.DUOMO_ARGUMENT_EXCLUDE  // what is not to be returned
	ArgumentAllow    Argument = C.DUOMO_ARGUMENT_ALLOW    // what alone may be returned
	ArgumentFilters  Argument = C.DUOMO_ARGUMENT_FILTERS  // filters
	ArgumentLimits   Argument = C.DUOMO_ARGUMENT_LIMITS   // limits
	ArgumentName     Argument = C.DUOMO_ARGUMENT_NAME     // of an input, attribute or entry of the metadata
	ArgumentValues   Argument = C.DUOMO_ARGUMENT_VALUES   // of features
)

// Error is every failure of this package: what kind, which argument, and in words what was wrong,
// where, and what to do.
type Error struct {
	Status   Status    // the kind of failure, to decide by
	Message  string    // a sentence for people
	Kind     ErrorKind // what was wrong, finer than Status; 0 where nothing says it
	Argument Argument  // which argument was wrong; 0 where none was
	Position int       // of the element at fault in that argument, or -1
	cause    error     // why it was cancelled, or why the system refused the file
}

// Error is the message, after the name of the package.
func (e *Error) Error() string { return "duomo: " + e.Message }

// Unwrap gives the Status, so that errors.Is(err, ErrNotFound) works; of a call that was cancelled the
// error of its context.Context, too, and of a file that cannot be read that of package os.
func (e *Error) Unwrap() []error {
	if e.cause != nil {
		return []error{e.Status, e.cause}
	}
	return []error{e.Status}
}

var (
	// ErrClosed is the failure of every call with something that was closed.
	ErrClosed = invalid("use after Close")
	// ErrInUse is the failure of a call with a Context or Features that another goroutine is in.
	ErrInUse = invalid(
		"another goroutine is in a call with this Context or Features: each takes one call at a time")
)

func invalid(format string, values ...any) error {
	return &Error{Status: ErrInvalidArgument, Message: fmt.Sprintf(format, values...), Position: -1}
}

// What the library wrote into e.
func failure(status C.duomo_status, e *C.duomo_error) error {
	position := -1
	if e.position < math.MaxInt {
		position = int(e.position)
	}
	return &Error{Status: Status(status), Message: inGo(C.GoString(&e.message[0])),
		Kind: ErrorKind(e.kind), Argument: Argument(e.argument), Position: position}
}

var namesOfC = regexp.MustCompile(`\b(duomo|DUOMO)_\w+|\b_PORTABLE\b`)

// inGo puts this package's names in place of C's: TopK for duomo_topk.
func inGo(message string) string {
	if !strings.Contains(message, "duomo_") && !strings.Contains(message, "DUOMO_") {
		return message // nearly all
	}
	return namesOfC.ReplaceAllStringFunc(message, func(name string) string {
		switch name {
		case "duomo_topk":
			return "TopK"
		case "DUOMO_RANK_USER_ID":
			return "User"
		case "DUOMO_UNKNOWN_IS_MARKED":
			return "MarkUnknown"
		case "DUOMO_ALLOW_LISTED":
			return "Allow"
		case "DUOMO_BACKEND_ONEDNN":
			return "BackendOneDNN"
		case "_PORTABLE":
			return "BackendPortable"
		}
		words := strings.Split(strings.ToLower(name[len("duomo_"):]), "_")
		if words[0] == "features" {
			words = words[1:]
		}
		for i, word := range words {
			words[i] = strings.ToUpper(word[:min(1, len(word))]) + word[min(1, len(word)):]
		}
		return strings.Join(words, "")
	})
}

func newError() C.duomo_error {
	return C.duomo_error{struct_size: C.uint32_t(unsafe.Sizeof(C.duomo_error{})),
		position: C.DUOMO_NO_POSITION}
}
