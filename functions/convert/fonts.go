package convert

import (
	"context"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/archive"
	"xietong.dev/shared/child"
)

// Fonts knows which fonts are installed, and which stand in for others.
type Fonts struct {
	Env       []string        // with which fontconfig is asked: its configuration
	Installed map[string]bool // families, in lower case
	Limits    archive.Limits

	mu      sync.Mutex
	standIn map[string]string // by family, what fontconfig has answered
}

// mostAnswers bounds what is kept of fontconfig's answers. Documents name some
// hundred families; whoever names more is asked about each time.
const mostAnswers = 2_000

// mostFonts bounds the list of replaced fonts in a report.
const mostFonts = 50

// fontsTime bounds one question to fontconfig.
const fontsTime = 20 * time.Second

// installedFonts lists the families that there are.
func installedFonts(ctx context.Context, env []string) (map[string]bool, error) {
	out, err := child.Run(ctx, child.Cmd{Path: "fc-list", Args: []string{":", "family"}, Env: env,
		Limits: child.Limits{Wall: fontsTime, Output: 8 << 20}})
	if err != nil {
		return nil, err
	}
	all := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		for family := range strings.SplitSeq(strings.TrimSpace(line), ",") {
			all[strings.ToLower(strings.ReplaceAll(family, `\`, ""))] = true
		}
	}
	return all, nil
}

// Replaced lists the fonts that a document asks for and that are not there. A
// document whose fonts cannot be listed has none: the report lacks them, and
// nothing else.
func (f *Fonts) Replaced(ctx context.Context, s source) (all []events.Font) {
	for _, family := range wantedFonts(s, f.Limits) {
		if f.Installed[strings.ToLower(family)] || len(all) == mostFonts {
			continue
		}
		family = events.Brief(family, 255)
		all = append(all, events.Font{Wanted: family, Used: events.Brief(f.match(ctx, family), 255)})
	}
	return all
}

// match says what stands in for a family. It asks once: a question to fontconfig is
// a process, and takes as long as a tenth of a document.
func (f *Fonts) match(ctx context.Context, family string) string {
	f.mu.Lock()
	known, ok := f.standIn[family]
	f.mu.Unlock()
	if ok {
		return known
	}
	// A name's own signs of fontconfig's language are escaped.
	name := fontSigns.ReplaceAllString(family, `\$0`)
	out, err := child.Run(ctx, child.Cmd{Path: "fc-match", Args: []string{"--format=%{family[0]}", "--", name}, Env: f.Env,
		Limits: child.Limits{Wall: fontsTime, Output: 4 << 10}})
	if err != nil {
		return ""
	}
	used := strings.TrimSpace(string(out))
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.standIn) < mostAnswers {
		if f.standIn == nil {
			f.standIn = map[string]string{}
		}
		f.standIn[family] = used
	}
	return used
}

var fontSigns = regexp.MustCompile(`[\\:,=-]`)

// fontParts are the parts of a document that name fonts which are used.
var fontParts = regexp.MustCompile(`^(word/(document|styles|header\d*|footer\d*)\.xml|word/theme/theme1\.xml|xl/styles\.xml|ppt/(slides/slide|slideMasters/slideMaster|theme/theme)\d+\.xml|content\.xml|styles\.xml)$`)

// wantedFonts lists the families that a document asks for, in the order of their
// names.
func wantedFonts(s source, limits archive.Limits) []string {
	f, size, err := openFile(s.path)
	if err != nil {
		return nil
	}
	defer f.Close()
	if !isArchive(f) {
		return nil
	}
	archive, err := archive.Open(f, size, limits)
	if err != nil {
		return nil
	}
	var all []string
	for _, name := range archive.Names() {
		if fontParts.MatchString(name) {
			all = append(all, fontsOf(archive, name)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func fontsOf(archive *archive.Archive, part string) (all []string) {
	x, shut, err := archive.XML(part)
	if err != nil {
		return nil
	}
	defer shut()
	seen := map[string]bool{}
	for {
		token, err := x.Token()
		if err == io.EOF || err != nil {
			return all
		}
		if e, ok := token.(xml.StartElement); ok {
			for _, family := range familiesOf(e) {
				if !seen[family] {
					seen[family] = true
					all = append(all, family)
				}
			}
		}
	}
}

// fontAttributes are where elements of Office Open XML and OpenDocument name a
// family.
var fontAttributes = map[string][]string{
	"rFonts": {"ascii", "hAnsi", "eastAsia"}, "latin": {"typeface"}, "ea": {"typeface"}, "name": {"val"}, "font-face": {"font-family"},
}

// familiesOf returns the families that an element names. One that begins with a plus
// stands for the theme's. A name is that of a family in a spreadsheet alone: in a letter
// it is that of a style.
func familiesOf(e xml.StartElement) (all []string) {
	if e.Name.Local == "name" && !strings.Contains(e.Name.Space, "spreadsheetml") {
		return nil
	}
	for _, attribute := range fontAttributes[e.Name.Local] {
		family := strings.Trim(archive.Attr(e, attribute), "' ")
		if family != "" && !strings.HasPrefix(family, "+") {
			all = append(all, family)
		}
	}
	return all
}
