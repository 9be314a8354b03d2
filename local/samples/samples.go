// Package samples holds the recordings, transcripts and documents that the toolbox
// is tried with. The English ones are spoken by a machine from the scripts beside
// them (see make), so that what was said is known to the word.
package samples

import "embed"

// Files are the samples and their scripts, by file name.
//
//go:embed *.ogg *.mp4 *.srt *.vtt *.txt *.docx
var Files embed.FS

// Sample is one file to be uploaded.
type Sample struct {
	File     string
	Language string // BCP 47
	Title    string
	Script   string // the file with what is said, "" where the sample is a text itself
	Document bool   // an office document, which becomes a PDF and pictures
}

// All returns the samples in the order in which they are tried.
func All() []Sample {
	return []Sample{
		{File: "memo-en.mp4", Language: "en", Title: "Voice memo with a picture", Script: "memo-en.txt"},
		{File: "meeting-en.ogg", Language: "en", Title: "Service center, school buses, water supply", Script: "meeting-en.txt"},
		{File: "meeting-zh.srt", Language: "zh", Title: "老旧小区改造与政务大厅搬迁例会"},
		{File: "meeting-ja.vtt", Language: "ja", Title: "防災訓練の打ち合わせ"},
		{File: "notice-zh.docx", Language: "zh", Title: "关于印发老旧小区改造工作方案的通知", Document: true},
	}
}
