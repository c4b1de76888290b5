package resolve

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Say returns a description of a node, for messages.
func Say(n *syntax.Node) string {
	switch n.Kind {
	case syntax.Null:
		return "nothing"
	case syntax.Bool:
		return "the boolean " + n.Text
	case syntax.Int, syntax.Float:
		return "the number " + n.Text
	case syntax.Text:
		if len([]rune(n.Text)) > 40 {
			return "a text"
		}
		return fmt.Sprintf("the text %q", n.Text)
	case syntax.Map:
		return "a mapping"
	}
	return "a list"
}

// Integer returns the value of a decimal integer without leading zeros.
func Integer(n *syntax.Node) (int64, bool) {
	if n == nil || n.Kind != syntax.Int {
		return 0, false
	}
	digits := strings.TrimLeft(n.Text, "+-")
	if len(digits) > 1 && digits[0] == '0' {
		return 0, false
	}
	v, err := strconv.ParseInt(n.Text, 10, 64)
	return v, err == nil
}

// Duration returns the value of a duration; 0 needs no unit.
func Duration(n *syntax.Node) (time.Duration, bool) {
	if n == nil || n.Kind != syntax.Text && n.Text != "0" {
		return 0, false
	}
	d, err := authn.ParseSpan(n.Text)
	return d, err == nil
}

// Instant returns the value of an instant in RFC 3339.
func Instant(n *syntax.Node) (time.Time, bool) {
	if n == nil || n.Kind != syntax.Text {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339Nano, n.Text)
	return at, err == nil && at.Year() > 1 && at.Year() < 9000
}

// Text returns the text of a node, or "" if it is not a text.
func Text(n *syntax.Node) string {
	if n == nil || n.Kind != syntax.Text {
		return ""
	}
	return n.Text
}

// Words returns the texts of the items of a list.
func Words(n *syntax.Node) []string {
	if n == nil {
		return nil
	}
	var list []string
	for _, item := range n.Items {
		list = append(list, item.Text)
	}
	return list
}
