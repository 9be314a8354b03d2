package minutes

import (
	"xietong.dev/events"
	"xietong.dev/shared/say"
)

// messages are all words that people read: states, refusals, errors and the
// labels of exports.
var messages = say.Table{
	"state.awaiting_upload": {Zh: "等待上传录音", En: "waiting for the recording to be uploaded"},
	"state.uploaded":        {Zh: "已上传，等待转写", En: "uploaded, waiting to be transcribed"},
	"state.transcribing":    {Zh: "正在转写", En: "being transcribed"},
	"state.transcribing_of": {Zh: "正在转写（%d / %d）", En: "being transcribed (%d of %d)"},
	"state.transcribed":     {Zh: "已转写，正在生成摘要", En: "transcribed, being summarised"},
	"state.summarised":      {Zh: "已生成摘要", En: "summarised"},

	"refused." + events.RefusedEmpty:      {Zh: "文件是空的，请重新上传", En: "the file is empty; upload it again"},
	"refused." + events.RefusedNotMedia:   {Zh: "文件不是音频、视频，也不是文字稿（SRT、VTT、JSON）", En: "the file is neither audio nor video nor a transcript (SRT, VTT, JSON)"},
	"refused." + events.RefusedTooLarge:   {Zh: "文件超过大小上限，请分段上传", En: "the file is over the size limit; upload it in parts"},
	"refused." + events.RefusedTooLong:    {Zh: "录音超过时长上限，请分段上传", En: "the recording is over the time limit; upload it in parts"},
	"refused." + events.RefusedUnreadable: {Zh: "文件已损坏或不完整，请重新上传", En: "the file is damaged or incomplete; upload it again"},
	"refused." + events.RefusedNoSound:    {Zh: "视频没有声音", En: "the video has no sound"},
	"refused." + events.RefusedNoSpeech:   {Zh: "录音中没有听到说话", En: "nobody speaks in the recording"},
	"refused." + events.RefusedMissing:    {Zh: "文件已不在存储中，请重新上传", En: "the file is no longer in the store; upload it again"},
	"refused." + events.RefusedLanguage: {
		Zh: "现有语音引擎不支持这种语言：请管理员用 TRANSCRIBE_URL（及 TRANSCRIBE_LANGUAGES）配置支持该语言的引擎，或者直接上传文字稿（SRT、VTT、JSON）",
		En: "the speech engine does not know this language: ask the operator to set TRANSCRIBE_URL (and TRANSCRIBE_LANGUAGES) to an engine that does, or upload a transcript (SRT, VTT, JSON) instead"},
	"refused." + events.RefusedEngine:     {Zh: "语音引擎多次出错，请联系管理员", En: "the engine failed again and again; ask the operator"},
	"refused." + events.RefusedTranscript: {Zh: "文字稿无法读取，请检查格式后重新上传", En: "the transcript cannot be read; check its format and upload it again"},
	"refused." + events.RefusedInvalid:    {Zh: "系统内部消息有误，请联系管理员", En: "a message inside the system was wrong; ask the operator"},
	"refused." + events.RefusedFailed:     {Zh: "处理多次失败，请联系管理员", En: "the work failed again and again; ask the operator"},
	"refused_summary":                     {Zh: "文字稿可以查看，但摘要没有生成：%s", En: "the transcript can be read, but there is no summary: %s"},

	"error.deleted":          {Zh: "该纪要已删除", En: "these minutes were deleted"},
	"error.busy":             {Zh: "同样的请求正在处理，请稍后再试", En: "the same request is being worked on; try again"},
	"error.field_language":   {Zh: "%s 应为语言标签，例如 zh、en、ja", En: "%s: want a language tag such as zh, en or ja"},
	"error.field_fixed":      {Zh: "%s 不能修改", En: "%s cannot be changed"},
	"error.field_span":       {Zh: "%s 的时间应满足 0 ≤ start_ms < end_ms", En: "%s: want 0 ≤ start_ms < end_ms"},
	"error.field_base":       {Zh: "%s 应为这份纪要的一个自动生成的版本（auto-…）", En: "%s: want an automatic revision of these minutes (auto-…)"},
	"error.key_reused":       {Zh: "同一个 Idempotency-Key 曾用于不同的请求", En: "this Idempotency-Key was used for another request"},
	"error.too_many_uploads": {Zh: "这份纪要最多上传 %d 次", En: "these minutes take at most %d uploads"},
	"error.if_match_missing": {Zh: "请用 If-Match 给出所修改版本的 ETag", En: "name the revision you edited: If-Match with its ETag"},
	"error.if_match_stale":   {Zh: "摘要已被他人修改或已更新，请重新读取后再改", En: "the summary has changed since; read it again and edit that"},
	"error.line_stale":       {Zh: "这一句已被他人修改，请重新读取后再改", En: "the line has changed since; read it again and edit that"},
	"error.field_day":        {Zh: "%s 应为日期，例如 2026-03-04", En: "%s: want a day such as 2026-03-04"},
	"error.glossary_stale":   {Zh: "词汇表已被他人修改，请重新读取后再改", En: "the glossary has changed since; read it again and edit that"},
	"error.field_place":      {Zh: "%s 应为这份纪要中的一句话或文字稿里的一段", En: "%s: want a sentence of these minutes, or a stretch of their transcript"},
	"error.too_many_notes":   {Zh: "这份纪要最多 %d 条批注", En: "these minutes take at most %d notes"},
	"error.not_author":       {Zh: "只有作者本人可以修改或删除", En: "only its author may change or delete it"},
	"error.field_speaker":    {Zh: "%s 应为另一位发言人", En: "%s: want another speaker"},
	"error.no_summary":       {Zh: "还没有摘要", En: "there is no summary yet"},
	"error.no_transcript":    {Zh: "还没有文字稿", En: "there is no transcript yet"},
	"error.search_slow":      {Zh: "搜索用时过长，请加上状态或换更具体的词", En: "the search took too long; name a state or more specific words"},

	"export.untitled":   {Zh: "无标题纪要", En: "Untitled minutes"},
	"export.date":       {Zh: "日期", En: "Date"},
	"export.duration":   {Zh: "时长", En: "Duration"},
	"export.speakers":   {Zh: "发言人", En: "Speakers"},
	"export.state":      {Zh: "状态", En: "State"},
	"export.edited":     {Zh: "摘要由 %s 修改于 %s", En: "Summary edited by %s on %s"},
	"export.edited_on":  {Zh: "摘要由人工修改于 %s", En: "Summary edited on %s"},
	"export.automatic":  {Zh: "摘要由系统自动生成（%s），请核对", En: "Summary made automatically (%s); check it"},
	"export.abstract":   {Zh: "摘要", En: "Summary"},
	"export.decisions":  {Zh: "决定", En: "Decisions"},
	"export.actions":    {Zh: "待办事项", En: "Actions"},
	"export.owner":      {Zh: "负责人：%s", En: "owner: %s"},
	"export.due":        {Zh: "期限：%s", En: "due: %s"},
	"export.topics":     {Zh: "议题", En: "Topics"},
	"export.keywords":   {Zh: "关键词", En: "Keywords"},
	"export.transcript": {Zh: "文字稿", En: "Transcript"},
	"export.gap":        {Zh: "（此处未能转写）", En: "(could not be transcribed)"},
	"export.comma":      {Zh: "、", En: ", "},
	"export.semicolon":  {Zh: "；", En: "; "},
	"export.colon":      {Zh: "：", En: ": "},
	"export.brackets":   {Zh: "（%s）", En: " (%s)"},
	"export.speaker":    {Zh: "发言人 %s", En: "Speaker %s"},
}

func stateText(s Shown, lang string) string {
	switch {
	case s.State == Waiting || s.State == Failed:
		return refusalText(s.Stage, s.Code, lang)
	case s.State == Transcribing && s.Chunks > 0:
		return messages.Say(lang, "state.transcribing_of", s.Ended, s.Chunks)
	}
	return messages.Say(lang, "state."+string(s.State))
}

// refusalText puts a code into words. A code that is newer than this table is
// a failure like any other.
func refusalText(stage, code, lang string) string {
	key := "refused." + code
	if _, known := messages[key]; !known {
		key = "refused." + events.RefusedFailed
	}
	text := messages.Say(lang, key)
	if stage == "summarise" {
		return messages.Say(lang, "refused_summary", text)
	}
	return text
}
