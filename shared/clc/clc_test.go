package clc

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for mark, want := range map[string]string{
		"TP312":                   "TP312",
		"tp312":                   "TP312",
		" TP 312 ":                "TP312",
		"ＴＰ３１２":                   "TP312",
		"TP3128":                  "TP312.8",
		"TP312.8":                 "TP312.8",
		"TP312JA":                 "TP312JA",
		"TP312.8PY":               "TP312.8PY",
		"TP393.092.1":             "TP393.092.1",
		"I247.57/1234":            "I247.57",
		"I242.4 / C192":           "I242.4",
		"[F291.1]":                "F291.1",
		"〔F291.1〕":                "F291.1",
		"{K826.1}":                "K826.1",
		"H319.9-44":               "H319.9-44",
		"H319．9－44":               "H319.9-44",
		"D920.0:D909":             "D920.0:D909",
		"K825.6=49":               "K825.6=49",
		"K281.4(261)":             "K281.4(261)",
		"F426.61“2020”":           `F426.61"2020"`,
		"A49":                     "A49",
		"D33/37":                  "D33",
		"DF36":                    "DF36",
		"Z":                       "Z",
		"T-652":                   "T-652",
		"R-33":                    "R-33",
		"S8+Q95":                  "S8+Q95",
		"":                        "",
		"813.7":                   "", // Dewey
		"QA76.73.J38":             "", // Library of Congress
		"L1":                      "", // no such main class
		"W9":                      "",
		"TA1":                     "",
		"TPP3":                    "",
		"TP312 Java语言":            "",
		"计算机":                     "",
		"TP.312":                  "",
		"TP312;DROP":              "",
		strings.Repeat("T", 1000): "",
	} {
		c, err := Parse(mark)
		if c.Mark != want || (err == nil) != (want != "") || Valid(mark) != (want != "") {
			t.Errorf("%q: got %q (%v), want %q", mark, c.Mark, err, want)
		}
	}
}

func TestChain(t *testing.T) {
	for mark, want := range map[string]string{
		"TP312.8":  "T 工业技术 Industrial technology > TP 自动化技术、计算机技术 Automation, computing",
		"I247.57":  "I 文学 Literature > I2 中国文学 Chinese literature",
		"i561.45":  "I 文学 Literature > I5 欧洲文学 European literature",
		"K825.6":   "K 历史、地理 History, geography > K82 中国人物传记 Biography of China",
		"B842.6":   "B 哲学、宗教 Philosophy, religion > B84 心理学 Psychology",
		"F592.7":   "F 经济 Economics > F59 旅游经济 Economics of tourism",
		"F53":      "F 经济 Economics > F5 交通运输经济 Economics of transport",
		"TS972.12": "T 工业技术 Industrial technology > TS 轻工业、手工业、生活服务业 Light industry, handicrafts, personal services",
		"R":        "R 医药、卫生 Medicine, health",
		"U-65":     "U 交通运输 Transport",
		"R742":     "R 医药、卫生 Medicine, health > R74 神经病学与精神病学 Neurology and psychiatry",
		"813.7":    "",
	} {
		var got []string
		for _, c := range Chain(mark) {
			got = append(got, c.Mark+" "+c.Chinese+" "+c.English)
		}
		if diff := cmp.Diff(want, strings.Join(got, " > ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", mark, diff)
		}
	}
}

func TestMain22(t *testing.T) {
	var letters string
	for _, c := range Main() {
		letters += c.Mark
		if len(Children(c.Mark)) < 3 {
			t.Errorf("%s has classes %v", c.Mark, Children(c.Mark))
		}
	}
	if letters != "ABCDEFGHIJKNOPQRSTUVXZ" {
		t.Errorf("the main classes are %s", letters)
	}
	var technology []string
	for _, c := range Children("T") {
		technology = append(technology, c.Mark)
	}
	if got := strings.Join(technology, " "); got != "TB TD TE TF TG TH TJ TK TL TM TN TP TQ TS TU TV" {
		t.Errorf("T has %s", got)
	}
	if Children("TP") != nil || Children("") != nil {
		t.Error("only main classes have children that are named")
	}
}

// Every line of the file is a class with two names, is written as the
// classification writes it, and stands in its place.
func TestNames(t *testing.T) {
	lines := 0
	for line := range strings.Lines(listed) {
		if !strings.HasPrefix(line, "#") {
			lines++
		}
	}
	all := names().classes
	if len(all) != lines || len(all) != len(names().byMark) {
		t.Errorf("%d lines, %d classes, %d marks", lines, len(all), len(names().byMark))
	}
	for i, c := range all {
		if got, err := Parse(c.Mark); err != nil || got != c || c.Chinese == "" || c.English == "" {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
		if i > 0 && Order(all[i-1].Mark, c.Mark) >= 0 {
			t.Errorf("%s stands behind %s", c.Mark, all[i-1].Mark)
		}
	}
}

func TestOrder(t *testing.T) {
	shelf := []string{"A", "A49", "B2", "B84", "B842.6", "D9", "DF36", "I2", "I247.5", "I247.57", "I25", "TP3", "TP3-05", "TP3-43",
		"TP3(711)", "TP3:O1", "TP31", "TP312", "TP312-43", "TP312.8", "TP312C", "TP312JA", "TP313", "TP4", "Z8"}
	mixed := slices.Clone(shelf)
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		slices.SortFunc(mixed, Order)
		if diff := cmp.Diff(shelf, mixed); diff != "" {
			t.Fatal(diff)
		}
	}
}
