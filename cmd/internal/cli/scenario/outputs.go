package scenario

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	reports "github.com/offauth/offauth/scenarios/report"
	runs "github.com/offauth/offauth/scenarios/run"
)

// output is a report that somebody asked for with --report.
type output struct {
	kind reports.Kind
	// file is where it goes; "-" is stdout.
	file string
	// temp is what it is written into, until it is whole.
	temp *app.OutFile
}

// outputs reads the values of --report.
func outputsOf(values []string) ([]*output, error) {
	var all []*output
	for _, v := range values {
		kind, file, ok := strings.Cut(v, "=")
		if !ok || file == "" {
			return nil, app.Usage([]string{"offauth scenario run --report junit=FILE"}, "--report wants KIND=FILE, not %q", v)
		}
		if !reports.Known(reports.Kind(kind)) {
			kinds := app.NamesOf(reports.Kinds(), func(k reports.Kind) string { return string(k) })
			f := app.Usage(nil, "there is no report of the kind %q; there is %s", kind, strings.Join(kinds, ", "))
			for _, near := range app.Nearest(kind, kinds) {
				f.Hints = append(f.Hints, "did you mean "+near+"?")
			}
			return nil, f
		}
		if slices.ContainsFunc(all, func(o *output) bool { return o.file == file }) {
			return nil, app.Usage(nil, "two reports cannot both go to %s", file)
		}
		all = append(all, &output{kind: reports.Kind(kind), file: file})
	}
	return all, nil
}

// toStdout reports whether one of the reports goes there.
func toStdout(all []*output) bool {
	return slices.ContainsFunc(all, func(o *output) bool { return o.file == "-" })
}

// openAll begins the files: what cannot be written is found out before
// anything runs.
func openAll(all []*output) error {
	for _, o := range all {
		if o.file == "-" {
			continue
		}
		if info, err := os.Stat(o.file); err == nil && info.IsDir() {
			dropAll(all)
			return app.Usage(nil, "the report cannot be written: %s is a folder", o.file)
		}
		temp, err := app.CreateFile(o.file)
		if err != nil {
			dropAll(all)
			return app.Usage([]string{"name a file in a folder that is there and can be written"}, "the report cannot be written: %s", app.FileReason(o.file, err))
		}
		o.temp = temp
	}
	return nil
}

// dropAll takes away what was begun and is not wanted.
func dropAll(all []*output) {
	for _, o := range all {
		if o.temp != nil {
			o.temp.Discard()
			o.temp = nil
		}
	}
}

// writeAll writes every report: each file is whole or as it was.
func writeAll(d *app.Deps, all []*output, r runs.Report, o reports.Options) error {
	for _, out := range all {
		if out.file == "-" {
			if err := reports.Write(d.Streams.Out, out.kind, r, o); err != nil {
				return fmt.Errorf("%w: %w", app.ErrOutput, err)
			}
			continue
		}
		if err := out.write(r, o); err != nil {
			return &authn.Fault{Code: app.CodeHost, Message: "the report cannot be written: " + app.FileReason(out.file, err)}
		}
	}
	return nil
}

func (out *output) write(r runs.Report, o reports.Options) error {
	o.Colour = false
	if err := reports.Write(out.temp, out.kind, r, o); err != nil {
		return err
	}
	temp := out.temp
	out.temp = nil
	return temp.Commit()
}
