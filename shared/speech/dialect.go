package speech

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Dialect is what one kind of engine needs differently from the others. What
// stands here was read in the engines' own sources; testdata holds an answer of
// each in its shape.
type Dialect struct {
	Name  string
	Path  string  // after the URL
	File  string  // the field that holds the sound
	Extra []Field // sent with every chunk

	LanguageField string
	AnyLanguage   string // what to send where the language is not known; empty for nothing
	EchoesOurs    bool   // the language of its answers is the one it was told, not one that it heard

	Prompt   int    // tokens of the prompt at most; 0 where it takes none
	HotWords int    // characters of the list of hot words at most; 0 where it takes none
	Speakers *Field // sent where speakers shall be told apart; nil where nothing need be or can be

	Longest  time.Duration // of sound in one request
	MaxBytes int64         // of a request's sound
	Timeless bool          // it answers with text alone: times are those of the chunk, so that pauses should end one
	Plain    bool          // it answers in plain text
	Digits   bool          // it writes numbers in digits by itself
}

// Field is one field of a form.
type Field struct{ Name, Value string }

const transcriptions = "/v1/audio/transcriptions"

// The fields that ask OpenAI's way for segments and words with times.
var (
	verbose   = Field{"response_format", "verbose_json"}
	coldest   = Field{"temperature", "0"}
	wordTimes = Field{"timestamp_granularities[]", "word"}
	someTimes = Field{"timestamp_granularities[]", "segment"}
)

// openAIBytes is what OpenAI, and vLLM by default, take in one file.
const openAIBytes = 25 << 20

// whisperPrompt is what Whisper looks at of a prompt: half of its 448 tokens.
const whisperPrompt = 224

// dialects are the kinds of engines that we know, by the names that
// TRANSCRIBE_DIALECT takes. The first is for engines that nobody named: every
// field is one that some of them need and the others pass over.
func dialects() map[string]Dialect {
	openAI := Dialect{Path: transcriptions, File: "file", LanguageField: "language", Extra: []Field{verbose, coldest, wordTimes, someTimes},
		Prompt: whisperPrompt, Longest: 5 * time.Minute, MaxBytes: openAIBytes, Digits: true}
	with := func(d Dialect, change func(*Dialect)) Dialect {
		change(&d)
		return d
	}
	all := map[string]Dialect{
		"common": with(openAI, func(d *Dialect) { d.HotWords, d.Digits = 1000, false }),
		// whisper-1; the later models of OpenAI answer without times (json) or with speakers (diarized).
		"openai": openAI,
		"json": with(openAI, func(d *Dialect) {
			d.Extra, d.Timeless, d.Longest = []Field{{"response_format", "json"}, coldest}, true, 30*time.Second
		}),
		// It tells speakers apart in any case, and over 30 s wants to be told how to cut.
		"diarized": with(openAI, func(d *Dialect) {
			d.Extra, d.Prompt = []Field{{"response_format", "diarized_json"}, {"chunking_strategy", "auto"}}, 0
		}),
		// It hears one request at a time and lets the others wait; without a language it takes English.
		"whispercpp": with(openAI, func(d *Dialect) {
			d.Extra, d.AnyLanguage = []Field{verbose, coldest, {"no_language_probabilities", "true"}}, "auto"
		}),
		"speaches": with(openAI, func(d *Dialect) { d.HotWords = 1000 }),
		// No model of it gives times to words.
		"vllm": with(openAI, func(d *Dialect) { d.Extra, d.Longest = []Field{verbose, coldest, someTimes}, time.Minute }),
		"qwen3": with(openAI, func(d *Dialect) {
			d.Extra, d.Prompt, d.Timeless, d.Longest = []Field{{"response_format", "json"}, coldest}, 0, true, 30*time.Second
		}),
		"funasr": with(openAI, func(d *Dialect) {
			d.Extra, d.Prompt, d.EchoesOurs = []Field{verbose}, 0, true
			d.Speakers = &Field{"spk", "true"}
		}),
		// FunASR's own way, which takes hot words and has one model.
		"funasr-asr": with(openAI, func(d *Dialect) {
			d.Path, d.Extra, d.Prompt, d.HotWords, d.EchoesOurs = "/asr", nil, 0, 1000, true
			d.Speakers = &Field{"spk", "true"}
		}),
		// The service that comes with SenseVoice, which leaves numbers as they are said.
		"sensevoice": with(openAI, func(d *Dialect) {
			d.Path, d.File, d.LanguageField, d.AnyLanguage = "/api/v1/asr", "files", "lang", "auto"
			d.Extra, d.Prompt, d.Timeless, d.Longest, d.Digits = []Field{{"keys", "chunk"}}, 0, true, 30*time.Second, false
		}),
		"text": with(openAI, func(d *Dialect) {
			d.Extra, d.Timeless, d.Plain, d.Longest, d.Digits = []Field{{"response_format", "text"}, coldest}, true, true, 30*time.Second, false
		}),
	}
	for name, d := range all {
		d.Name = name
		all[name] = d
	}
	return all
}

// DialectName is the name of a [Dialect].
type DialectName string

// EnvDecode takes the names that there are.
func (n *DialectName) EnvDecode(name string) error {
	all := dialects()
	if _, there := all[name]; !there {
		return fmt.Errorf("%q, want one of %s", name, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	}
	*n = DialectName(name)
	return nil
}

// Dialect returns the dialect of that name; the common one for none.
func (n DialectName) Dialect() Dialect { return dialects()[cmp.Or(string(n), "common")] }

// LongestChunk is the most sound that fits one request, by its time and its bytes.
func (d Dialect) LongestChunk() time.Duration {
	bySize := time.Duration((d.MaxBytes-WAVHeader)/(2*SampleRate)) * time.Second
	return min(d.Longest, bySize)
}

// joined puts terms one after another for as many as fit, in their order: what
// comes first is what matters most. What an operator wrote stands in front and is
// kept whole.
func joined(first string, terms []string, separator string, most int, size func(string) int) string {
	for _, t := range terms {
		longer := t
		if first != "" {
			longer = first + separator + t
		}
		if size(longer) > most {
			break
		}
		first = longer
	}
	return first
}

// tokens estimates how many a model makes of a text: two of a Chinese character,
// one of some three letters.
func tokens(text string) int {
	han := 0
	for _, r := range text {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
			han++
		}
	}
	return 2*han + (utf8.RuneCountInString(text)-han+2)/3
}

// engine is the name under which transcripts tell who heard.
func (d Dialect) engine() string {
	if d.Name == "common" {
		return "openai"
	}
	return d.Name
}
