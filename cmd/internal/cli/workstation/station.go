package workstation

import (
	"context"
	"fmt"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/cmd/internal/cli/leaf"
	"github.com/offauth/offauth/cmd/internal/cli/pick"
)

func add() leaf.Leaf[leaf.None] {
	return leaf.Leaf[leaf.None]{
		Action: authn.AddWorkstation{}, Places: []string{"name"}, Missing: "what the workstation is called",
		Short: "add a workstation",
		Long: `Add a workstation with the client of a family of products: hypr,
or onespan (Digipass Authentication for Windows Logon).

A client below HYPR's least version (2.6) has no Offline Mode (H43). Without
OneSpan's Tray Agent offline data is brought by logons alone, and nobody is told
that it ends (O56).`,
		Example: `  offauth workstation add DESK-2 --family hypr
  offauth workstation add DESKTOP-4 --family onespan
  offauth workstation add DESKTOP-5 --family onespan --no-tray`,
		Flags: map[string]leaf.Flag{
			"family":  {Text: "the `FAMILY` of the client: {hypr | onespan}"},
			"version": {Text: "the client's `VERSION`, the newest if not said"},
			"no-tray": {Text: "leave out OneSpan's Tray Agent"},
		},
		Check: func(c *leaf.Call) error {
			family := c.Text("family")
			command := "offauth workstation add " + app.ShellWord(c.Text("name")) + " --family "
			switch {
			case family == "":
				return app.Usage([]string{command + "hypr"}, "say the family of the workstation's client with --family")
			case !c.Accepts("family", family):
				return app.Usage([]string{command + "hypr"}, "there is no family %q of workstations; there are %s and %s",
					family, authn.FamilyHYPR, authn.FamilyOneSpan)
			case c.On("no_tray") && family != string(authn.FamilyOneSpan):
				return app.Usage([]string{command + family}, "--no-tray leaves OneSpan's Tray Agent out, and %s has none", family)
			}
			return nil
		},
		Report: func(_ context.Context, c *leaf.Call, _ leaf.None, rep *app.Report) error {
			name, family := c.Text("name"), c.Text("family")
			rep.Lines = []string{fmt.Sprintf("%s: added, with the client of %s", name, family)}
			rep.Result = map[string]string{"workstation": name, "family": family}
			return nil
		},
		About: func(c *leaf.Call, _ leaf.None) pick.Concerned { return pick.Concerned{Workstation: c.Text("name")} },
	}
}

func lock() leaf.Leaf[authn.LockResult] {
	return leaf.Leaf[authn.LockResult]{
		Action: authn.Lock{},
		Short:  "lock a workstation",
		Long: `Lock a workstation; a locked one stays locked. A login with an offline PIN (H45)
or a one-time password (O48) is taken only at a locked one.`,
		Example: `  offauth workstation lock LAPTOP-7`,
		Lines: func(_ *leaf.Call, r authn.LockResult) []string {
			if r.Already {
				return []string{r.Workstation + ": was locked already"}
			}
			return []string{r.Workstation + ": locked"}
		},
		About: func(_ *leaf.Call, r authn.LockResult) pick.Concerned {
			return pick.Concerned{Workstation: r.Workstation}
		},
	}
}

func restart() leaf.Leaf[authn.RestartWorkstationResult] {
	return leaf.Leaf[authn.RestartWorkstationResult]{
		Action: authn.RestartWorkstation{},
		Short:  "boot a workstation anew",
		Long: `Boot a workstation anew. It is locked then, and a tap that it was about to
answer is forgotten. Counts, locks and sets stay (A6).`,
		Example: `  offauth workstation restart LAPTOP-7`,
		Lines: func(_ *leaf.Call, r authn.RestartWorkstationResult) []string {
			if r.Already {
				return []string{r.Workstation + ": restarted; it was locked already"}
			}
			return []string{r.Workstation + ": restarted, and locked"}
		},
		About: func(_ *leaf.Call, r authn.RestartWorkstationResult) pick.Concerned {
			return pick.Concerned{Workstation: r.Workstation}
		},
	}
}
