package pages

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zlib"

	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages/pdftest"
)

// zeros are so many bytes of nothing, deflated.
func zeros(t *testing.T, megabytes int) []byte {
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, zlib.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<20)
	for range megabytes {
		z.Write(block)
	}
	z.Close()
	return b.Bytes()
}

// tree is a page tree so many nodes deep.
func tree(depth int) []byte {
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>"}
	for i := range depth {
		objects = append(objects, fmt.Sprintf("<</Type/Pages/Kids[%d 0 R]/Count 1>>", i+3))
	}
	return pdftest.Build(append(objects, "<</Type/Page/MediaBox[0 0 100 100]>>")...)
}

func TestHostileFiles(t *testing.T) {
	nested := strings.Repeat("[", 100_000)
	for _, c := range []struct {
		name string
		file []byte
		want string // code; "opens" where PDFium makes do
	}{
		{"nothing", nil, CodeUnreadable},
		{"a text", []byte("Dear all,\n"), CodeUnreadable},
		{"a head only", []byte("%PDF-1.7\n"), CodeUnreadable},
		{"no pages", pdftest.Build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"), CodeUnreadable},
		{"a huge box", pdftest.Page("/MediaBox[0 0 1000000000 1000000000]", ""), CodePageTooLarge},
		{"a long box", pdftest.Page("/MediaBox[0 0 10 1000000000]", ""), CodePageTooLarge},
		{"a box that is not a number", pdftest.Page("/MediaBox[0 0 1e999 nan]", ""), "opens"},
		{"an empty box", pdftest.Page("/MediaBox[5 5 5 5]", ""), "opens"},
		{"a tree too deep", tree(5000), CodeUnreadable},
		{"a tree that is its own child", pdftest.Build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"), CodeUnreadable},
		{"a thousand pages, one given", pdftest.Build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1000>>", "<</Type/Page/MediaBox[0 0 9 9]>>"), CodeUnreadable},
		{"arrays too deep", pdftest.Page("/MediaBox[0 0 100 100]/X"+nested, ""), "opens"},
		{"a content too deep", pdftest.Page("/MediaBox[0 0 100 100]", nested), "opens"},
		{"a form that draws itself", pdftest.Build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
			"<</Type/Page/MediaBox[0 0 100 100]/Contents 5 0 R/Resources<</XObject<</F 4 0 R>>>>>>",
			pdftest.Stream("/Type/XObject/Subtype/Form/BBox[0 0 100 100]/Resources<</XObject<</F 4 0 R>>>>", []byte("/F Do /F Do")),
			pdftest.Stream("", []byte("/F Do"))), CodeUnreadable},
		{"a gigabyte in a page's content", pdftest.Build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
			"<</Type/Page/MediaBox[0 0 100 100]/Contents 4 0 R>>", pdftest.Stream("/Filter/FlateDecode", zeros(t, 1024))), CodeUnreadable},
	} {
		got := look(t.Context(), reader, c.file)
		if code := fault.Code(got); code != c.want && !(c.want == "opens" && got == nil) {
			t.Errorf("%s: got %v, want %s", c.name, got, c.want)
		}
	}
	if err := look(t.Context(), reader, made["letter.fodt"]); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// An object stream that is a gigabyte: the page tree lies in it.
func TestAnObjectStreamThatInflates(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	objects := b.Len()
	fmt.Fprintf(&b, "4 0 obj\n%s\nendobj\n", pdftest.Stream("/Type/ObjStm/N 2/First 10/Filter/FlateDecode", zeros(t, 1024)))
	start := b.Len()
	table := []byte{
		0, 0, 0, 0, 0,
		2, 0, 0, 4, 0, // object 1 is the first in stream 4
		2, 0, 0, 4, 1,
		0, 0, 0, 0, 0,
		1, 0, 0, byte(objects), 0, // where stream 4 begins
		1, byte(start >> 16), byte(start >> 8), byte(start), 0,
	}
	fmt.Fprintf(&b, "5 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", pdftest.Stream("/Type/XRef/Size 6/W[1 3 1]/Root 1 0 R", table), start)
	if err := look(t.Context(), reader, b.Bytes()); fault.Code(err) != CodeUnreadable {
		t.Errorf("got %v", err)
	}
}

// A page whose every pixel is worked out by a program of half a million steps.
func TestAnEndlessPageEndsWithItsContext(t *testing.T) {
	page := pdftest.Build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/MediaBox[0 0 100 100]/Contents 4 0 R/Resources<</Shading<</S 5 0 R>>>>>>", pdftest.Stream("", []byte("100 0 0 100 0 0 cm /S sh")),
		"<</ShadingType 1/ColorSpace/DeviceRGB/Function 6 0 R>>",
		pdftest.Stream("/FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1]", []byte("{"+strings.Repeat("dup pop ", 250_000)+"0.5}")))
	for range 3 { // more than there are instances
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		err := look(ctx, reader, page)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || fault.IsInvalid(err) {
			t.Errorf("got %v", err)
		}
	}
	if err := look(t.Context(), reader, made["letter.fodt"]); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// However a file is cut or bitten, it opens or is refused.
func TestDamagedFiles(t *testing.T) {
	whole := made["letter.fodt"]
	random := rand.New(rand.NewPCG(1, 2))
	refused := 0
	check := func(name string, file []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		err := look(ctx, reader, file)
		if err != nil && fault.Code(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			refused++
		}
	}
	for i := range 20 {
		check(fmt.Sprintf("cut at %d/20", i), whole[:len(whole)*i/20])
	}
	for i := range 60 {
		bitten := bytes.Clone(whole)
		for range 1 + i {
			bitten[random.IntN(len(bitten))] ^= 1 << random.IntN(8)
		}
		check(fmt.Sprintf("bite %d", i), bitten)
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}
