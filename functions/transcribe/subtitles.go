package transcribe

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"xietong.dev/events"
)

// Times of SubRip (00:01:02,500) and WebVTT (01:02.500); both are written both
// ways in practice.
var (
	cueTimes = regexp.MustCompile(`^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})(?:\s.*)?$`)
	voice    = regexp.MustCompile(`^<v(?:\.[^ >]*)? +([^>]+)>`)
	markup   = regexp.MustCompile(`</?[A-Za-z][^>]*>|<[\d:.]+>|\{\\[^}]*\}`)
	aside    = regexp.MustCompile(`^(NOTE|STYLE|REGION)\b`)
)

// cue is one subtitle.
type cue struct {
	startMS, endMS int64
	text           string
	voice          string // who speaks, where the cue itself says
}

// readSubtitles reads SRT and WebVTT. What is wrong is named by its line.
func readSubtitles(text string, vtt bool) (events.Transcript, error) {
	var tr events.Transcript
	lines := strings.Split(text, "\n")
	from := 0
	if vtt {
		if !strings.HasPrefix(lines[0], "WEBVTT") {
			return tr, invalidf("line 1: a VTT file begins with WEBVTT")
		}
		from = block(lines, 0)
	}
	cues, err := readCues(lines, from)
	if err != nil {
		return tr, err
	}
	names := nameSpeakers(cues)
	for _, c := range cues {
		tr.Segments = append(tr.Segments, events.Segment{StartMS: c.startMS, EndMS: c.endMS, Text: c.text})
	}
	speakers(&tr, names)
	return tr, nil
}

// block returns the line after the block that starts at a line.
func block(lines []string, i int) int {
	for i < len(lines) && strings.TrimSpace(lines[i]) != "" {
		i++
	}
	return i
}

func readCues(lines []string, i int) ([]cue, error) {
	var cues []cue
	for i < len(lines) {
		line := strings.TrimSpace(lines[i])
		switch {
		case line == "":
			i++
		case aside.MatchString(line):
			i = block(lines, i)
		case strings.Contains(line, "-->"):
			c, err := readCue(lines, i)
			if err != nil {
				return nil, err
			}
			i = block(lines, i)
			if c.text != "" {
				cues = append(cues, c)
			}
		case i+1 < len(lines) && strings.Contains(lines[i+1], "-->"): // its number or name
			i++
		default:
			return nil, invalidf("line %d: %q stands where times such as 00:01:02,500 --> 00:01:05,000 are wanted", i+1, events.Brief(line, 60))
		}
	}
	return cues, nil
}

func readCue(lines []string, i int) (cue, error) {
	times := cueTimes.FindStringSubmatch(lines[i])
	if times == nil {
		return cue{}, invalidf("line %d: %q are not times such as 00:01:02,500 --> 00:01:05,000", i+1, events.Brief(strings.TrimSpace(lines[i]), 60))
	}
	c := cue{startMS: cueMillis(times[1]), endMS: cueMillis(times[2])}
	if c.endMS < c.startMS {
		return c, invalidf("line %d: the end comes before the start", i+1)
	}
	text := strings.TrimSpace(strings.Join(lines[i+1:block(lines, i)], "\n"))
	if v := voice.FindStringSubmatch(text); v != nil {
		c.voice = events.Brief(strings.TrimSpace(html.UnescapeString(v[1])), maxName)
	}
	text = html.UnescapeString(markup.ReplaceAllString(text, ""))
	c.text = joinLines(text)
	return c, nil
}

// cueMillis reads [hours:]minutes:seconds.fraction, whose form was checked.
func cueMillis(text string) int64 {
	clock, fraction, _ := strings.Cut(strings.ReplaceAll(text, ",", "."), ".")
	ms, _ := strconv.ParseInt((fraction + "00")[:3], 10, 64)
	seconds := int64(0)
	for part := range strings.SplitSeq(clock, ":") {
		n, _ := strconv.ParseInt(part, 10, 32)
		seconds = seconds*60 + n
	}
	return seconds*1000 + ms
}

// joinLines makes one line of several, with a space where the script has them.
func joinLines(text string) string {
	out := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		last, _ := utf8.DecodeLastRuneInString(out)
		if out != "" && spaced(string(last)) && spaced(line) {
			out += " "
		}
		out += line
	}
	return out
}

// maxName is the length of a speaker's name, in characters.
const maxName = 40

// named matches the speaker before a text. After an ASCII colon there must be a
// space: 10:30 and https://… are not people.
var named = regexp.MustCompile(`^\s*-?\s*(\p{L}[\p{L}\p{M}\p{N}·.'’（）() _-]{0,19}?)\s*(?:：|:\s)\s*(.+)$`)

// nameSpeakers returns who speaks in each cue, and takes the names out of the
// texts. What stands before a colon is a name when it comes again, or when most
// cues have one: a single "Note: …" is not a person.
func nameSpeakers(cues []cue) []string {
	names := make([]string, len(cues))
	seen, all := map[string]int{}, 0
	for _, c := range cues {
		if m := named.FindStringSubmatch(c.text); m != nil && c.voice == "" {
			seen[m[1]]++
			all++
		}
	}
	for i := range cues {
		c := &cues[i]
		names[i] = c.voice
		if m := named.FindStringSubmatch(c.text); m != nil && c.voice == "" && (seen[m[1]] > 1 || 2*all > len(cues)) {
			names[i], c.text = m[1], m[2]
		}
	}
	return names
}
