package pages

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/shared/fault"
)

func TestRanges(t *testing.T) {
	for text, want := range map[string][]int{
		"":                               {1, 2, 3, 4, 5, 6, 7, 8, 9},
		"1-3,5,8-":                       {1, 2, 3, 5, 8, 9},
		" 1 - 2 , 4 ":                    {1, 2, 4},
		"-2":                             {1, 2},
		"9":                              {9},
		"7-99":                           {7, 8, 9},
		"5,1,5,1-5":                      {5, 1, 2, 3, 4},
		"10":                             nil,
		"10-12":                          nil,
		"0":                              nil,
		"-0":                             nil,
		"-":                              nil,
		"3-1":                            nil,
		"1,,2":                           nil,
		"1-2-3":                          nil,
		"a":                              nil,
		"1;2":                            nil,
		"+1-+2":                          {1, 2},
		"999999999999999999999":          nil,
		strings.Repeat("1,", 3000) + "1": nil,
	} {
		got, err := Ranges(text, 9)
		if diff := cmp.Diff(want, got); diff != "" || (err != nil) != (want == nil) || err != nil && fault.Code(err) != CodeRanges {
			t.Errorf("%.20q: %v (-want +got)\n%s", text, err, diff)
		}
	}
}

func FuzzRanges(f *testing.F) {
	f.Add("1-3,5,8-", 9)
	f.Fuzz(func(t *testing.T, text string, count int) {
		if count < 1 || count > 1000 {
			return
		}
		numbers, err := Ranges(text, count)
		if (err == nil) != (len(numbers) > 0) || len(numbers) > count {
			t.Errorf("%q of %d: %v %v", text, count, numbers, err)
		}
	})
}
