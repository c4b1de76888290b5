// Package report writes what a run of scenarios found: as text for people, as
// JSON, JUnit XML, TAP and NDJSON for machines, and as the annotations that
// GitHub shows beside a line. It writes the findings of lint in similar forms. No
// report contains a secret, since results contain none. Control characters in names
// and texts, which anyone may have written, are made visible (E12).
package report
