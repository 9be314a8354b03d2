// Package say holds what is said to people, in Chinese and in English.
//
//	in   a table of messages, a language, a key
//	out  the message; in Chinese where nobody asked for English
package say

import (
	"fmt"
	"strings"
)

// The languages that people read here.
const (
	Chinese = "zh"
	English = "en"
)

// Text is one message in both languages, each a format of [fmt.Sprintf] with
// the same arguments in the same order.
type Text struct{ Zh, En string }

// Table is the messages of one program, by key.
type Table map[string]Text

// Say returns the message of a key, and the key itself where the table lacks
// it: a missing message must never hide what happened.
func (t Table) Say(language, key string, args ...any) string {
	text, ok := t[key]
	if !ok {
		return key
	}
	format := text.Zh
	if language == English {
		format = text.En
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// Pick chooses a language by an Accept-Language header (RFC 9110) or a locale
// such as en_US.UTF-8: the first of ours that is named, else Chinese.
func Pick(wanted string) string {
	for part := range strings.SplitSeq(wanted, ",") {
		switch tag := strings.ToLower(strings.TrimSpace(part)); {
		case strings.HasPrefix(tag, "zh"):
			return Chinese
		case strings.HasPrefix(tag, "en"):
			return English
		}
	}
	return Chinese
}
