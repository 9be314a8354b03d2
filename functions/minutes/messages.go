package minutes

import (
	"xietong.dev/events"
	"xietong.dev/shared/say"
)

// messages are all words that people read: states, refusals and errors.
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

	"error.deleted":              {Zh: "该纪要已删除", En: "these minutes were deleted"},
	"error.may_not_edit":         {Zh: "您可以查看这份纪要，但不能修改；请联系所有人 %s", En: "you may read these minutes but not change them; ask their owner, %s"},
	"error.may_not_delete":       {Zh: "只有所有人（%s）可以删除这份纪要", En: "only their owner, %s, may delete these minutes"},
	"error.may_not_own":          {Zh: "只有所有人（%s）可以这样做", En: "only the owner of these minutes, %s, may do this"},
	"error.rights_match_missing": {Zh: "请用 If-Match 给出所修改权限的 ETag", En: "name the rights that you changed: If-Match with their ETag"},
	"error.rights_stale":         {Zh: "权限已被他人修改，请重新读取后再改", En: "the rights have changed since; read them again and change those"},
	"visibility." + OpenToUnit:   {Zh: "本单位都可查看和修改", En: "everybody of the unit reads and edits"},
	"visibility." + UnitReads:    {Zh: "本单位都可查看", En: "everybody of the unit reads"},
	"visibility." + OnlyPeople:   {Zh: "只有指定的人", En: "only the people named"},
	"act.owner":                  {Zh: "所有人改为 %s", En: "made %s the owner"},
	"act.visibility":             {Zh: "可见范围改为：%s", En: "changed who sees them: %s"},
	"act.reader":                 {Zh: "允许 %s 查看", En: "let %s read"},
	"act.editor":                 {Zh: "允许 %s 修改", En: "let %s edit"},
	"act.unnamed":                {Zh: "取消了 %s 的权限", En: "took the rights of %s"},
	"act.link":                   {Zh: "创建了分享链接“%s”", En: "shared them by the link “%s”"},
	"act.link_revoked":           {Zh: "撤销了分享链接“%s”", En: "revoked the link “%s”"},
	"act.hold":                   {Zh: "设为保留：%s", En: "put them on hold: %s"},
	"act.hold_lifted":            {Zh: "解除保留：%s", En: "lifted the hold: %s"},
	"error.held":                 {Zh: "这份纪要已设为保留，不能删除：%s", En: "these minutes are on hold and cannot be deleted: %s"},
	"error.too_many_holds":       {Zh: "一份纪要最多有 %d 个保留理由", En: "minutes take at most %d holds"},
	"error.may_not_lift":         {Zh: "只有设置保留的人（%s）或所有人（%s）可以解除", En: "only whoever put it there (%s) or their owner (%s) may lift the hold"},
	"error.may_not_keep":         {Zh: "您不能修改本单位的保存期限；可以修改的账号由 RETENTION_ACCOUNTS 设置", En: "you may not change how long this unit keeps minutes; RETENTION_ACCOUNTS says who may"},
	"error.not_deleted":          {Zh: "这份纪要没有删除", En: "these minutes were not deleted"},
	"error.link_ended":           {Zh: "分享链接已到期，请向分享人要新的链接", En: "this link has ended; ask whoever shared it for another"},
	"error.link_revoked":         {Zh: "分享链接已被撤销，请联系分享人", En: "this link was revoked; ask whoever shared it"},
	"error.link_password":        {Zh: "请输入访问密码", En: "this link wants a password"},
	"error.link_password_wrong":  {Zh: "密码不对", En: "that is not the password"},
	"error.link_attempts":        {Zh: "尝试次数过多，请 15 分钟后再试", En: "too many attempts; try again in 15 minutes"},
	"error.link_format":          {Zh: "分享链接不能导出这种格式", En: "a link does not export this format"},
	"error.too_many_links":       {Zh: "一份纪要最多有 %d 个有效的分享链接，请先撤销一个", En: "minutes take at most %d links at a time; revoke one first"},
	"error.busy":                 {Zh: "同样的请求正在处理，请稍后再试", En: "the same request is being worked on; try again"},
	"error.field_language":       {Zh: "%s 应为语言标签，例如 zh、en、ja", En: "%s: want a language tag such as zh, en or ja"},
	"error.field_fixed":          {Zh: "%s 不能修改", En: "%s cannot be changed"},
	"error.field_span":           {Zh: "%s 的时间应满足 0 ≤ start_ms < end_ms", En: "%s: want 0 ≤ start_ms < end_ms"},
	"error.field_base":           {Zh: "%s 应为这份纪要的一个自动生成的版本（auto-…）", En: "%s: want an automatic revision of these minutes (auto-…)"},
	"error.key_reused":           {Zh: "同一个 Idempotency-Key 曾用于不同的请求", En: "this Idempotency-Key was used for another request"},
	"error.too_many_uploads":     {Zh: "这份纪要最多上传 %d 次", En: "these minutes take at most %d uploads"},
	"error.if_match_missing":     {Zh: "请用 If-Match 给出所修改版本的 ETag", En: "name the revision you edited: If-Match with its ETag"},
	"error.if_match_stale":       {Zh: "摘要已被他人修改或已更新，请重新读取后再改", En: "the summary has changed since; read it again and edit that"},
	"error.no_summary":           {Zh: "还没有摘要", En: "there is no summary yet"},
	"error.no_transcript":        {Zh: "还没有文字稿", En: "there is no transcript yet"},
	"error.export_gone":          {Zh: "导出的文件已过期，请重新导出", En: "the exported file has expired; export it again"},
	"error.export_not_ready":     {Zh: "导出的文件还没有做好", En: "the exported file is not ready yet"},
	"error.too_many_exports":     {Zh: "这份纪要最多同时保留 %d 个导出文件，请稍后再试", En: "at most %d exported files of these minutes are kept; try again later"},
	"error.zip_large":            {Zh: "录音有 %d 字节，打包最多 %d 字节，请单独下载录音（MAX_ZIP）", En: "the recording has %d bytes, a zip takes at most %d (MAX_ZIP); download the recording by itself"},
	"error.line_stale":           {Zh: "这一句已被他人修改，请重新读取后再改", En: "the line has changed since; read it again and edit that"},
	"error.field_day":            {Zh: "%s 应为日期，例如 2026-03-04", En: "%s: want a day such as 2026-03-04"},
	"error.glossary_stale":       {Zh: "词汇表已被他人修改，请重新读取后再改", En: "the glossary has changed since; read it again and edit that"},
	"error.field_moment":         {Zh: "%s 应为带时区的时刻，例如 2026-03-04T09:30:00+08:00", En: "%s: want a moment with its time zone such as 2026-03-04T09:30:00+08:00"},
	"error.field_place":          {Zh: "%s 应为这份纪要中的一句话或文字稿里的一段", En: "%s: want a sentence of these minutes, or a stretch of their transcript"},
	"error.too_many_notes":       {Zh: "这份纪要最多 %d 条批注", En: "these minutes take at most %d notes"},
	"error.not_author":           {Zh: "只有作者本人可以修改或删除", En: "only its author may change or delete it"},
	"error.field_speaker":        {Zh: "%s 应为另一位发言人", En: "%s: want another speaker"},
	"error.search_slow":          {Zh: "搜索用时过长，请加上状态或换更具体的词", En: "the search took too long; name a state or more specific words"},

	"export.making":  {Zh: "正在生成 PDF", En: "the PDF is being made"},
	"export.ready":   {Zh: "PDF 已生成", En: "the PDF is ready"},
	"export.failed":  {Zh: "PDF 没有生成：%s。Word 文档可以照常导出", En: "there is no PDF: %s. The Word document can be exported all the same"},
	"export.late":    {Zh: "文档转换服务一直没有回应，请联系管理员确认 convert 已部署。Word 文档可以照常导出，也可以用它另存为 PDF", En: "the service that converts documents has not answered; ask the operator whether convert is deployed. The Word document can be exported all the same, and saved as PDF"},
	"export.expired": {Zh: "PDF 已过期，请重新导出", En: "the PDF has expired; export it again"},
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
