package world

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/cmd/internal/app"
	"github.com/offauth/offauth/keystore"
	"github.com/offauth/offauth/keystore/vault"
)

type worldSnapshotOptions struct {
	deps *app.Deps

	file, to string
}

func newWorldSnapshotCmd(d *app.Deps) *cobra.Command {
	o := &worldSnapshotOptions{deps: d}
	cmd := &cobra.Command{
		Use:   "snapshot <file>",
		Short: "copy a world into one file",
		Long: `Copy the world, as it is now, into a file that must not be there yet. Others may
go on working in it meanwhile. What is secret in it is sealed as it was: the
file can be restored as long as the world's vault has its key.

With --to-identity the key comes along, encrypted to an age identity, and who
has the file and the identity needs no vault.`,
		Example:     `  offauth world snapshot demo.snapshot`,
		Annotations: app.Takes("file"),
		Args:        app.Exactly(1, "into which file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runWorldSnapshot(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.to, "to-identity", "", "put the key in, encrypted to the age identity in `FILE`")
	return cmd
}

type snapshotJSON struct {
	World string `json:"world"`
	File  string `json:"file"`
	// Key reports whether the key is in it.
	Key bool `json:"key"`
}

func runWorldSnapshot(ctx context.Context, o *worldSnapshotOptions) error {
	d := o.deps
	home, name, err := existing(d, "")
	if err != nil {
		return err
	}
	var to *vault.Identity
	if o.to != "" {
		if to, err = vault.LoadIdentityFile(o.to); err != nil {
			return &app.Failure{World: name, Err: namesIdentity(err, "--to-identity")}
		}
	}
	file, err := filepath.Abs(o.file)
	if err != nil {
		return err
	}
	err = home.Snapshot(ctx, name, file, func(kind keystore.Kind, id string) (keystore.Vault, error) {
		return app.Vault(ctx, d, home, name, kind, id)
	}, to)
	if err != nil {
		return &app.Failure{World: name, Err: err}
	}
	restore := "offauth world restore " + app.ShellWord(o.file) + " --as NEWNAME"
	opens := "it opens with the key in the vault of " + name + " alone"
	if to != nil {
		restore += " --identity " + app.ShellWord(o.to)
		opens = "it opens with the identity " + o.to
	}
	return d.Print(app.Report{World: name, Result: snapshotJSON{World: name, File: file, Key: to != nil}, Bare: []string{o.file},
		Lines: []string{"world " + name + ": copied into " + o.file}, Talk: []string{opens}, Next: restore})
}

// namesIdentity puts the flag that is meant into the hints about an identity.
func namesIdentity(err error, flag string) error {
	f, ok := authn.AsFault(err)
	if !ok || f.Code != keystore.CodeIdentityMissing {
		return err
	}
	meant := *f
	meant.Hints = []string{"name an identity file that is there with " + flag + ", or make one with `age-keygen -o FILE`"}
	return &meant
}
