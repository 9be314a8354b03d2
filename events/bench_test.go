package events_test

import (
	"fmt"
	"testing"

	"xietong.dev/events"
)

// BenchmarkDecodeTranscript reads a transcript of two hours with its words.
func BenchmarkDecodeTranscript(b *testing.B) {
	var transcript events.Transcript
	for i := range 1800 {
		start := int64(i) * 4000
		segment := events.Segment{ID: fmt.Sprintf("0-%d", start), StartMS: start, EndMS: start + 3900, Text: "今天先讨论老旧小区加装电梯的进度。"}
		for w := range int64(12) {
			segment.Words = append(segment.Words, events.Word{Text: "讨论", StartMS: start + 300*w, EndMS: start + 300*w + 280})
		}
		transcript.Segments = append(transcript.Segments, segment)
	}
	transcript.DocumentVersion, transcript.Recording, transcript.Upload, transcript.Revision = 1, "6f1c9c1e", "b27d5f2e", 1
	transcript.Language, transcript.Engine.Name = "zh", "funasr"
	text := encode(b, transcript)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := events.DecodeTranscript(text); err != nil {
			b.Fatal(err)
		}
	}
}
