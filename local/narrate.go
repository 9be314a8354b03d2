package main

import (
	"strings"
	"time"

	"xietong.dev/events"
	"xietong.dev/shared/say"
)

// stories says in words what each event tells.
var stories = say.Table{
	"dev.xietong.recording.uploaded.v1":    {Zh: "收到录音 %s（%s，%d KB）", En: "recording %s arrived (%s, %d KB)"},
	"dev.xietong.transcript.uploaded.v1":   {Zh: "收到文字稿 %s（%s）", En: "transcript %s arrived (%s)"},
	"dev.xietong.recording.cut.v1":         {Zh: "时长 %s，%d 个声道，切成 %d 段", En: "%s long; tracks: %d, chunks: %d"},
	"dev.xietong.chunk.cut.v1":             {Zh: "第 %d 段等待转写（%s – %s）", En: "chunk %d waits (%s - %s)"},
	"dev.xietong.chunk.transcribed.v1":     {Zh: "第 %d 段已转写（%d / %d）", En: "chunk %d transcribed (%d of %d)"},
	"dev.xietong.recording.heard.v1":       {Zh: "各段均已结束，开始合并", En: "every chunk has ended; joining"},
	"dev.xietong.recording.transcribed.v1": {Zh: "文字稿完成：%d 句，语言 %s，引擎 %s", En: "transcript ready: %d segments, language %s, engine %s"},
	"dev.xietong.recording.summarised.v1":  {Zh: "摘要完成，引擎 %s", En: "summary ready, engine %s"},
	"dev.xietong.recording.refused.v1":     {Zh: "%s 无法处理（%s）：%s", En: "%s refused it (%s): %s"},
	"dev.xietong.minutes.deleted.v1":       {Zh: "纪要已删除", En: "minutes deleted"},

	"dev.xietong.document.uploaded.v1":             {Zh: "收到文档 %s（%d KB）", En: "document %s arrived (%d KB)"},
	"dev.xietong.document.conversion.requested.v1": {Zh: "请求转换为 %s", En: "asked for as %s"},
	"dev.xietong.document.preview.requested.v1":    {Zh: "第 %d – %d 页等待生成图片", En: "pages %d to %d wait for their pictures"},
	"dev.xietong.document.converted.v1":            {Zh: "已转换：%s 变为 %s，%d 页，质量 %s", En: "converted: %s to %s, pages: %d, quality %s"},
	"dev.xietong.document.previewed.v1":            {Zh: "页面图片已生成（%d / %d 页）", En: "page pictures ready (%d of %d)"},
	"dev.xietong.document.refused.v1":              {Zh: "%s 无法处理（%s）：%s", En: "%s refused it (%s): %s"},
	"dev.xietong.document.deleted.v1":              {Zh: "文档已删除", En: "document deleted"},

	"dev.xietong.book.uploaded.v1":             {Zh: "收到图书 %s（%d KB）", En: "book %s arrived (%d KB)"},
	"dev.xietong.book.catalogued.v1":           {Zh: "已编目：《%s》，%s，%d 字", En: "catalogued: %s, %s, characters: %d"},
	"dev.xietong.book.text.requested.v1":       {Zh: "文字等待读取", En: "its text waits"},
	"dev.xietong.book.cover.requested.v1":      {Zh: "封面等待生成", En: "its cover waits"},
	"dev.xietong.book.covered.v1":              {Zh: "封面已生成", En: "cover ready"},
	"dev.xietong.book.withdrawn.v1":            {Zh: "图书 %s 已下架：%s", En: "book %s withdrawn: %s"},
	"dev.xietong.book.restored.v1":             {Zh: "图书 %s 已恢复：%s", En: "book %s restored: %s"},
	"dev.xietong.book.refused.v1":              {Zh: "%s 无法处理（%s）：%s", En: "%s refused it (%s): %s"},
	"dev.xietong.book.batch.uploaded.v1":       {Zh: "收到 %s 的书单 %s", En: "list of %s arrived: %s"},
	"dev.xietong.book.batch.planned.v1":        {Zh: "书单共 %d 行：编目 %d，下架 %d，恢复 %d，拒绝 %d", En: "the list has %d rows: catalogue %d, withdraw %d, restore %d, refuse %d"},
	"dev.xietong.book.batch.approved.v1":       {Zh: "%s 已批准书单", En: "%s approved the list"},
	"dev.xietong.book.batch.rows.requested.v1": {Zh: "第 %d – %d 行等待处理", En: "rows %d to %d wait"},
	"dev.xietong.book.batch.completed.v1":      {Zh: "书单 %d 行全部结束：编目 %d，下架 %d，恢复 %d，拒绝 %d", En: "all %d rows of the list have ended: catalogued %d, withdrawn %d, restored %d, refused %d"},
	"dev.xietong.book.batch.refused.v1":        {Zh: "%s 无法处理 %s 的书单（%s）：%s", En: "%s refused the list of %s (%s): %s"},
}

// narrate puts an event of a story into words, and names the type
// of one that it does not know.
func narrate(language string, e events.Event) string {
	return stories.Say(language, e.Type(), details(e)...)
}

// details are the arguments of the event's words.
func details(e events.Event) []any {
	switch e.Type() {
	case events.RecordingUploaded{}.EventType():
		d, _ := events.Decode[events.RecordingUploaded](e)
		return []any{oneLine(d.Name), d.MediaType, d.Object.Size / 1024}
	case events.TranscriptUploaded{}.EventType():
		d, _ := events.Decode[events.TranscriptUploaded](e)
		return []any{oneLine(d.Name), d.Format}
	case events.RecordingCut{}.EventType():
		d, _ := events.Decode[events.RecordingCut](e)
		return []any{duration(d.DurationMS), d.Tracks, d.Chunks}
	case events.ChunkCut{}.EventType():
		d, _ := events.Decode[events.ChunkCut](e)
		return []any{d.Index + 1, duration(d.StartMS), duration(d.EndMS)}
	case events.ChunkTranscribed{}.EventType():
		d, _ := events.Decode[events.ChunkTranscribed](e)
		return []any{d.Index + 1, d.Ended, d.Chunks}
	case events.RecordingTranscribed{}.EventType():
		d, _ := events.Decode[events.RecordingTranscribed](e)
		return []any{d.Segments, d.Language, d.Engine.Name}
	case events.RecordingSummarised{}.EventType():
		d, _ := events.Decode[events.RecordingSummarised](e)
		return []any{d.Engine.Name}
	case events.RecordingRefused{}.EventType():
		d, _ := events.Decode[events.RecordingRefused](e)
		return []any{d.Stage, d.Code, oneLine(d.Reason)}
	}
	return documentDetails(e)
}

func documentDetails(e events.Event) []any {
	switch e.Type() {
	case events.DocumentUploaded{}.EventType():
		d, _ := events.Decode[events.DocumentUploaded](e)
		return []any{oneLine(d.Name), d.Object.Size / 1024}
	case events.DocumentConversionRequested{}.EventType():
		d, _ := events.Decode[events.DocumentConversionRequested](e)
		return []any{d.To}
	case events.DocumentPreviewRequested{}.EventType():
		d, _ := events.Decode[events.DocumentPreviewRequested](e)
		return []any{d.First, d.Last}
	case events.DocumentConverted{}.EventType():
		d, _ := events.Decode[events.DocumentConverted](e)
		var to []string
		for _, r := range d.Renditions {
			to = append(to, r.Format)
		}
		return []any{d.Format, strings.Join(to, " "), d.Pages, d.Report.Quality}
	case events.DocumentPreviewed{}.EventType():
		d, _ := events.Decode[events.DocumentPreviewed](e)
		return []any{d.Ended, d.Pages}
	case events.DocumentRefused{}.EventType():
		d, _ := events.Decode[events.DocumentRefused](e)
		return []any{d.Stage, d.Code, oneLine(d.Reason)}
	}
	return bookDetails(e)
}

func duration(ms int64) time.Duration {
	return (time.Duration(ms) * time.Millisecond).Round(time.Second)
}
