package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/offauth/offauth/scenarios/run"
)

// JUnit XML has no standard; this is the subset that its readers have in common.
// They add up "time", which is real time, so virtual time is a property. A file
// is a test suite, an instance a test case.
type (
	suitesXML struct {
		XMLName  xml.Name   `xml:"testsuites"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Time     string     `xml:"time,attr"`
		Suites   []suiteXML `xml:"testsuite"`
	}
	suiteXML struct {
		Name     string    `xml:"name,attr"`
		File     string    `xml:"file,attr"`
		Tests    int       `xml:"tests,attr"`
		Failures int       `xml:"failures,attr"`
		Errors   int       `xml:"errors,attr"`
		Skipped  int       `xml:"skipped,attr"`
		Time     string    `xml:"time,attr"`
		Cases    []caseXML `xml:"testcase"`
		wall     time.Duration
	}
	caseXML struct {
		Name       string        `xml:"name,attr"`
		Class      string        `xml:"classname,attr"`
		File       string        `xml:"file,attr"`
		Line       int           `xml:"line,attr"`
		Time       string        `xml:"time,attr"`
		Properties []propertyXML `xml:"properties>property"`
		Skipped    *messageXML   `xml:"skipped"`
		Errors     []messageXML  `xml:"error"`
		Failures   []messageXML  `xml:"failure"`
	}
	propertyXML struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	messageXML struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

func writeJUnit(w io.Writer, r run.Report, o Options) error {
	all := suitesXML{Name: "offauth scenario run", Time: seconds(r.Wall)}
	at := map[string]int{}
	for _, one := range r.Results {
		i, there := at[one.Path]
		if !there {
			i = len(all.Suites)
			at[one.Path] = i
			all.Suites = append(all.Suites, suiteXML{Name: line(one.Path), File: line(one.Path)})
		}
		s := &all.Suites[i]
		s.Cases = append(s.Cases, caseOf(one, repeated(r), o))
		s.Tests++
		s.wall += one.Wall
		switch one.Status {
		case run.Failed, run.XPassed:
			s.Failures++
		case run.Errored:
			s.Errors++
		case run.Skipped, run.XFailed, run.NotRun:
			s.Skipped++
		}
	}
	for i := range all.Suites {
		s := &all.Suites[i]
		s.Time = seconds(s.wall)
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Skipped += s.Skipped
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

// caseOf returns the test case of an instance.
func caseOf(one run.Result, repeated bool, o Options) caseXML {
	c := caseXML{Name: line(name(one, repeated)), Class: class(one.Path), File: line(one.Path), Line: one.Line,
		Time: seconds(one.Wall)}
	property := func(name, value string) { c.Properties = append(c.Properties, propertyXML{name, line(value)}) }
	property("virtual_seconds", fmt.Sprintf("%.3f", one.Virtual.Seconds()))
	property("seed", fmt.Sprint(one.Seed))
	property("hash", one.Hash)
	rules := make([]string, len(one.Rules))
	for i, id := range one.Rules {
		rules[i] = string(id)
	}
	property("rules", strings.Join(rules, " "))
	switch one.Status {
	case run.Skipped:
		c.Skipped = &messageXML{Message: line(one.Reason)}
	case run.XFailed:
		c.Skipped = &messageXML{Message: line("failed as expected: " + one.Reason)}
	case run.NotRun:
		c.Skipped = &messageXML{Message: line("not run: " + one.Reason)}
	case run.Failed, run.XPassed:
		c.Failures = messagesOf(one, o)
	case run.Errored:
		c.Errors = messagesOf(one, o)
	}
	return c
}

// messagesOf returns a message for each failure, or for the verdict alone.
func messagesOf(one run.Result, o Options) []messageXML {
	all := failures(one)
	if len(all) == 0 {
		return []messageXML{{Message: line(orWord(one.Reason, string(one.Status))), Type: string(one.Status)}}
	}
	out := make([]messageXML, len(all))
	for i, f := range all {
		t := &text{options: o}
		t.options.Colour = false
		t.failure(f)
		t.context(f)
		out[i] = messageXML{Message: message(f), Type: f.Code, Text: "\n" + t.String()}
	}
	return out
}

// class returns a path with dots, as JUnit readers show a class.
func class(file string) string {
	name := strings.TrimSuffix(strings.TrimSuffix(path.Clean(file), ".yaml"), ".scenario")
	return line(strings.ReplaceAll(strings.TrimLeft(name, "./"), "/", "."))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }
