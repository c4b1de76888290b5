package syntax

import (
	"slices"
	"strings"
)

// blanks removes blank lines at both ends, and all but one of several in between. If
// this changes a block scalar, the comparison with the original refuses the file.
func blanks(lines []string) []string {
	var out []string
	for _, line := range lines {
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// said returns the comments of a text, sorted.
func said(text string) []string {
	lines := strings.Split(text, "\n")
	var all []string
	for n, column := range comments(text) {
		letters := []rune(lines[n-1])
		if column-1 <= len(letters) {
			all = append(all, strings.TrimSpace(string(letters[column-1:])))
		}
	}
	slices.Sort(all)
	return all
}

// alike reports whether two trees are equal, ignoring the order of keys.
func alike(a, b *Node) bool {
	if b == nil || a.Kind != b.Kind || a.Text != b.Text || a.Quoted != b.Quoted || len(a.Pairs) != len(b.Pairs) ||
		len(a.Items) != len(b.Items) {
		return false
	}
	for _, p := range a.Pairs {
		if v := b.Get(p.Key); v == nil || !alike(p.Value, v) {
			return false
		}
	}
	for i := range a.Items {
		if !alike(a.Items[i], b.Items[i]) {
			return false
		}
	}
	return true
}
