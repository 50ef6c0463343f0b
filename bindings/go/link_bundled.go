//go:build linux && (amd64 || arm64) && !duomo_system

package duomo

// The library that comes with the module: see the script `bundle`. It is an archive of one object that
// needs the C library alone, so programs are linked by a C compiler, without pkg-config, and with
// -extldflags=-static into one file.

/*
#cgo CFLAGS: -I${SRCDIR}/include
#cgo amd64,!musl LDFLAGS: ${SRCDIR}/lib/linux_amd64/libduomo.a -lm -lpthread -static-libgcc
#cgo arm64,!musl LDFLAGS: ${SRCDIR}/lib/linux_arm64/libduomo.a -lm -lpthread -static-libgcc
#cgo amd64,musl LDFLAGS: ${SRCDIR}/lib/linux_amd64_musl/libduomo.a -lm -lpthread -static-libgcc
#cgo arm64,musl LDFLAGS: ${SRCDIR}/lib/linux_arm64_musl/libduomo.a -lm -lpthread -static-libgcc
*/
import "C"
