package lint

import (
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// step has every verb beside the other keys.
func (b *schemaBuilder) step() object {
	o := b.place(places()["step"])
	properties := o["properties"].(object)
	for key, v := range properties {
		switch key {
		case "id", "name", "phase", "await", "call", "steps", "with", "save", "expect", "on_fail", "check", "when", "policy":
		default:
			reference := orReference(v.(object))
			reference["description"] = v.(object)["description"]
			properties[key] = reference
		}
	}
	for _, v := range verb.All() {
		if refusedVerbs[v.Name] == "" && b.has(v.Family) {
			if before, twice := properties[v.Name]; twice { // two families spell it alike
				properties[v.Name] = object{"anyOf": []any{before, b.verb(v)}}
			} else {
				properties[v.Name] = b.verb(v)
			}
		}
	}
	o["minProperties"] = 1
	return o
}

// verb has the arguments; its description names rules and refusals, so that
// hovering over it teaches.
func (b *schemaBuilder) verb(v verb.Verb) object {
	properties, required := object{}, []string{}
	for _, a := range v.Args {
		if a.Role == "" {
			properties[a.Name] = argument(a)
			if a.Required {
				required = append(required, a.Name)
			}
		}
	}
	properties["by"] = object{"type": "string", "description": "who does it: a " + string(v.Role)}
	if role := other(v); role != "" {
		properties["for"] = object{"type": "string", "description": "to whom: a " + string(role)}
	}
	o := object{"type": []string{"object", "null"}, "properties": properties, "patternProperties": object{"^x-": object{}}, "additionalProperties": false, "description": describe(v)}
	if takesSettings(v) {
		return b.policySet(v)
	}
	if len(required) > 0 {
		o["type"], o["required"] = "object", required
	}
	return o
}

// policySet takes the settings at once, or behind "settings" with the user
// whose own they are. A family may have a group that is called user, too.
func (b *schemaBuilder) policySet(v verb.Verb) object {
	o := b.policy()
	o["description"] = describe(v)
	properties := o["properties"].(object)
	properties["settings"] = b.policy()
	user, group := properties["user"].(object)
	if !group {
		user = object{}
		properties["user"] = user
	}
	user["type"], user["description"] = []string{"string", "object"}, "whose own the settings are"
	return o
}

func describe(v verb.Verb) string {
	text := "By a " + string(v.Role) + ": " + v.Doc + "."
	if fields := v.ResultNames(); len(fields) > 0 {
		text += " Gives " + strings.Join(fields, ", ") + "."
	}
	if len(v.Refusals) == 0 {
		return text + " Never refused."
	}
	var refusals []string
	for _, code := range v.Refusals {
		refusals = append(refusals, string(code)+rulesOf(v.Family, code))
	}
	return text + " Refused with " + strings.Join(refusals, ", ") + "."
}

// rulesOf returns the rules of a refusal, in brackets.
func rulesOf(family authn.FamilyName, code authn.Code) string {
	for _, c := range verb.Codes() {
		if c.Code == code && (c.Family == family || c.Family == "") && len(c.Rules) > 0 {
			ids := make([]string, len(c.Rules))
			for i, r := range c.Rules {
				ids[i] = string(r)
			}
			return " (" + strings.Join(ids, " ") + ")"
		}
	}
	return ""
}

func argument(a verb.Arg) object {
	o := object{"type": "string"}
	switch a.Kind {
	case verb.Flag:
		o = orReference(object{"type": "boolean"})
	case verb.Number:
		o = orReference(object{"type": "integer"})
	case verb.Span:
		o = orReference(object{"type": "string", "pattern": durationPattern})
	case verb.Instant:
		o = orReference(object{"type": "string", "pattern": instantPattern})
	case verb.List:
		o = object{"anyOf": []object{listOf(object{"type": "string"}), {"type": "string"}}}
	default:
		if len(a.OneOf) > 0 {
			o = orReference(object{"type": "string", "enum": a.OneOf})
		}
	}
	o["description"] = a.Doc
	return o
}
