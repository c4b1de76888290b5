package report_test

import (
	"fmt"
	"regexp"
	"strings"
)

// check validates a value with the part of JSON Schema that the report's schema uses.
// An unknown keyword of the schema is a problem.
func check(root, schema, value any, at string) (problems []string) {
	s := schema.(map[string]any)
	if ref, ok := s["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/definitions/")
		return check(root, root.(map[string]any)["definitions"].(map[string]any)[name], value, at)
	}
	bad := func(format string, args ...any) {
		problems = append(problems, at+": "+fmt.Sprintf(format, args...))
	}
	for word, says := range s {
		switch word {
		case "$schema", "$id", "title", "description", "definitions":
		case "const":
			if value != says {
				bad("%v is not %v", value, says)
			}
		case "enum":
			found := false
			for _, one := range says.([]any) {
				found = found || one == value
			}
			if !found {
				bad("%v is none of %v", value, says)
			}
		case "type":
			if !is(value, says) {
				bad("%v is no %v", value, says)
			}
		case "minimum":
			if n, ok := value.(float64); ok && n < says.(float64) {
				bad("%v is too small", value)
			}
		case "pattern":
			if text, ok := value.(string); ok && !regexp.MustCompile(says.(string)).MatchString(text) {
				bad("%q does not match %v", text, says)
			}
		case "required":
			object, _ := value.(map[string]any)
			for _, key := range says.([]any) {
				if _, ok := object[key.(string)]; !ok {
					bad("%v is missing", key)
				}
			}
		case "properties":
			object, _ := value.(map[string]any)
			for key, below := range object {
				if rule, ok := says.(map[string]any)[key]; ok {
					problems = append(problems, check(root, rule, below, at+"."+key)...)
				} else {
					bad("the schema does not know %q", key)
				}
			}
		case "items":
			list, _ := value.([]any)
			for i, item := range list {
				problems = append(problems, check(root, says, item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		default:
			bad("the check does not know %q", word)
		}
	}
	return problems
}

func is(value, types any) bool {
	if list, ok := types.([]any); ok {
		for _, one := range list {
			if is(value, one) {
				return true
			}
		}
		return false
	}
	switch value := value.(type) {
	case nil:
		return types == "null"
	case bool:
		return types == "boolean"
	case string:
		return types == "string"
	case float64:
		return types == "number" || types == "integer" && value == float64(int64(value))
	case []any:
		return types == "array"
	}
	return types == "object"
}
