package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn"
)

func indent(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = "  " + l
	}
	return out
}

// sentence puts a row's text in our voice: the tables do not agree on
// capitals. A word that is all capitals, such as PIN, stays.
func sentence(text string) string {
	first, _, _ := strings.Cut(text, " ")
	if len(first) > 1 && first == strings.ToUpper(first) {
		return text
	}
	return lowerFirst(text)
}

func bullets(items []string) []string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = "- " + item
	}
	return out
}

// yes writes a mark, or a dash.
func yes(is bool) string {
	if is {
		return "yes"
	}
	return "-"
}

// commas writes a list of names, or a dash.
func commas(names []string) string {
	return cmp.Or(strings.Join(names, ", "), "-")
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// oneLine keeps a message of several lines (a driver's, say) on one.
func oneLine(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

// ruleText writes a rule on one line.
func ruleText(r authn.Rule) string { return fmt.Sprintf("%s [%s] %s", r.ID, r.Source, r.Text) }

// beginning keeps a context from filling a table.
func beginning(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:39]) + "…"
	}
	return text
}
