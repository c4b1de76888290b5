package main

import (
	"database/sql"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// editSQL changes a database with SQLite alone, as somebody with access to its
// file would:
//
//	sql FILE STATEMENT...
func editSQL(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: sql file statement...")
	}
	db, err := sql.Open("sqlite", "file://"+filepath.ToSlash(ts.MkAbs(args[0])))
	ts.Check(err)
	defer db.Close()
	db.SetMaxOpenConns(1) // an attached database belongs to a connection
	for _, statement := range args[1:] {
		_, err := db.Exec(strings.ReplaceAll(statement, "$WORK", filepath.ToSlash(ts.Getenv("WORK"))))
		ts.Check(err)
	}
}
