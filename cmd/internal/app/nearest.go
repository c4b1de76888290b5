package app

import (
	"sort"
	"strings"

	"github.com/offauth/offauth/scenarios/spelling"
)

// nearDistance is how many slips a name may be off and still be offered.
const nearDistance = 2

// Nearest returns those of the names that are a slip of the hand away from word,
// the nearest first. Of a short word one letter may be wrong: "foo" is no
// slip of "log", nor "pin" of "link".
func Nearest(word string, names []string) []string {
	type near struct {
		name string
		off  int
	}
	var found []near
	for _, name := range names {
		off := spelling.Distance(strings.ToLower(word), strings.ToLower(name))
		prefix := len(word) >= 3 && strings.HasPrefix(strings.ToLower(name), strings.ToLower(word))
		short := min(len([]rune(word)), len([]rune(name)))
		if off <= min(nearDistance, short/2) || prefix {
			found = append(found, near{name, off})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].off < found[j].off })
	out := make([]string, len(found))
	for i, f := range found {
		out[i] = f.name
	}
	return out
}
