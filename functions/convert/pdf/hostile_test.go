package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"xietong.dev/shared/fault"
	"xietong.dev/shared/pages/pdftest"
)

// inflating is a PDF whose page tree lies in an object stream of so many
// megabytes of zeros.
func inflating(t *testing.T, megabytes int) []byte {
	var zeros bytes.Buffer
	z, err := zlib.NewWriterLevel(&zeros, zlib.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 1<<20); megabytes > 0; megabytes-- {
		z.Write(block)
	}
	z.Close()
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	at := b.Len()
	fmt.Fprintf(&b, "4 0 obj\n%s\nendobj\n", pdftest.Stream("/Type/ObjStm/N 2/First 10/Filter/FlateDecode", zeros.Bytes()))
	start := b.Len()
	table := []byte{
		0, 0, 0, 0, 0,
		2, 0, 0, 4, 0,
		2, 0, 0, 4, 1,
		0, 0, 0, 0, 0,
		1, 0, 0, byte(at), 0,
		1, byte(start >> 16), byte(start >> 8), byte(start), 0,
	}
	fmt.Fprintf(&b, "5 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", pdftest.Stream("/Type/XRef/Size 6/W[1 3 1]/Root 1 0 R", table), start)
	return b.Bytes()
}

func TestHostileFiles(t *testing.T) {
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>"}
	for i := range 5000 {
		objects = append(objects, fmt.Sprintf("<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>", i+3, i+1))
	}
	for name, file := range map[string][]byte{
		"nothing":          nil,
		"a text":           []byte("Dear all,\n"),
		"a gigabyte":       inflating(t, 1024),
		"a tree too deep":  pdftest.Build(append(objects, "<</Type/Page/Parent 5001 0 R/MediaBox[0 0 100 100]>>")...),
		"its own child":    pdftest.Build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"),
		"no pages":         pdftest.Build("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"),
		"a previous table": []byte("%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF\n"),
	} {
		if _, err := Optimise(t.Context(), Limits{}, file); fault.Code(err) != CodeUnreadable {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// However a file is cut or bitten, it is taken or refused.
func TestDamagedFiles(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	refused := 0
	check := func(name string, file []byte) {
		_, err := Optimise(t.Context(), Limits{}, file)
		if err != nil && fault.Code(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			refused++
		}
	}
	for i := range 20 {
		check(fmt.Sprintf("cut at %d/20", i), letter[:len(letter)*i/20])
	}
	check("arrays too deep", pdftest.Page("/MediaBox[0 0 100 100]/X"+strings.Repeat("[", 100_000), ""))
	for i := range 60 {
		bitten := bytes.Clone(letter)
		for range 1 + i {
			bitten[random.IntN(len(bitten))] ^= 1 << random.IntN(8)
		}
		check(fmt.Sprintf("bite %d", i), bitten)
	}
	if refused < 20 {
		t.Errorf("%d were refused", refused)
	}
}
