//go:build duomo_system || !linux || !(amd64 || arm64)

package duomo

// The library that is installed, found with pkg-config.

/*
#cgo pkg-config: duomo
*/
import "C"
