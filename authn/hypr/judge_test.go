package hypr

import (
	"testing"
	"time"

	"github.com/offauth/offauth/authn"
)

// madeSet makes a set directly. Each letter of pins is one PIN; lower case
// means used.
func madeSet(number uint64, phone, pins string, expired bool) openSet {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	s := openSet{
		triple:    triple{User: "alice", Phone: phone, Workstation: "LAPTOP-7"},
		sealedSet: sealedSet{Number: number, Of: len(pins), Issued: at, Expires: at.Add(time.Hour), Expired: expired},
	}
	for _, r := range pins {
		used := byte(0)
		if r >= 'a' {
			used, r = 1, r-32
		} else {
			s.Unused++
		}
		tag, key := copyKeys([]byte(string(r)), s.header())
		s.secret.Tags = append(s.secret.Tags, tag...)
		s.secret.Used = append(s.secret.Used, used)
		s.secret.Copies = append(s.secret.Copies, seal(key, make([]byte, 32), s.header())...)
	}
	return s
}

func TestTheOrderOfJudgementH44(t *testing.T) {
	live := func(n uint64, pins string) openSet { return madeSet(n, "pixel", pins, false) }
	dead := func(n uint64, pins string) openSet { return madeSet(n, "pixel", pins, true) }
	other := func(pins string) openSet { return madeSet(1, "tablet", pins, false) }
	rows := []struct {
		name string
		held []openSet
		pin  string
		code authn.Code
		rule authn.RuleID
		set  int
	}{
		{"right", []openSet{live(1, "ABC")}, "B", "", "", 0},
		{"unknown: wrong", []openSet{live(1, "ABC")}, "X", CodeWrongPIN, "H24", 0},
		{"used", []openSet{live(1, "aBC")}, "A", CodePINUsed, "H23", 0},
		{"unused beside used", []openSet{live(1, "aBC")}, "C", "", "", 0},
		{"none left: its own", []openSet{live(1, "abc")}, "A", CodePINExpired, "H34", 0},
		{"none left: any", []openSet{live(1, "abc")}, "X", CodePINExpired, "H34", 0},
		{"expired: its own, unused", []openSet{dead(1, "ABC")}, "A", CodePINExpired, "H33", 0},
		{"expired: its own, used", []openSet{dead(1, "aBC")}, "A", CodePINExpired, "H33", 0},
		{"expired: another is wrong (H35)", []openSet{dead(1, "ABC")}, "X", CodeWrongPIN, "H24", 0},
		{"expired and used up is not none left", []openSet{dead(1, "abc")}, "X", CodeWrongPIN, "H24", 0},
		{"expired and used up: its own", []openSet{dead(1, "abc")}, "A", CodePINExpired, "H33", 0},
		{"expired beside live: the live one's", []openSet{dead(1, "ABC"), live(2, "DEF")}, "D", "", "", 1},
		{"expired beside live: the expired one's", []openSet{dead(1, "ABC"), live(2, "DEF")}, "A", CodePINExpired, "H33", 0},
		{"expired beside live: unknown", []openSet{dead(1, "ABC"), live(2, "DEF")}, "X", CodeWrongPIN, "H24", 0},
		{"expired beside exhausted: unknown", []openSet{dead(1, "ABC"), live(2, "def")}, "X", CodePINExpired, "H34", 0},
		{"expired beside exhausted: the expired one's", []openSet{dead(1, "ABC"), live(2, "def")}, "A",
			CodePINExpired, "H33", 0},
		{"two live (A11): the older's", []openSet{live(1, "ABC"), live(2, "DEF")}, "A", "", "", 0},
		{"two live (A11): the newer's", []openSet{live(1, "ABC"), live(2, "DEF")}, "F", "", "", 1},
		{"two live, one exhausted: used", []openSet{live(1, "abc"), live(2, "DEF")}, "A", CodePINUsed, "H23", 0},
		{"two live, one exhausted: unknown", []openSet{live(1, "abc"), live(2, "DEF")}, "X", CodeWrongPIN, "H24", 0},
		{"two live, both exhausted", []openSet{live(1, "abc"), live(2, "def")}, "A", CodePINExpired, "H34", 0},
		{"two phones: the second's (H12)", []openSet{live(1, "ABC"), other("DEF")}, "D", "", "", 1},
		{"two phones, same number: used on one", []openSet{live(1, "aBC"), other("DEF")}, "A", CodePINUsed, "H23", 0},
		{"no sets at all: wrong", nil, "A", CodeWrongPIN, "H24", 0},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			v := judge(row.held, []byte(row.pin))
			if v.code != row.code || v.rule != row.rule {
				t.Fatalf("%q by %s, want %q by %s", v.code, v.rule, row.code, row.rule)
			}
			if row.code != "" {
				if v.key != nil {
					t.Fatal("a refused PIN comes with a key")
				}
				return
			}
			s := row.held[row.set]
			if v.set != row.set {
				t.Fatalf("set %d, want %d", v.set, row.set)
			}
			if _, ok := open(v.key, s.secret.Copies[v.entry*copySize:(v.entry+1)*copySize], s.header()); !ok {
				t.Fatal("the key does not open the copy")
			}
		})
	}
}

// TestAPINThatTwoSetsShareIsJudgedByTheGoodOneH22A11: PINs are unique within a
// set (H13), so two sets may share a PIN. It is right if it is right in one of
// them.
func TestAPINThatTwoSetsShareIsJudgedByTheGoodOneH22A11(t *testing.T) {
	good := madeSet(1, "pixel", "AB", false)
	for name, bad := range map[string]openSet{
		"used in the other": madeSet(2, "pixel", "aC", false), "expired in the other": madeSet(2, "tablet", "AC", true),
	} {
		for order, held := range map[string][]openSet{"first": {good, bad}, "last": {bad, good}} {
			if v := judge(held, []byte("A")); v.code != "" {
				t.Errorf("%s, the good one %s: %s", name, order, v.code)
			}
		}
	}
}

func TestFindLooksAtWholeTagsOnlyA9(t *testing.T) {
	s := setSecret{Tags: append(make([]byte, tagSize), 1, 2, 3)}
	if s.find(make([]byte, tagSize)) != 0 || s.find(make([]byte, tagSize-1)) != -1 || s.find(nil) != -1 ||
		(setSecret{}).find(make([]byte, tagSize)) != -1 {
		t.Error("a part of a tag is found, or a whole one is not")
	}
}
