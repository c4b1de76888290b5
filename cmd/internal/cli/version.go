package cli

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
)

type versionOptions struct {
	deps *app.Deps
}

func newVersionCmd(d *app.Deps) *cobra.Command {
	o := &versionOptions{deps: d}
	return &cobra.Command{
		Use: "version", GroupID: app.GroupAlso,
		Short: "say which offauth this is",
		Long: `Say which offauth this is, and what it was built with. "offauth --version" and
"offauth -v" do the same.`,
		Example: `  offauth version`,
		Args:    app.AtMost(0),
		RunE:    func(cmd *cobra.Command, _ []string) error { return runVersion(cmd.Context(), o) },
	}
}

type versionJSON struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// version says what this program was built from.
func version() versionJSON {
	v := versionJSON{Version: "unknown", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			v.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v.Revision = s.Value
			}
		}
	}
	return v
}

func runVersion(_ context.Context, o *versionOptions) error {
	v := version()
	return o.deps.Print(app.Report{Result: v, Bare: []string{v.Version},
		Lines: []string{"offauth " + v.Version + " (" + v.Go + ", " + v.OS + "/" + v.Arch + ")"}})
}
