package syntax

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a file. Within them the parser is fast on every input; a test with
// hostile texts proves that.
const (
	maxBytes = 1_000_000
	maxNodes = 100_000
	// maxExpanded is the number of nodes that the aliases of a file may expand to.
	maxExpanded = 10_000
	// maxDepth is how deeply mappings and lists may be nested.
	maxDepth = 64
	// maxMembers is how many members a mapping or list may have: the parser's
	// time grows with their square.
	maxMembers = 5_000
	// maxMistakes is the number of findings after which reading stops.
	maxMistakes = 100
	// maxBlank is how many blank lines may follow each other: the lexer's time
	// grows with their square.
	maxBlank = 500
)

// readable returns the text for the parser, without byte order mark and carriage
// returns, or a finding if the parser must not see it.
func readable(path string, text []byte) (string, *Finding) {
	finding := func(line, col int, code, message, help string) *Finding {
		return &Finding{Pos: Pos{File: path, Line: line, Col: col, Len: 1}, Code: code, Message: message, Help: help}
	}
	if len(text) > maxBytes {
		return "", finding(1, 1, "OA004", fmt.Sprintf("the file has more than %d bytes", maxBytes), "split the story")
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return "", finding(1, 1, "OA001", "the file is UTF-16", "save it as UTF-8")
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	line, col, blank, written := 1, 1, 0, false
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return "", finding(line, col, "OA001", "the file is not UTF-8", "save it as UTF-8")
		case r == '\n':
			if blank++; written {
				blank = 0
			}
			written = false
			if blank > maxBlank {
				return "", finding(line, 1, "OA004", fmt.Sprintf("more than %d blank lines follow each other", maxBlank), "")
			}
			line, col = line+1, 0
		case r == ' ' || r == '\t':
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0xfeff || r == 0x2028 || r == 0x2029:
			return "", finding(line, col, "OA001", fmt.Sprintf("a control character, U+%04X", r),
				fmt.Sprintf("write it as \"\\u%04X\" in double quotes, or leave it out", r))
		}
		written = written || r != '\n' && r != ' ' && r != '\t'
		i += size
		col++
	}
	return string(text), nil
}

// reworded maps a part of the parser's most common messages to plain words.
var reworded = []struct{ part, message, help string }{
	{`'\t'`, "a tab in the indentation", "indent with blanks"},
	{"\t", "a tab in the indentation", "indent with blanks"},
	{"tab character where", "a tab in the indentation", "indent with blanks"},
	{"implicit line break", "a key and its colon stand on one line", ""},
	{"is a reserved character", "a text that begins with @ or ` needs quotes", `put it in double quotes`},
	{"could not find end character", "a quote is opened and never closed", ""},
	{"must be specified", "something between { } or [ ] is not separated or not closed",
		"there is a comma between two, and a text that holds { } [ ] or a comma needs quotes"},
	{"end token", "a { or [ is opened and never closed", ""},
	{"block sequence entries are not allowed", "a dash must begin its line", "begin a new line before the dash"},
	{"mapping value is not allowed", "a key inside of a value",
		"quote a text that holds a colon and a blank; indent the keys of one mapping alike"},
	{"map key-value is pre-defined", "a text where a key is expected", "a key has a colon behind it"},
	{"invalid key for this map", "a key must be one word or text", ""},
	{"value is not allowed in this context", "this does not line up with what stands before it",
		"the keys of one mapping, and the dashes of one list, begin in the same column"},
	{"non-map value is specified", "a text where a key is expected", "a key has a colon behind it"},
}

// reword returns a message of the parser in plain words.
func reword(message string) (what, help string) {
	message, _, _ = strings.Cut(message, "\n")
	for _, w := range reworded {
		if strings.Contains(message, w.part) {
			return w.message, w.help
		}
	}
	return "this is no YAML: " + message, ""
}

// disguised returns a finding for an unquoted text that begins with a blank, or
// lies in quotes, that YAML does not accept as such. A block may hold both.
func disguised(text string, block bool) (what, help string) {
	first := firstRune(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	switch {
	case block:
	case unicode.Is(unicode.Zs, first) && first != ' ':
		return fmt.Sprintf("a blank that YAML does not take for one, U+%04X", first),
			"indent and separate with plain blanks; quote a text that begins with it"
	case typographic(first) && typographic(last) && utf8.RuneCountInString(text) > 1 && !strings.Contains(text, "${"):
		return fmt.Sprintf("the quotes of this text are typographic, U+%04X: to YAML they are a part of it", first),
			"write plain quotes, or plain ones around them"
	}
	return "", ""
}

func firstRune(text string) rune {
	r, _ := utf8.DecodeRuneInString(text)
	return r
}

func typographic(r rune) bool { return strings.ContainsRune("“”„‟‘’‚‛«»‹›", r) }

// ReadAll reads a file for Parse and stops just after the size that Parse
// accepts, so that an endless file is refused like a large one.
func ReadAll(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, maxBytes+1))
}
