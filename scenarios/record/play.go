package record

import (
	"bytes"
	"context"
	"io/fs"
	"time"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/scenarios/lint"
	"github.com/offauth/offauth/scenarios/player"
	"github.com/offauth/offauth/scenarios/syntax"
)

// Play plays a scenario that is one file, once, under its own seed. Findings
// that are more than warnings keep it from being played; the Result is empty
// then. The error says why there is no world to play in.
func Play(ctx context.Context, name string, text []byte, store func() authn.Store, now func() time.Time) (player.Result, []syntax.Finding, error) {
	story, findings := lint.Load(oneFile{name, text}, name)
	if story == nil {
		return player.Result{}, findings, nil
	}
	p, err := player.New(ctx, player.Instance{ID: story.Name, Story: story}, player.Config{Store: store, Now: now, Seed: story.Seed})
	if err != nil {
		return player.Result{}, findings, err
	}
	return p.Play(ctx), findings, nil
}

// oneFile is a folder with one file in it.
type oneFile struct {
	name string
	text []byte
}

// Open implements fs.FS.
func (f oneFile) Open(name string) (fs.File, error) {
	if name != f.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &openFile{f, bytes.NewReader(f.text)}, nil
}

// openFile is the file, opened, and what is known of it.
type openFile struct {
	of oneFile
	*bytes.Reader
}

// Stat implements fs.File.
func (f *openFile) Stat() (fs.FileInfo, error) { return f, nil }

// Close implements fs.File.
func (f *openFile) Close() error { return nil }

// Name implements fs.FileInfo.
func (f *openFile) Name() string { return f.of.name }

// Size implements fs.FileInfo; it hides that of the Reader, which is the same.
func (f *openFile) Size() int64 { return int64(len(f.of.text)) }

// Mode implements fs.FileInfo.
func (f *openFile) Mode() fs.FileMode { return 0o444 }

// ModTime implements fs.FileInfo.
func (f *openFile) ModTime() time.Time { return time.Time{} }

// IsDir implements fs.FileInfo.
func (f *openFile) IsDir() bool { return false }

// Sys implements fs.FileInfo.
func (f *openFile) Sys() any { return nil }
