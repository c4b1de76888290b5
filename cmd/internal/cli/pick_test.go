package cli

import (
	"testing"

	"github.com/offauth/offauth/cmd/internal/app"
)

// In a world made before A16 two names may differ only in case: each is reached
// by its exact spelling.
//
// Rules: A16.
func TestANameAsItIsWrittenComesBeforeOneInAnotherCaseA16(t *testing.T) {
	names := []string{"Alice", "alice", "Bob"}
	for typed, want := range map[string]int{"Alice": 0, "alice": 1, "ALICE": 0, "bob": 2, "carol": -1} {
		if got := app.IndexName(names, typed); got != want {
			t.Errorf("%s is number %d, want %d", typed, got, want)
		}
	}
}
