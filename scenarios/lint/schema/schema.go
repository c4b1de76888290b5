// Package schema writes the JSON Schema of scenarios and fixtures, for editors.
package schema

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
	"github.com/offauth/offauth/scenarios/lint/shape"
	"github.com/offauth/offauth/scenarios/story"
)

// object is a part of a JSON Schema.
type object map[string]any

// JSON returns the JSON Schema (draft-07) of scenarios and fixtures, for completion
// in an editor. The linter is stricter. The schema has the verbs of a profile, or all
// verbs if profile is empty. It ends with a line break.
func JSON(profile string) []byte {
	family, _, _ := strings.Cut(profile, "@")
	b := &schemaBuilder{definitions: object{}, family: authn.FamilyName(family)}
	for name, p := range shape.Places() {
		if name != "step" {
			b.definitions[name] = b.place(p)
		}
	}
	b.definitions["step"] = b.step()
	b.definitions["reference"] = object{"type": "string", "pattern": `^\$\{[^}]+\}$`}
	b.definitions["event"] = b.event()
	b.definitions["matcher"] = b.matcher()
	root := object{
		"$schema": "http://json-schema.org/draft-07/schema#", "title": "offauth scenario", "definitions": b.definitions,
		"type": "object", "required": []string{"offauth"},
		"if":   object{"properties": object{"offauth": object{"const": "fixture/v1"}}},
		"then": ref("fixture"), "else": ref("scenario"),
	}
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("the schema is no JSON: " + err.Error())
	}
	return append(text, '\n')
}

type schemaBuilder struct {
	definitions object
	family      authn.FamilyName // empty for all
}

func ref(name string) object { return object{"$ref": "#/definitions/" + name} }

// orReference accepts a reference beside a value.
func orReference(o object) object { return object{"anyOf": []object{o, ref("reference")}} }

// place returns the schema of a mapping with the keys of the table.
func (b *schemaBuilder) place(p shape.Place) object {
	properties, required := object{}, []string{}
	inStep := p.Name == "expect" || p.Name == "check" || p.Name == "skew" || p.Name == "crash" || p.Name == "fault" ||
		p.Name == "bluetooth"
	for _, f := range p.Fields {
		v := b.field(f)
		if inStep {
			v = orReference(v)
		}
		v["description"] = f.Doc
		properties[f.Name] = v
		if f.Required {
			required = append(required, f.Name)
		}
	}
	o := object{"type": "object", "properties": properties, "patternProperties": object{"^x-": object{}},
		"additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

func listOf(item object) object { return object{"type": "array", "items": item} }

func mapOf(value object) object { return object{"type": "object", "additionalProperties": value} }

const (
	durationPattern = `^(-?([0-9]+w)?([0-9]+d)?([0-9.]+(h|m|s|ms|us|µs|ns))*|0)$`
	instantPattern  = `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$`
)

// field returns the schema of the value of a key.
func (b *schemaBuilder) field(f shape.Field) object {
	word := object{"type": "string"}
	switch f.Kind {
	case shape.SlugKind:
		return object{"type": "string", "pattern": shape.Slug().String()}
	case shape.SlugsKind:
		return listOf(object{"type": "string", "pattern": shape.Slug().String()})
	case shape.PathsKind, shape.NamesKind:
		return listOf(word)
	case shape.RulesKind:
		return listOf(object{"type": "string", "pattern": `^[A-Z][0-9]+$`})
	case shape.BoolKind:
		return object{"type": "boolean"}
	case shape.TrueKind:
		return object{"type": "boolean", "const": true}
	case shape.IntKind:
		return object{"type": "integer"}
	case shape.DurationKind:
		return object{"anyOf": []object{{"type": "string", "pattern": durationPattern, "minLength": 1},
			{"type": "integer", "const": 0}}}
	case shape.InstantKind:
		return object{"type": "string", "pattern": instantPattern}
	case shape.ChoiceKind:
		return object{"type": "string", "enum": f.Choice}
	case shape.WordsKind:
		return object{"anyOf": []object{{"type": "string", "enum": f.Choice}, listOf(word)}}
	case shape.PolicyKind:
		return b.policy()
	case shape.MapOfKind:
		return mapOf(ref(f.Place))
	case shape.ListOfKind:
		return listOf(object{"type": "object", "required": []string{"name"},
			"properties": object{"name": object{"type": "string", "pattern": shape.RowName().String()}, "where": mapOf(object{}),
				"skip": word, "xfail": ref("xfail")}})
	case shape.PlaceKind:
		return object{"allOf": []object{ref(f.Place)}} // a description beside $ref would be lost
	case shape.ExpectKind:
		return orReference(ref("expect"))
	}
	return b.otherField(f)
}

func (b *schemaBuilder) otherField(f shape.Field) object {
	word := object{"type": "string"}
	switch f.Kind {
	case shape.StepsKind:
		return listOf(ref("step"))
	case shape.ValuesKind:
		return mapOf(object{})
	case shape.MatchersKind:
		return mapOf(ref("matcher"))
	case shape.LinksKind:
		return object{"type": "object", "properties": object{"fault": ref("fault"), "bluetooth": ref("bluetooth")},
			"additionalProperties": orReference(object{"type": "string", "enum": shape.Uplinks})}
	case shape.AxesKind:
		return mapOf(object{"type": "array", "minItems": 1})
	case shape.CountsKind:
		return object{"type": "object", "propertyNames": object{"enum": b.kinds()}, "additionalProperties": ref("matcher")}
	case shape.EventsKind:
		return listOf(ref("event"))
	case shape.RefusalKind:
		return object{"type": "string", "enum": b.refusals()}
	case shape.SavesKind:
		return mapOf(object{"type": "string", "pattern": `^(result|returns|state)\.`})
	case shape.GoldenKind:
		return object{"anyOf": []object{{"type": "boolean"}, word}}
	case shape.RuleKind:
		return object{"type": "string", "pattern": `^[A-Z][0-9]+$`}
	case shape.AnythingKind:
		return object{}
	}
	return word
}

func (b *schemaBuilder) has(family authn.FamilyName) bool {
	return family == "" || b.family == "" || family == b.family
}

// policy returns the schema of the nested settings, each with its range and rule.
func (b *schemaBuilder) policy() object {
	root := object{"type": "object", "properties": object{}, "additionalProperties": false}
	for _, s := range verb.Policy() {
		family, key := s.Key.Cut()
		if !b.has(family) {
			continue
		}
		at := root
		parts := strings.Split(key, ".")
		for _, part := range parts[:len(parts)-1] {
			properties := at["properties"].(object)
			if properties[part] == nil {
				properties[part] = object{"type": "object", "properties": object{}, "additionalProperties": false}
			}
			at = properties[part].(object)
		}
		at["properties"].(object)[parts[len(parts)-1]] = object{
			"type":        []string{"string", "integer", "boolean", "array"},
			"description": s.Doc + " (" + string(s.Rule) + "): " + s.Range.String() + "; " + s.Default + " if left out",
		}
	}
	return root
}

func (b *schemaBuilder) kinds() []string {
	var names []string
	for _, k := range verb.Kinds() {
		if b.has(k.Family) {
			names = append(names, string(k.Kind))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (b *schemaBuilder) refusals() []string {
	var names []string
	for _, c := range verb.Codes() {
		if c.Refusal && b.has(c.Family) {
			names = append(names, string(c.Code))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// event returns the schema of a kind of event, alone or with fields.
func (b *schemaBuilder) event() object {
	return object{"anyOf": []object{
		{"type": "string", "enum": b.kinds()},
		{"type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": object{"enum": b.kinds()},
			"additionalProperties": mapOf(ref("matcher"))},
		ref("reference"),
	}}
}

// matcher returns a schema that accepts any value and completes operators.
func (b *schemaBuilder) matcher() object {
	properties := object{}
	for _, name := range story.Operators {
		properties[name] = object{}
	}
	return object{"anyOf": []object{{"type": []string{"string", "integer", "boolean", "null", "array"}},
		{"type": "object", "properties": properties}}}
}

// step returns the schema of a step, with every verb and the other keys.
func (b *schemaBuilder) step() object {
	o := b.place(shape.Places()["step"])
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
		if shape.RefusedVerbs[v.Name] == "" && b.has(v.Family) {
			if before, twice := properties[v.Name]; twice { // two families have a verb with this name
				properties[v.Name] = object{"anyOf": []any{before, b.verb(v)}}
			} else {
				properties[v.Name] = b.verb(v)
			}
		}
	}
	o["minProperties"] = 1
	return o
}

// verb returns the schema of a verb with its arguments. Its description names the
// rules and refusals for an editor's tooltip.
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
	if role := shape.Other(v); role != "" {
		properties["for"] = object{"type": "string", "description": "to whom: a " + string(role)}
	}
	o := object{"type": []string{"object", "null"}, "properties": properties, "patternProperties": object{"^x-": object{}},
		"additionalProperties": false, "description": describe(v)}
	if shape.TakesSettings(v) {
		return b.policySet(v)
	}
	if len(required) > 0 {
		o["type"], o["required"] = "object", required
	}
	return o
}

// policySet returns the schema for settings directly below the verb, or below
// "settings" with a "user". A family may also have a group called "user".
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
