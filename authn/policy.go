package authn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CodeOutOfRange is the refusal of a setting that the product does not
// accept; every family has it.
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

// String returns the range as it is shown, such as "10s to 300s".
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

// PolicyRow is one setting of a family whose settings are an S: how it is
// spelled, read, shown and judged.
type PolicyRow[S any] struct {
	Key  SettingKey
	Rule RuleID
	Doc  string
	// Show writes the value as it may be typed.
	Show func(S) string
	// Read takes what was typed; its error says that it is no value at all.
	Read func(*S, string) error
	// Range is what is accepted.
	Range Range
	// RangeNow and RuleNow, if set, give range and rule where another setting
	// decides them.
	RangeNow func(S) Range
	RuleNow  func(S) RuleID
	// Number points at the value of a setting whose range has numbers; it is nil
	// while the setting has no value.
	Number func(*S) *int
	// Judge, if set, reports whether what Range.Text asks for is so.
	Judge func(S) bool
	// Because, if set, begins the refusal of a value that was accepted before
	// and lost its range to another setting.
	Because func(S) string
}

// accepted returns what the row accepts beside the other settings.
func (row PolicyRow[S]) accepted(s S) Range {
	if row.RangeNow != nil {
		return row.RangeNow(s)
	}
	return row.Range
}

// rule returns the rule of what the row accepts beside the other settings.
func (row PolicyRow[S]) rule(s S) RuleID {
	if row.RuleNow != nil {
		return row.RuleNow(s)
	}
	return row.Rule
}

// Accepts reports whether the product accepts the value that s has.
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

// SecondsRow is the row of a number of seconds, which is read with or without
// a unit.
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

// WordRow is the row of one word out of a list, which is read in any case.
func WordRow[S any](key SettingKey, rule RuleID, doc string, words []string, field func(*S) *string) PolicyRow[S] {
	return PolicyRow[S]{
		Key: key, Rule: rule, Doc: doc, Range: Range{Words: words},
		Show: func(s S) string { return *field(&s) },
		Read: func(s *S, v string) error { *field(s) = strings.ToLower(v); return nil },
	}
}

// FlagRow is the row of a switch.
func FlagRow[S any](key SettingKey, rule RuleID, doc string, field func(*S) *bool) PolicyRow[S] {
	return PolicyRow[S]{
		Key: key, Rule: rule, Doc: doc, Range: Range{Words: []string{"true", "false"}},
		Show: func(s S) string { return strconv.FormatBool(*field(&s)) },
		Read: func(s *S, v string) error { return ReadFlag(field(s), v) },
	}
}

// ReadFlag reads a switch.
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

// LoadPolicy returns the settings that a site keeps in a record: the defaults
// where there is none.
func LoadPolicy[S any](shelf Shelf, record string, defaults S) (S, error) {
	_, err := shelf.Load(record, &defaults, nil)
	return defaults, err
}

// KeepPolicy changes the settings that LoadPolicy returns, all of them or none,
// and returns them as they are then; see ChangePolicy.
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

// NoSuchSetting is the fault of a key that no family has.
func NoSuchSetting(key SettingKey) *Fault {
	return &Fault{Code: CodeNoSuchSetting, Message: fmt.Sprintf("no setting is called %q", key),
		Hints: []string{"offauth admin policy show"}}
}

// outOfRange words the refusal of a value; direct is false where it was
// accepted before and another setting took its range away.
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

// ViewPolicy lists settings for showing.
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

// Plain returns a typed value back for a message: as it is, or quoted where it
// has signs that a terminal would not show.
func Plain(value string) string {
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return strconv.Quote(value)
	}
	return value
}
