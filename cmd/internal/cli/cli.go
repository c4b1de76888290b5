package cli

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/cmd/internal/app"
)

// Main runs the process's own command line and gives its exit code.
func Main() int {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	i := &app.Interrupts{Stop: stop, Exit: os.Exit, Now: time.Now}
	i.Catch()
	return Run(ctx, app.NewDeps(i), os.Args[1:])
}

// Run runs one command line and gives its exit code. A panic is a bug in
// offauth and says so in one line.
func Run(ctx context.Context, d *app.Deps, args []string) (code int) {
	d.Streams = d.Streams.Visible()
	defer d.Streams.Flush()
	defer func() {
		if cause := recover(); cause != nil {
			code = int(d.Bug(cause))
		}
	}()
	args = versionAsked(args)
	root := NewRoot(d)
	var err error
	if completes(args) {
		err = completion(ctx, d, root)
	} else {
		args = values(root, args)
	}
	if err == nil {
		root.SetArgs(args)
		err = root.ExecuteContext(ctx)
	}
	if err != nil && slices.Contains(args, "--json") {
		// A command line that cannot be read may end before its --json does.
		d.Flags.JSON = true
	}
	return int(d.Finish(err))
}

// versionAsked takes --version and -v, without a command, for "version".
func versionAsked(args []string) []string {
	at := -1
	for i, a := range args {
		switch {
		case a == "--version" || a == "-v":
			at = i
		case !strings.HasPrefix(a, "-") || a == "--":
			return args
		}
	}
	if at < 0 {
		return args
	}
	rest := append(slices.Clone(args[:at]), args[at+1:]...)
	return append([]string{"version"}, rest...)
}

// negative reports whether an argument begins with a minus and a digit.
func negative(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && arg[1] >= '0' && arg[1] <= '9'
}

// values moves what begins with a minus and a digit, such as the -5m of
// "clock skew SITE -5m", to the end behind "--", where it is a value: no flag
// begins so. The value of a flag stays where it is.
func values(root *cobra.Command, args []string) []string {
	end := slices.Index(args, "--")
	if end < 0 {
		end = len(args)
	}
	cmd, _, err := root.Find(args)
	if err != nil {
		return args // which the run itself will say
	}
	var before, moved []string
	for i, a := range args[:end] {
		if negative(a) && (i == 0 || !takesValue(cmd, args[i-1])) {
			moved = append(moved, a)
			continue
		}
		before = append(before, a)
	}
	if moved == nil {
		return args
	}
	before = append(append(before, "--"), moved...)
	if end < len(args) {
		return append(before, args[end+1:]...)
	}
	return before
}

// takesValue reports whether an argument is a flag whose value is the next one.
func takesValue(cmd *cobra.Command, arg string) bool {
	name, ok := strings.CutPrefix(arg, "--")
	if !ok || strings.Contains(name, "=") {
		return false
	}
	f := cmd.Flag(name)
	return f != nil && f.NoOptDefVal == ""
}
