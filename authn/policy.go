package authn

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// CodeOutOfRange is the refusal of a setting that the product does not
// accept; every family has it.
const CodeOutOfRange Code = "out_of_range"

// PolicyRow is one setting of a family whose settings are an S: how it is
// spelled, read, shown and judged.
type PolicyRow[S any] struct {
	Key, Doc string
	Rule     RuleID
	// Show writes the value as it may be typed.
	Show func(S) string
	// Read takes what was typed; its error says that it is no value at all.
	Read func(*S, string) error
	// Limits says what is accepted, and Judge whether the value is.
	Limits func(S) string
	Judge  func(S) bool
	// RuleNow, if set, gives the rule where another setting decides it.
	RuleNow func(S) RuleID
	// Because, if set, begins the refusal of a value that was accepted before
	// and lost its range to another setting.
	Because func(S) string
}

// NumberRow is the row of a plain integer.
func NumberRow[S any](key string, rule RuleID, doc string, low, high int, field func(*S) *int) PolicyRow[S] {
	return PolicyRow[S]{
		Key: key, Rule: rule, Doc: doc,
		Show:   func(s S) string { return strconv.Itoa(*field(&s)) },
		Read:   func(s *S, v string) error { return ReadNumber(field(s), v) },
		Limits: func(S) string { return fmt.Sprintf("%d to %d", low, high) },
		Judge:  func(s S) bool { return *field(&s) >= low && *field(&s) <= high },
	}
}

// SecondsRow is the row of a number of seconds, which is read with or without
// a unit.
func SecondsRow[S any](key string, rule RuleID, doc string, low, high int, field func(*S) *int) PolicyRow[S] {
	row := NumberRow(key, rule, doc, low, high, field)
	row.Show = func(s S) string { return fmt.Sprintf("%ds", *field(&s)) }
	row.Limits = func(S) string { return fmt.Sprintf("%ds to %ds", low, high) }
	row.Read = func(s *S, v string) error {
		if ReadNumber(field(s), v) == nil {
			return nil
		}
		d, err := time.ParseDuration(v)
		if err != nil || d%time.Second != 0 {
			return fmt.Errorf("want whole seconds, such as 60s")
		}
		*field(s) = int(d / time.Second)
		return nil
	}
	return row
}

// ReadNumber reads a whole number.
func ReadNumber(into *int, v string) error {
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return fmt.Errorf("want a whole number")
	}
	*into = int(n)
	return nil
}

// ChangePolicy returns settings with others put in, all of them or none. A
// value out of its range is a Refusal with the code "out_of_range"; one that
// is no value at all, or an unknown key, is a Fault.
func ChangePolicy[S any](rows []PolicyRow[S], s S, changes []Setting) (S, error) {
	before, changed := s, map[string]bool{}
	for _, c := range changes {
		row, ok := policyRow(rows, c.Key)
		if !ok {
			return before, NoSuchSetting(c.Key)
		}
		if err := row.Read(&s, c.Value); err != nil {
			return before, &Fault{Code: CodeBadArgument, Message: fmt.Sprintf("%s=%s: %v", c.Key, Plain(c.Value), err), Hints: []string{"offauth admin policy explain " + c.Key}}
		}
		changed[c.Key] = true
	}
	for _, row := range rows {
		if !row.Judge(s) {
			return before, row.outOfRange(s, changed[row.Key])
		}
	}
	return s, nil
}

// NoSuchSetting is the fault of a key that no family has.
func NoSuchSetting(key string) *Fault {
	return &Fault{Code: CodeNoSuchSetting, Message: fmt.Sprintf("no setting is called %q", key), Hints: []string{"offauth admin policy show"}}
}

// outOfRange words the refusal of a value; direct is false where it was
// accepted before and another setting took its range away.
func (row PolicyRow[S]) outOfRange(s S, direct bool) *Refusal {
	rule := row.Rule
	if row.RuleNow != nil {
		rule = row.RuleNow(s)
	}
	message := fmt.Sprintf("%s accepts %s, not %s", row.Key, row.Limits(s), Plain(row.Show(s)))
	if !direct && row.Because != nil {
		message = row.Because(s) + " " + message
	}
	return &Refusal{
		Code: CodeOutOfRange, Rule: rule, Site: SiteServer, Subject: row.Key, Message: message,
		Hints:  []string{"offauth admin policy explain " + row.Key},
		Fields: map[string]any{"key": row.Key, "accepted": row.Limits(s)},
	}
}

func policyRow[S any](rows []PolicyRow[S], key string) (PolicyRow[S], bool) {
	for _, row := range rows {
		if row.Key == key {
			return row, true
		}
	}
	return PolicyRow[S]{}, false
}

// ViewPolicy lists settings for showing.
func ViewPolicy[S any](rows []PolicyRow[S], s, defaults S) []SettingView {
	views := []SettingView{}
	for _, row := range rows {
		views = append(views, SettingView{
			Key: row.Key, Value: row.Show(s), Default: row.Show(defaults),
			Range: row.Limits(s), Rule: row.Rule, Doc: row.Doc,
		})
	}
	return views
}

// Plain returns a typed value back for a message: as it is, or quoted where it
// has signs that a terminal would not show.
func Plain(value string) string {
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return strconv.Quote(value)
	}
	return value
}
