package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
)

// NoSuch is the fault of a name that nothing has, with those that are near,
// or all of them where they are few.
func NoSuch(code authn.Code, what, name string, names []string, list string) *authn.Fault {
	f := &authn.Fault{Code: code, Message: fmt.Sprintf("there is no %s %q", what, name)}
	for _, near := range Nearest(name, names) {
		f.Hints = append(f.Hints, "did you mean "+near+"?")
	}
	if len(names) > 0 && len(names) <= 8 {
		f.Message += "; there is " + strings.Join(names, ", ")
	}
	f.Hints = append(f.Hints, list)
	return f
}

// Missing is the fault of a step that a newcomer has skipped, with the
// command that does it.
func Missing(code authn.Code, message, step string) *authn.Fault {
	return &authn.Fault{Code: code, Message: message, Hints: []string{step}}
}

// NamesOf collects the names of things.
func NamesOf[T any, N ~string](things []T, name func(T) N) []N {
	out := make([]N, len(things))
	for i, t := range things {
		out[i] = name(t)
	}
	return out
}

// IndexName finds a name in whatever case it is typed, or gives -1 (A16). The
// one that is written so comes first: a world that was made before A16 may have
// two that differ by case alone.
func IndexName[N ~string](names []N, name string) int {
	if i := slices.Index(names, N(name)); i >= 0 {
		return i
	}
	return slices.IndexFunc(names, func(n N) bool { return authn.SameName(string(n), name) })
}
