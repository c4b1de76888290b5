package lint

import (
	"fmt"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// Modeline is the first line of a new file: it tells an editor where the
// schema is, which "offauth scenario schema" writes.
const Modeline = "# yaml-language-server: $schema=scenario.schema.json"

// New returns the text of a new scenario that passes. name is a slug, profile the
// profile of the scenario, and fixture the path of a fixture to use, or empty. With
// a fixture, or for a profile without an example here, it has no steps of its own.
func New(name, profile, fixture string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\noffauth: scenario/v1\nname: %s\n", Modeline, name)
	family, _, _ := strings.Cut(profile, "@")
	sample := verb.Family(authn.FamilyName(family)).Sample
	switch {
	case fixture != "":
		fmt.Fprintf(&b, "description: What happens after %s.\ntags: [%s]\nprofile: %s\nuse: [%q]\n%s", fixture, family,
			profile, fixture, shapeOfAStory)
	case sample.Text != "":
		fmt.Fprintf(&b, "description: %s\ntags: [%s]\nprofile: %s\n%s", sample.Description, family, profile, sample.Text)
	default:
		fmt.Fprintf(&b, "description: What happens.\ntags: [%s]\nprofile: %s\n%s", family, profile, shapeOfAStory)
	}
	return []byte(b.String())
}

const shapeOfAStory = `clock: {start: 2026-03-02T08:00:00Z}
steps:
  - phase: A minute passes
  - wait: 1m
  - check: {state: {clock: "${clock.now}"}}
`
