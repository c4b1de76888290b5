package bigpin

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"
)

// binding maps keys to the end that they cause and to the words of the help, so
// that help and behaviour cannot differ.
type binding struct {
	keys  []string
	ended Ended
	help  string
}

var bindings = []binding{
	{keys: []string{"enter", "q", "esc"}, ended: Closed, help: "close"},
	{keys: []string{"ctrl+c"}, ended: Interrupted, help: "cancel"},
}

func keyEnd(msg tea.KeyMsg) (Ended, bool) {
	for _, b := range bindings {
		if slices.Contains(b.keys, msg.String()) {
			return b.ended, true
		}
	}
	return Showing, false
}

// keyHelp names each binding by its first key.
func keyHelp() []string {
	words := make([]string, len(bindings))
	for i, b := range bindings {
		words[i] = b.keys[0] + " " + b.help
	}
	return words
}
