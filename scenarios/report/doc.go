// Package report writes what a run of scenarios found: as text for people, as
// JSON, JUnit XML, TAP and NDJSON for machines, and as the annotations that
// GitHub shows beside a line. It writes the findings of lint likewise. No
// report holds a secret, as the results that it is made from hold none; what a
// stranger may have written, a context or a name, is shown with its control
// characters visible (E12).
package report
