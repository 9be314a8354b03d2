package isbn

import (
	"strings"
	"testing"
	"testing/quick"
)

func TestNormalise(t *testing.T) {
	for text, want := range map[string]string{
		"9787020002207":              "9787020002207", // 红楼梦
		"978-7-02-000220-7":          "9787020002207",
		"978 7 02 000220 7":          "9787020002207",
		"978–7–02–000220–7":          "9787020002207",
		"7-02-000220-X":              "9787020002207",
		"7-02-000220-x":              "9787020002207",
		"ISBN 7-02-000220-X":         "9787020002207",
		"ISBN-10: 7-02-000220-X":     "9787020002207",
		"ISBN-13: 978-7-02-000220-7": "9787020002207",
		"isbn13 9787020002207":       "9787020002207",
		"ISBN：978-7-02-000220-7":     "9787020002207",
		"ＩＳＢＮ　９７８－７－０２－０００２２０－７": "9787020002207",
		"urn:isbn:9780141439518":       "9780141439518", // Pride and Prejudice
		"0-14-143951-3":                "9780141439518",
		"979-10-90636-07-1":            "9791090636071",
		"1-3000-0000-0":                "",
		"":                             "",
		"ISBN":                         "",
		"978-7-02-000220-8":            "", // wrong check digits
		"7-02-000220-7":                "",
		"9777020002208":                "", // a magazine's number
		"978702000220":                 "", // a digit too few
		"97870200022077":               "",
		"X702000220":                   "",
		"978702000220X":                "",
		"统一书号10019·1999":               "",
		"9787020002207; 9780141439518": "",
		"\xff9787020002207":            "",
		strings.Repeat("-", 200) + "7": "",
	} {
		if got, ok := Normalise(text); ok != (want != "") || ok && got != want {
			t.Errorf("%q: got %q, %t, want %q", text, got, ok, want)
		}
	}
}

// Any one wrong digit is found, which is what check digits are for.
func TestOneWrongDigit(t *testing.T) {
	for _, right := range []string{"9787020002207", "9780141439518", "702000220X", "0141439513"} {
		for i := range len(right) {
			for d := byte('0'); d <= '9'; d++ {
				wrong := right[:i] + string(d) + right[i+1:]
				if wrong != right && Valid(wrong) {
					t.Errorf("%s passes for %s", wrong, right)
				}
			}
		}
	}
}

func TestAnythingAtAll(t *testing.T) {
	if err := quick.Check(func(text string) bool {
		number, ok := Normalise(text)
		again, stays := Normalise(number)
		return !ok || stays && again == number && len(number) == 13
	}, nil); err != nil {
		t.Error(err)
	}
}
