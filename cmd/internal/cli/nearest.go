package cli

import (
	"sort"
	"strings"

	"github.com/offauth/offauth/authn"
)

// nearDistance is how many slips a name may be off and still be offered.
const nearDistance = 2

// nearest gives those of the names that a slip of the hand away from word,
// the nearest first. A name that is all slip (one of three letters, say) is
// not near.
func nearest(word string, names []string) []string {
	type near struct {
		name string
		off  int
	}
	var found []near
	for _, name := range names {
		off := authn.Slips(strings.ToLower(word), strings.ToLower(name))
		prefix := len(word) >= 3 && strings.HasPrefix(strings.ToLower(name), strings.ToLower(word))
		if (off <= nearDistance && off < len([]rune(name))) || prefix {
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
