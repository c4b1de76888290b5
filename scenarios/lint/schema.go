package lint

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/offauth/offauth/authn"
	"github.com/offauth/offauth/authn/verb"
)

// object is a part of a JSON Schema.
type object map[string]any

// Schema returns the JSON Schema (draft-07) of scenarios and fixtures, for
// completion in an editor; what it accepts the linter may still refuse. With a
// profile it has that profile's verbs alone; with an empty one those of all.
// It ends with a line break.
func Schema(profile string) []byte {
	family, _, _ := strings.Cut(profile, "@")
	b := &schemaBuilder{definitions: object{}, family: authn.FamilyName(family)}
	for name, p := range places() {
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

// place is a mapping with the keys of the table.
func (b *schemaBuilder) place(p place) object {
	properties, required := object{}, []string{}
	inStep := p.name == "expect" || p.name == "check" || p.name == "skew" || p.name == "crash" || p.name == "fault" || p.name == "bluetooth"
	for _, f := range p.fields {
		v := b.field(f)
		if inStep {
			v = orReference(v)
		}
		v["description"] = f.doc
		properties[f.name] = v
		if f.required {
			required = append(required, f.name)
		}
	}
	o := object{"type": "object", "properties": properties, "patternProperties": object{"^x-": object{}}, "additionalProperties": false}
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

// field returns what may stand behind a key.
func (b *schemaBuilder) field(f field) object {
	word := object{"type": "string"}
	switch f.kind {
	case kSlug:
		return object{"type": "string", "pattern": slug().String()}
	case kSlugs:
		return listOf(object{"type": "string", "pattern": slug().String()})
	case kPaths, kNames:
		return listOf(word)
	case kRules:
		return listOf(object{"type": "string", "pattern": `^[A-Z][0-9]+$`})
	case kBool:
		return object{"type": "boolean"}
	case kTrue:
		return object{"type": "boolean", "const": true}
	case kInt:
		return object{"type": "integer"}
	case kDuration:
		return object{"anyOf": []object{{"type": "string", "pattern": durationPattern, "minLength": 1}, {"type": "integer", "const": 0}}}
	case kInstant:
		return object{"type": "string", "pattern": instantPattern}
	case kChoice:
		return object{"type": "string", "enum": f.choice}
	case kWords:
		return object{"anyOf": []object{{"type": "string", "enum": f.choice}, listOf(word)}}
	case kPolicy:
		return b.policy()
	case kMapOf:
		return mapOf(ref(f.place))
	case kListOf:
		return listOf(object{"type": "object", "required": []string{"name"}, "properties": object{"name": object{"type": "string", "pattern": rowName().String()}, "where": mapOf(object{}), "skip": word, "xfail": ref("xfail")}})
	case kPlace:
		return object{"allOf": []object{ref(f.place)}} // a description beside $ref would be lost
	case kExpect:
		return orReference(ref("expect"))
	}
	return b.otherField(f)
}

func (b *schemaBuilder) otherField(f field) object {
	word := object{"type": "string"}
	switch f.kind {
	case kSteps:
		return listOf(ref("step"))
	case kValues:
		return mapOf(object{})
	case kMatchers:
		return mapOf(ref("matcher"))
	case kLinks:
		return object{"type": "object", "properties": object{"fault": ref("fault"), "bluetooth": ref("bluetooth")},
			"additionalProperties": orReference(object{"type": "string", "enum": uplinks})}
	case kAxes:
		return mapOf(object{"type": "array", "minItems": 1})
	case kCounts:
		return object{"type": "object", "propertyNames": object{"enum": b.kinds()}, "additionalProperties": ref("matcher")}
	case kEvents:
		return listOf(ref("event"))
	case kRefusal:
		return object{"type": "string", "enum": b.refusals()}
	case kSaves:
		return mapOf(object{"type": "string", "pattern": `^(result|returns|state)\.`})
	case kGolden:
		return object{"anyOf": []object{{"type": "boolean"}, word}}
	case kRule:
		return object{"type": "string", "pattern": `^[A-Z][0-9]+$`}
	case kAnything:
		return object{}
	}
	return word
}

func (b *schemaBuilder) has(family authn.FamilyName) bool {
	return family == "" || b.family == "" || family == b.family
}

// policy nests the settings, each with its range and rule.
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

// event is a kind, or a kind with fields.
func (b *schemaBuilder) event() object {
	return object{"anyOf": []object{
		{"type": "string", "enum": b.kinds()},
		{"type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": object{"enum": b.kinds()}, "additionalProperties": mapOf(ref("matcher"))},
		ref("reference"),
	}}
}

// matcher accepts any value; the operators are there for completion.
func (b *schemaBuilder) matcher() object {
	properties := object{}
	for _, name := range operators {
		properties[name] = object{}
	}
	return object{"anyOf": []object{{"type": []string{"string", "integer", "boolean", "null", "array"}}, {"type": "object", "properties": properties}}}
}
