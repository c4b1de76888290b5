package cli

import (
	"slices"
	"strings"
	"testing"
)

// A program on a whole terminal is run by tui/screen, which gives the terminal
// back however it ends, and nobody else listens to signals than it and the one
// handler of the process.
func TestProgramsOnAScreenAndSignalsHaveOnePlaceEach(t *testing.T) {
	t.Parallel()
	for call, want := range map[string][]string{
		"tea.NewProgram(": {"tui/screen/run.go"},
		"signal.Notify(":  {"cmd/internal/app/signals.go", "tui/screen/signals_unix.go"},
	} {
		var got []string
		for _, s := range sources(t) {
			if strings.Contains(s.text, call) {
				got = append(got, s.name)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is called in %v, want %v", call, got, want)
		}
	}
}
