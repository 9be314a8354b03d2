package console

// JSON Schemas as far as those of events go: every value has one type, and $ref leads
// to a definition of the same schema.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"xietong.dev/shared/say"
)

// schema is one JSON Schema.
type schema struct {
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Type        string            `json:"type"`
	Ref         string            `json:"$ref"`
	Properties  properties        `json:"properties"`
	Required    []string          `json:"required"`
	Items       *schema           `json:"items"`
	Enum        []json.RawMessage `json:"enum"`
	Const       json.RawMessage   `json:"const"`
	MinLength   *int              `json:"minLength"`
	MaxLength   *int              `json:"maxLength"`
	Minimum     *json.Number      `json:"minimum"`
	Maximum     *json.Number      `json:"maximum"`
	MinItems    *int              `json:"minItems"`
	MaxItems    *int              `json:"maxItems"`
	Defs        map[string]schema `json:"$defs"`
}

// properties are the members of an object, in the order in which its schema has them.
type properties []property

type property struct {
	Name   string
	Schema schema
}

// UnmarshalJSON reads an object and keeps the order of its members.
func (p *properties) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		one := property{Name: fmt.Sprint(name)}
		if err := d.Decode(&one.Schema); err != nil {
			return err
		}
		*p = append(*p, one)
	}
	return nil
}

// follow leads a $ref to its definition in the whole schema; what stands beside the
// $ref is said of this place.
func (s schema) follow(whole *schema) schema {
	name, is := strings.CutPrefix(s.Ref, "#/$defs/")
	if !is {
		return s
	}
	to := whole.Defs[name]
	if s.Description != "" {
		to.Description = s.Description
	}
	return to
}

// inLanguage takes the half of a text that is written in Chinese and then in English,
// as titles are with a slash between, and descriptions with none.
func inLanguage(language, text string) string {
	if zh, en, both := strings.Cut(text, " / "); both {
		if language == say.English {
			return en
		}
		return zh
	}
	at := strings.LastIndexAny(text, "。；：！？）")
	if at < 0 {
		return text
	}
	at += len("。")
	if language == say.English {
		if rest := strings.TrimSpace(text[at:]); rest != "" {
			return rest
		}
		return text
	}
	return strings.TrimSpace(text[:at])
}
