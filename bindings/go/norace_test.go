//go:build !race

package duomo_test

const raceEnabled = false
