package records

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDate(t *testing.T) {
	for text, want := range map[string]string{
		"2024": "2024", "2024-05": "2024-05", "2024-05-17": "2024-05-17", "20240517": "2024-05-17", "202405": "2024-05",
		"2019.5": "2019-05", "2019年5月": "2019-05", "2019年5月1日": "2019-05-01", "2030/12/31": "2030-12-31",
		"c2003.": "2003", "[1998]": "1998", "©2003": "2003", "1999-2003": "1999", "2024-02-30": "2024-02", "2024-13": "2024",
		"1996-12-01T00:00:00+08:00": "1996-12-01", "２０１９年": "2019", "二〇一九年": "2019", "民国三十年": "", "uuuu": "", "19uu": "", "0101-01-01": "", "": "",
	} {
		if got := date(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// Every code of ISO 639-2/B that differs from 639-2/T is understood, for MARC and
// ONIX write those.
func TestLanguage(t *testing.T) {
	for text, want := range map[string]string{
		"chi": "zh", "zho": "zh", "zh-CN": "zh-CN", "zh_TW": "zh-TW", "zh-hans": "zh-Hans", "中文": "zh", "简体中文": "zh-Hans", "英文": "en", "eng": "en", "en-GB": "en-GB",
		"alb": "sq", "arm": "hy", "baq": "eu", "bur": "my", "cze": "cs", "dut": "nl", "fre": "fr", "geo": "ka", "ger": "de", "gre": "el", "ice": "is",
		"mac": "mk", "mao": "mi", "may": "ms", "per": "fa", "rum": "ro", "slo": "sk", "tib": "bo", "wel": "cy", "uig": "ug", "mon": "mn",
		"und": "", "mul": "", "zxx": "", "Klingonisch": "", "": "", "|||": "",
	} {
		if got := language(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestPeople(t *testing.T) {
	for statement, want := range map[string]string{
		"曹雪芹著":                                       "曹雪芹 aut",
		"曹雪芹, 高鹗著":                                   "曹雪芹 aut, 高鹗 aut",
		"（美）海明威著；李文俊译":                               "海明威 aut, 李文俊 trl",
		"[英] 简·奥斯汀 著 / 孙致礼 译":                        "简·奥斯汀 aut, 孙致礼 trl",
		"王力主编；周祖谟等编著":                                "王力 edt, 周祖谟 aut",
		"司马迁撰；裴骃集解":                                  "司马迁 aut, 裴骃集解 aut",
		"戴敦邦 图":                                      "戴敦邦 ill",
		"张译":                                         "张译 aut",
		"李政文":                                        "李政文 aut",
		"国务院办公厅编":                                    "国务院办公厅 edt",
		"Jane Austen":                                "Jane Austen aut",
		"Austen, Jane":                               "Austen, Jane aut",
		"Smith, Ed":                                  "Smith, Ed aut",
		"Jane Austen (author); Tony Tanner (editor)": "Jane Austen aut, Tony Tanner edt",
		"Hugh Thomson illustrator":                   "Hugh Thomson ill",
		"":                                           "",
	} {
		var got []string
		for _, c := range people(statement, "aut") {
			got = append(got, c.Name+" "+c.Role)
		}
		if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", statement, diff)
		}
	}
}

func TestRole(t *testing.T) {
	for text, want := range map[string]string{
		"aut": "aut", "author.": "aut", "著": "aut", "主编": "edt", "译": "trl", "070": "aut", "730": "trl", "A01": "aut", "B06": "trl", "A12": "ill",
		"http://id.loc.gov/vocabulary/relators/ill": "ill", "tyg": "tyg", "某": "", "": "",
	} {
		if got := role(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestStamp(t *testing.T) {
	for text, want := range map[string]int64{
		"20260102153700.0": 20260102153700, "20260102": 20260102000000, "20260102T1537Z": 20260102153700, "20260102T153700+0800": 20260102073700,
		"2026-01-02T15:37:00Z": 20260102153700, "2026-01-02T15:37:00+08:00": 20260102073700, "2026-01-02": 20260102000000,
		"00000000000000.0": 0, "20261302153700.0": 0, "yesterday": 0, "": 0,
	} {
		if got := stamp(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

// The tables of words hold what they should, and no word twice for two things.
func TestTables(t *testing.T) {
	seen := map[string]string{}
	for l := range strings.Lines(listedColumns) {
		column, names, ok := strings.Cut(strings.TrimSpace(l), "\t")
		if !ok {
			continue
		}
		for _, name := range strings.Fields(names) {
			if seen[name] != "" || plainName(name) != name {
				t.Errorf("column name %q of %s: %s has it, or no column can be called so", name, column, seen[name])
			}
			seen[name] = column
		}
	}
	for word, what := range roles() {
		if !relator.MatchString(what) {
			t.Errorf("role %q is %q", word, what)
		}
	}
}
