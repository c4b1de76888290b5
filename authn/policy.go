package authn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CodeOutOfRange refuses a value that a setting does not accept. Every family
// uses it.
const CodeOutOfRange Code = "out_of_range"

// Range is the set of values that a setting accepts: the whole numbers from Low
// to High, if High is set; otherwise one of Words, if there are any.
type Range struct {
	Low, High int
	// Unit follows each number: "s" for seconds, or nothing.
	Unit  string
	Words []string
	// Text describes what the product checks beyond numbers and words.
	Text string
}

// String returns the range as it is shown, such as "2s to 9s".
func (r Range) String() string {
	var parts []string
	if r.High > 0 {
		parts = append(parts, fmt.Sprintf("%d%s to %d%s", r.Low, r.Unit, r.High, r.Unit))
	}
	if len(r.Words) > 0 {
		parts = append(parts, strings.Join(r.Words, " or "))
	}
	if r.Text != "" {
		parts = append(parts, r.Text)
	}
	return strings.Join(parts, ", ")
}

// Has reports whether a number lies in a range of numbers.
func (r Range) Has(n int) bool { return r.Low <= n && n <= r.High }

// MarshalText writes the range as it is shown.
func (r Range) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// PolicyRow describes one setting of a family, whose settings are an S: its
// key, and how it is parsed, shown and checked.
type PolicyRow[S any] struct {
	Key  SettingKey
	Rule RuleID
	Doc  string
	// Show returns the value as text that Read accepts.
	Show func(S) string
	// Read parses the typed text. Its error means that the text is not a value.
	Read func(*S, string) error
	// Range is the accepted range.
	Range Range
	// RangeNow and RuleNow, if set, return the range and the rule that depend
	// on another setting.
	RangeNow func(S) Range
	RuleNow  func(S) RuleID
	// Number returns a pointer to the value of a numeric setting, or nil if it
	// has no value.
	Number func(*S) *int
	// Judge, if set, checks the condition that Range.Text describes.
	Judge func(S) bool
	// Because, if set, returns the start of the message for a value that was
	// accepted until another setting changed its range.
	Because func(S) string
}

// accepted returns the range that the row accepts, given the other settings.
func (row PolicyRow[S]) accepted(s S) Range {
	if row.RangeNow != nil {
		return row.RangeNow(s)
	}
	return row.Range
}

// rule returns the rule of that range.
func (row PolicyRow[S]) rule(s S) RuleID {
	if row.RuleNow != nil {
		return row.RuleNow(s)
	}
	return row.Rule
}

// Accepts reports whether the product accepts the value in s.
func (row PolicyRow[S]) Accepts(s S) bool {
	r := row.accepted(s)
	if row.Number != nil {
		if n := row.Number(&s); n != nil && !r.Has(*n) {
			return false
		}
	}
	if len(r.Words) > 0 && !slices.Contains(r.Words, row.Show(s)) {
		return false
	}
	return row.Judge == nil || row.Judge(s)
}

// NumberRow is the row of a plain integer.
func NumberRow[S any](key SettingKey, rule RuleID, doc string, low, high int, field func(*S) *int) PolicyRow[S] {
	return PolicyRow[S]{
		Key: key, Rule: rule, Doc: doc, Range: Range{Low: low, High: high}, Number: field,
		Show: func(s S) string { return strconv.Itoa(*field(&s)) },
		Read: func(s *S, v string) error { return ReadNumber(field(s), v) },
	}
}

// SecondsRow is the row of a number of seconds, typed with or without a unit.
func SecondsRow[S any](key SettingKey, rule RuleID, doc string, low, high int, field func(*S) *int) PolicyRow[S] {
	row := NumberRow(key, rule, doc, low, high, field)
	row.Range.Unit = "s"
	row.Show = func(s S) string { return fmt.Sprintf("%ds", *field(&s)) }
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

// WordRow is the row of one word of a list, typed in any case.
func WordRow[S any](key SettingKey, rule RuleID, doc string, words []string, field func(*S) *string) PolicyRow[S] {
	return PolicyRow[S]{
		Key: key, Rule: rule, Doc: doc, Range: Range{Words: words},
		Show: func(s S) string { return *field(&s) },
		Read: func(s *S, v string) error { *field(s) = strings.ToLower(v); return nil },
	}
}

// FlagRow is the row of a boolean.
func FlagRow[S any](key SettingKey, rule RuleID, doc string, field func(*S) *bool) PolicyRow[S] {
	return PolicyRow[S]{
		Key: key, Rule: rule, Doc: doc, Range: Range{Words: []string{"true", "false"}},
		Show: func(s S) string { return strconv.FormatBool(*field(&s)) },
		Read: func(s *S, v string) error { return ReadFlag(field(s), v) },
	}
}

// ReadFlag parses a boolean.
func ReadFlag(into *bool, v string) error {
	switch strings.ToLower(v) {
	case "true", "on", "yes":
		*into = true
	case "false", "off", "no":
		*into = false
	default:
		return fmt.Errorf("want true or false")
	}
	return nil
}

// ReadNumber parses a whole number.
func ReadNumber(into *int, v string) error {
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return fmt.Errorf("want a whole number")
	}
	*into = int(n)
	return nil
}

// ChangePolicy returns s with all the changes, or s unchanged and an error. A
// value out of its range is a Refusal with the code "out_of_range"; text that
// is not a value, or an unknown key, is a Fault.
func ChangePolicy[S any](rows []PolicyRow[S], s S, changes []Setting) (S, error) {
	before, changed := s, map[SettingKey]bool{}
	for _, c := range changes {
		row, ok := policyRow(rows, c.Key)
		if !ok {
			return before, NoSuchSetting(c.Key)
		}
		if err := row.Read(&s, c.Value); err != nil {
			return before, &Fault{Code: CodeBadArgument, Message: fmt.Sprintf("%s=%s: %v", c.Key, Plain(c.Value), err),
				Hints: []string{c.Key.ExplainCommand()}}
		}
		changed[c.Key] = true
	}
	for _, row := range rows {
		if !row.Accepts(s) {
			return before, row.outOfRange(s, changed[row.Key])
		}
	}
	return s, nil
}

// LoadPolicy returns the settings that a site stores in a record, or the
// defaults if there is none.
func LoadPolicy[S any](shelf Shelf, record string, defaults S) (S, error) {
	_, err := shelf.Load(record, &defaults, nil)
	return defaults, err
}

// KeepPolicy applies changes to the settings that LoadPolicy returns, stores
// them, and returns the new settings. See ChangePolicy.
func KeepPolicy[S any](shelf Shelf, record string, defaults S, rows []PolicyRow[S], changes []Setting) (S, error) {
	set, err := LoadPolicy(shelf, record, defaults)
	if err != nil {
		return set, err
	}
	changed, err := ChangePolicy(rows, set, changes)
	if err != nil {
		return set, err
	}
	return changed, shelf.Save(record, changed, nil)
}

// NoSuchSetting returns the fault for an unknown key.
func NoSuchSetting(key SettingKey) *Fault {
	return &Fault{Code: CodeNoSuchSetting, Message: fmt.Sprintf("no setting is called %q", key),
		Hints: []string{"offauth admin policy show"}}
}

// outOfRange returns the refusal of a value. The value itself was changed if
// direct is true; otherwise another setting changed its range.
func (row PolicyRow[S]) outOfRange(s S, direct bool) *Refusal {
	message := fmt.Sprintf("%s accepts %s, not %s", row.Key, row.accepted(s), Plain(row.Show(s)))
	if !direct && row.Because != nil {
		message = row.Because(s) + " " + message
	}
	return &Refusal{
		Code: CodeOutOfRange, Rule: row.rule(s), Site: SiteServer, Subject: string(row.Key), Message: message,
		Hints:  []string{row.Key.ExplainCommand()},
		Fields: map[string]any{"key": string(row.Key), "accepted": row.accepted(s).String()},
	}
}

func policyRow[S any](rows []PolicyRow[S], key SettingKey) (PolicyRow[S], bool) {
	for _, row := range rows {
		if row.Key == key {
			return row, true
		}
	}
	return PolicyRow[S]{}, false
}

// ViewPolicy returns the settings for display.
func ViewPolicy[S any](rows []PolicyRow[S], s, defaults S) []SettingView {
	views := []SettingView{}
	for _, row := range rows {
		views = append(views, SettingView{
			Key: row.Key, Value: row.Show(s), Default: row.Show(defaults),
			Range: row.accepted(s), Rule: row.rule(s), Doc: row.Doc,
		})
	}
	return views
}

// Plain returns a typed value for a message, quoted if it has characters other
// than visible ASCII.
func Plain(value string) string {
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return strconv.Quote(value)
	}
	return value
}
