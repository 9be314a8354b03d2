package hostile

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"

	"xietong.dev/test/documents/parts"
)

// victims are documents that stand for their format.
var victims = []string{
	"通知-老旧小区改造.docx", "现场踏勘照片.docx", "部门预算执行.xlsx", "办件量分析.xlsx", "重点项目进度.pptx",
	"通知-老旧小区改造.doc", "部门预算执行.xls", "重点项目进度.ppt", "通知-老旧小区改造.odt", "部门预算执行.ods", "重点项目进度.odp",
	"作息时间.rtf", "查阅须知.fodt", "通知-老旧小区改造.pdf", "扫描件.png", "传真.tiff", "营商环境.html", "滨海工作读本.epub", "值班电话（GBK）.txt",
}

// truncated files end early: at every tenth of their length, and where a header
// has just begun.
func (m *maker) truncated() {
	for i, name := range victims {
		data := m.document(name)
		extension := filepath.Ext(name)[1:]
		for tenth := 1; tenth < 10; tenth++ {
			m.may(fmt.Sprintf("%s %d at %d tenths", extension, i, tenth), extension, data[:len(data)*tenth/10])
		}
		for _, n := range []int{8, 77, 511, 513} {
			if n < len(data) {
				m.may(fmt.Sprintf("%s %d after %d bytes", extension, i, n), extension, data[:n])
			}
		}
	}
}

// damaged files were changed on their way, by chance.
func (m *maker) damaged() {
	for i, name := range victims {
		data := m.document(name)
		extension := filepath.Ext(name)[1:]
		put := func(what string, damaged []byte) {
			m.may(fmt.Sprintf("%s %d, %s", extension, i, what), extension, damaged)
		}
		put("one bit", m.flip(data, 1, 0, len(data)))
		put("bits of the head", m.flip(data, 24, 0, min(512, len(data))))
		put("hundreds of bits", m.flip(data, 400, 0, len(data)))
		put("zeros in the middle", zeroed(data))
		put("two halves changed", append(slices.Clone(data[len(data)/2:]), data[:len(data)/2]...))
		put("said twice", append(slices.Clone(data), data...))
		if entries, err := parts.Unzip(data); err == nil {
			put("bits inside its parts", m.inside(entries))
			put("every second part missing", parts.Zip(half(entries)...))
			put("one part instead of another", parts.Zip(exchanged(entries)...))
		}
	}
}

// flip turns bits between two places.
func (m *maker) flip(data []byte, bits, from, to int) []byte {
	out := slices.Clone(data)
	for range bits {
		out[from+m.rand.IntN(to-from)] ^= 1 << m.rand.IntN(8)
	}
	return out
}

func zeroed(data []byte) []byte {
	out := slices.Clone(data)
	clear(out[len(out)/3 : len(out)/2])
	return out
}

// inside damages what a zip file holds; the zip file itself is whole.
func (m *maker) inside(entries []parts.Part) []byte {
	for i, e := range entries {
		if len(e.Data) > 100 && !e.Stored {
			entries[i].Data = m.flip(e.Data, 1+len(e.Data)/2000, 60, len(e.Data))
		}
	}
	return parts.Zip(entries...)
}

func half(entries []parts.Part) (left []parts.Part) {
	for i, e := range entries {
		if i%2 == 0 {
			left = append(left, e)
		}
	}
	return left
}

func exchanged(entries []parts.Part) []parts.Part {
	out := slices.Clone(entries)
	for i := range out {
		out[i].Data = bytes.Clone(entries[(i+1)%len(entries)].Data)
	}
	return out
}
