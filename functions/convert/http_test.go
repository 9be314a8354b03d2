package convert

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xietong.dev/shared/pages"
)

// file is one file of a form.
type file struct{ name, content string }

// reply is what a request got.
type reply struct {
	status int
	header http.Header
	body   string
}

// post sends a form to the function.
func (b *bench) post(path string, fields map[string]string, files ...file) reply {
	b.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		w.WriteField(name, value)
	}
	for _, f := range files {
		part, err := w.CreateFormFile("files", f.name)
		if err != nil {
			b.Fatal(err)
		}
		io.WriteString(part, f.content)
	}
	w.Close()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.URL+path, &body)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Accept-Language", "en")
	return b.do(r)
}

func (b *bench) do(r *http.Request) reply {
	b.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(text)}
}

// said is the text of each page of a PDF.
func (b *bench) said(pdf string) (all []string) {
	b.Helper()
	err := b.converter.Reader.With(b.Context(), []byte(pdf), "", func(d *pages.Document) error {
		for page := 1; page <= d.Count(); page++ {
			text, err := d.Text(page)
			if err != nil {
				return err
			}
			// LibreOffice sets Chinese and digits apart, which reads like a space.
			all = append(all, strings.ReplaceAll(text, " ", ""))
		}
		return nil
	})
	if err != nil {
		b.Fatalf("%v: %.80q", err, pdf)
	}
	return all
}

// packed is what a ZIP holds, by name.
func (b *bench) packed(archive string) map[string]string {
	b.Helper()
	z, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		b.Fatalf("%v: %.80q", err, archive)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			b.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			b.Fatal(err)
		}
		all[f.Name] = string(text)
	}
	return all
}

func TestFilesBecomePDFs(t *testing.T) {
	b := start(t)
	one := b.post("/convert/forms/libreoffice/convert", nil, file{"通知.fodt", notice(3)})
	if one.status != 200 || one.header.Get("Content-Type") != "application/pdf" || one.header.Get("Content-Disposition") != "attachment; filename*=utf-8''%E9%80%9A%E7%9F%A5.pdf" {
		t.Fatalf("%d %v %.200s", one.status, one.header, one.body)
	}
	if said := b.said(one.body); len(said) != 3 || !strings.Contains(said[1], "第2次工作会议") {
		t.Errorf("it says %q", said)
	}
	two := b.post("/convert/forms/libreoffice/convert", nil, file{"a.fodt", notice(1)}, file{"b.md", "# 计划\n\n第一项"})
	all := b.packed(two.body)
	if two.header.Get("Content-Type") != "application/zip" || len(all) != 2 || !strings.Contains(b.said(all["b.pdf"])[0], "第一项") {
		t.Errorf("%d %v %d files", two.status, two.header, len(all))
	}
	merged := b.post("/convert/forms/libreoffice/convert", map[string]string{"merge": "true"}, file{"2.fodt", notice(2)}, file{"1.txt", "附件一"})
	if said := b.said(merged.body); len(said) != 3 || !strings.Contains(said[0], "附件一") {
		t.Errorf("merged in the order of names: %q", said)
	}
	some := b.post("/convert/forms/libreoffice/convert", map[string]string{"nativePageRanges": "3,1"}, file{"a.fodt", notice(3)})
	if said := b.said(some.body); len(said) != 2 {
		t.Errorf("pages 3 and 1: %q", said)
	}
	archive := b.post("/convert/forms/libreoffice/convert", map[string]string{"pdfa": "PDF/A-2b"}, file{"a.fodt", notice(1)})
	if !strings.Contains(archive.body, "<pdfaid:part>2</pdfaid:part>") || !strings.Contains(archive.body, "<pdfaid:conformance>B</pdfaid:conformance>") {
		t.Errorf("%d: not PDF/A-2b", archive.status)
	}
}

func TestPDFsAreMergedAndSplit(t *testing.T) {
	b := start(t)
	pdf := b.post("/convert/forms/libreoffice/convert", nil, file{"a.fodt", notice(5)}).body
	merged := b.post("/convert/forms/pdfengines/merge", nil, file{"1.pdf", pdf}, file{"2.pdf", pdf})
	if n := len(b.said(merged.body)); n != 10 {
		t.Errorf("merged: %d pages", n)
	}
	for _, c := range []struct {
		fields map[string]string
		want   []int
	}{
		{map[string]string{"splitMode": "intervals", "splitSpan": "2"}, []int{2, 2, 1}},
		{map[string]string{"splitMode": "pages", "splitSpan": "1-2,5"}, []int{1, 1, 1}},
		{map[string]string{"splitMode": "pages", "splitSpan": "1-2,5", "splitUnify": "true"}, []int{3}},
	} {
		got := b.post("/convert/forms/pdfengines/split", c.fields, file{"a.pdf", pdf})
		parts := map[string]string{"a_0.pdf": got.body}
		if len(c.want) > 1 {
			parts = b.packed(got.body)
		}
		for i, pages := range c.want {
			if n := len(b.said(parts[fmt.Sprintf("a_%d.pdf", i)])); n != pages || len(parts) != len(c.want) {
				t.Errorf("%v: part %d of %d has %d pages, want %d", c.fields, i, len(parts), n, pages)
			}
		}
	}
}

// Each file in the format that it is asked for begins as such files do.
func TestOtherFormats(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("品名,单价\n打印纸,25.5\n")
	if err != nil {
		t.Fatal(err)
	}
	b := start(t)
	for _, c := range []struct {
		file         file
		to           string
		begins, says string
	}{
		{file{"a.fodt", notice(1)}, "docx", "PK", ""},
		{file{"a.fodt", notice(1)}, "odt", "PK", ""},
		{file{"a.fodt", notice(1)}, "txt", "滨海区人民政府办公室", "各街道办事处"},
		{file{"a.fodt", notice(1)}, "md", "滨海区人民政府办公室", "各街道办事处"},
		{file{"a.fodt", notice(1)}, "html", "<", "各街道办事处"},
		{file{"价格.csv", gbk}, "xlsx", "PK", ""},
		{file{"价格.csv", gbk}, "ods", "PK", ""},
		{file{"价格.csv", gbk}, "md", "| 品名 | 单价 |", "打印纸"},
		{file{"a.fodt", notice(1)}, "jpeg", "\xff\xd8\xff", ""},
		{file{"a.fodt", notice(1)}, "webp", "RIFF", ""},
		{file{"a.fodt", notice(1)}, "thumbnail", "\x89PNG", ""},
	} {
		got := b.post("/convert/to/"+c.to, nil, c.file)
		if got.status != 200 || !strings.HasPrefix(got.body, c.begins) || !strings.Contains(got.body, c.says) {
			t.Errorf("%s to %s: %d %.300q", c.file.name, c.to, got.status, got.body)
		}
	}
	pictures := b.packed(b.post("/convert/to/png", map[string]string{"width": "300"}, file{"a.fodt", notice(3)}).body)
	if len(pictures) != 3 || !strings.HasPrefix(pictures["a_3.png"], "\x89PNG") {
		t.Errorf("%d pictures", len(pictures))
	}
	// A table in an old encoding becomes one that says the same.
	table := b.post("/convert/to/xlsx", nil, file{"价格.csv", gbk})
	if text := b.post("/convert/to/txt", nil, file{"价格.xlsx", table.body}); text.body != "品名\t单价\n打印纸\t25.5\n" {
		t.Errorf("back from xlsx: %q", text.body)
	}
}

// A watermark leads back to who looked, from the file and from its picture.
func TestAWatermarkCanBeTraced(t *testing.T) {
	b := start(t)
	fields := map[string]string{"watermarkText": "王晓 滨海区\n2026-11-26 09:30", "watermarkTrace": "00c0ffee12345678"}
	pdf := b.post("/convert/forms/libreoffice/convert", fields, file{"a.fodt", notice(2)})
	if said := b.said(pdf.body); len(said) != 2 || strings.Contains(said[0], "王晓") || !strings.Contains(said[0], "第1次工作会议") {
		t.Errorf("the marked pages say %q", said)
	}
	fields["width"] = "1000"
	picture := b.packed(b.post("/convert/to/png", fields, file{"a.fodt", notice(2)}).body)["a_2.png"]
	plain := b.post("/convert/forms/libreoffice/convert", nil, file{"a.fodt", notice(1)}).body
	for name, c := range map[string]struct{ content, want string }{
		"a.pdf": {pdf.body, "00c0ffee12345678"}, "screen.png": {picture, "00c0ffee12345678"}, "plain.pdf": {plain, ""},
	} {
		var got struct{ Trace string }
		answer := b.post("/convert/trace", nil, file{name, c.content})
		if err := json.Unmarshal([]byte(answer.body), &got); err != nil || answer.status != 200 || got.Trace != c.want {
			t.Errorf("%s: %d %s, want trace %q", name, answer.status, answer.body, c.want)
		}
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	b := start(t, "MAX_BODY=40KiB", "MAX_FILES=2", "MAX_PICTURES=2")
	const office = "/convert/forms/libreoffice/convert"
	small := file{"a.txt", "一"}
	for _, c := range []struct {
		name, path string
		fields     map[string]string
		files      []file
		status     int
		code       string
	}{
		{"no file", office, nil, nil, 400, "no_file"},
		{"a field with a typing error", office, map[string]string{"nativePageRange": "1"}, []file{small}, 400, "unknown_field"},
		{"a wish that is no number", "/convert/to/png", map[string]string{"width": "wide"}, []file{small}, 400, "field_number"},
		{"neither true nor false", office, map[string]string{"merge": "yes"}, []file{small}, 400, "field_bool"},
		{"another PDF/A", office, map[string]string{"pdfa": "PDF/A-3b"}, []file{small}, 400, "field_one_of"},
		{"a watermark of seven lines", office, map[string]string{"watermarkText": "1\n2\n3\n4\n5\n6\n7"}, []file{small}, 400, "field_watermark"},
		{"too many files", office, nil, []file{small, small, small}, 400, "too_many_files"},
		{"a body that is too large", office, nil, []file{{"a.txt", strings.Repeat("长", 20<<10)}}, 413, "body_large"},
		{"a field that is too large", office, map[string]string{"password": strings.Repeat("x", 5000)}, []file{small}, 400, "field_large"},
		{"pages that there are not", office, map[string]string{"nativePageRanges": "7"}, []file{small}, 422, "invalid_pages"},
		{"too many pictures", "/convert/to/png", nil, []file{{"a.fodt", notice(3)}}, 413, "too_many_pictures"},
		{"no document", office, nil, []file{{"a.docx", "\x7fELF\x02\x01\x01" + strings.Repeat("\x00\x01\xfe", 100)}}, 415, "unsupported"},
		{"no such format", "/convert/to/exe", nil, []file{small}, 415, "unsupported"},
		{"no such address", "/convert/forms/chromium/convert/url", nil, []file{small}, 404, "not_found"},
	} {
		got := b.post(c.path, c.fields, c.files...)
		var said struct {
			Error struct{ Code, Message string }
		}
		if err := json.Unmarshal([]byte(got.body), &said); err != nil || got.status != c.status || said.Error.Code != c.code || said.Error.Message == "" || strings.HasPrefix(said.Error.Message, "error.") {
			t.Errorf("%s: %d %.300s, want %d %s", c.name, got.status, got.body, c.status, c.code)
		}
	}
	r, err := http.NewRequest(http.MethodGet, b.URL+"/convert/formats", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.do(r); got.status != 401 {
		t.Errorf("without a token: %d", got.status)
	}
	r.SetBasicAuth("gotenberg", token)
	if got := b.do(r); got.status != 200 || !strings.Contains(got.body, `"docx":["docx","html"`) && !strings.Contains(got.body, `"docx":["html"`) {
		t.Errorf("with the token as password: %d %.200s", got.status, got.body)
	}
}
