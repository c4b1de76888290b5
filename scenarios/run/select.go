package run

import (
	"cmp"
	"slices"
	"strings"
)

// NothingSelectedError is returned if no instance matches. Near holds the IDs that
// resemble the filters most, AllTags all tags, sorted.
type NothingSelectedError struct {
	Filters []string
	Tags    string
	Near    []string
	AllTags []string
}

// Error implements error.
func (e *NothingSelectedError) Error() string {
	var asked []string
	if len(e.Filters) > 0 {
		asked = append(asked, "filter "+strings.Join(e.Filters, ", "))
	}
	if e.Tags != "" {
		asked = append(asked, "tags "+e.Tags)
	}
	if len(asked) == 0 {
		return "there is no scenario to run"
	}
	return "no scenario fits the " + strings.Join(asked, " and the ")
}

// Select returns the instances whose ID matches one of the filters (all, if there is
// none) and whose tags match the expression. A filter is an ID, or a glob in which *
// matches any characters and ? one; brackets, which IDs contain, match themselves. A
// filter without a bracket also matches every instance of the story with that name.
// The error is a *NothingSelectedError, or wraps ErrBadTags.
func Select(all []Instance, filters []string, tags string) ([]Instance, error) {
	fits, err := ParseTags(tags)
	if err != nil {
		return nil, err
	}
	var kept []Instance
	for _, i := range all {
		if fits.Fit(i.Story.Tags) && filtered(i, filters) {
			kept = append(kept, i)
		}
	}
	if len(kept) == 0 {
		return nil, &NothingSelectedError{filters, tags, nearest(all, filters), tagsOf(all)}
	}
	return kept, nil
}

// tagsOf returns the tags of all instances.
func tagsOf(all []Instance) []string {
	var tags []string
	for _, i := range all {
		tags = append(tags, i.Story.Tags...)
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

func filtered(i Instance, filters []string) bool {
	if len(filters) == 0 {
		return true
	}
	return slices.ContainsFunc(filters, func(f string) bool {
		return Glob(f, i.ID) || !strings.Contains(f, "[") && Glob(f, i.Story.Name)
	})
}

// Glob reports whether a text matches a pattern in which * matches any characters, ?
// one, and everything else itself.
func Glob(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i++
			j++
		case star >= 0: // let the last star match one more character
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}

// mostNear is the number of IDs to suggest.
const mostNear = 5

// nearest returns the IDs that resemble the filters most.
func nearest(all []Instance, filters []string) []string {
	asked := strings.ReplaceAll(strings.Join(filters, " "), "*", "")
	ids := make([]string, len(all))
	score := map[string]int{}
	for i, in := range all {
		ids[i] = in.ID
		score[in.ID] = shared(asked, in.ID)
	}
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Or(score[b]-score[a], strings.Compare(a, b)) })
	return ids[:min(len(ids), mostNear)]
}

// shared returns the number of trigrams that two texts have in common.
func shared(a, b string) int {
	n := 0
	for i := 0; i+3 <= len(a); i++ {
		if strings.Contains(b, a[i:i+3]) {
			n++
		}
	}
	return n
}
