package page

import "xietong.dev/shared/say"

// CommonWords are what both pages say.
var CommonWords = say.Table{
	"minutes":    {Zh: "智能纪要", En: "Minutes"},
	"skip":       {Zh: "跳到正文", En: "Skip to the page"},
	"dark":       {Zh: "深色", En: "Dark"},
	"cancel":     {Zh: "取消", En: "Cancel"},
	"no_script":  {Zh: "这个页面需要启用 JavaScript。", En: "This page needs JavaScript."},
	"failed":     {Zh: "服务暂时出错，请稍后再试", En: "Something went wrong here; try again"},
	"signed_out": {Zh: "登录已过期。请重新登录后刷新页面；没有保存的修改已留在本浏览器中。", En: "You are no longer signed in. Sign in, then load this page again; what you have not saved is kept in this browser."},
	"untitled":   {Zh: "无标题纪要", En: "Untitled minutes"},
	"title":      {Zh: "标题", En: "Title"},
	"today":      {Zh: "今天 {n}", En: "Today {n}"},
	"yesterday":  {Zh: "昨天 {n}", En: "Yesterday {n}"},
	"loading":    {Zh: "正在载入…", En: "Loading…"},

	"upload":          {Zh: "上传录音", En: "Upload a recording"},
	"upload_again":    {Zh: "重新上传", En: "Upload again"},
	"choose":          {Zh: "选择文件，或拖到这里", En: "Choose a file, or drop it here"},
	"kinds":           {Zh: "录音、视频，或现成的文字稿（SRT、VTT、JSON）", En: "A recording, a video, or a transcript that you have (SRT, VTT, JSON)"},
	"title_from_file": {Zh: "不填则用文件名", En: "The file's name where empty"},
	"kind":            {Zh: "类型", En: "Kind"},
	"kind_meeting":    {Zh: "会议", En: "Meeting"}, "kind_training": {Zh: "培训", En: "Training"}, "kind_interview": {Zh: "访谈", En: "Interview"},
	"kind_class": {Zh: "课程", En: "Class"}, "kind_party": {Zh: "党支部会议", En: "Party branch meeting"}, "kind_official": {Zh: "会议纪要（公文）", En: "Official minutes"},
	"spoken":       {Zh: "所说的语言", En: "Spoken language"},
	"any_language": {Zh: "自动识别", En: "Detect it"},
	"upload_go":    {Zh: "上传", En: "Upload"},
	"uploading":    {Zh: "上传进度", En: "Upload"},
	"sent":         {Zh: "已上传 {n}", En: "{n} sent"},
	"uploaded":     {Zh: "上传完成，正在处理", En: "Uploaded; it is being worked on"},
	"not_sent":     {Zh: "文件没有传完，请检查网络后再试", En: "The file was not sent whole; check the connection and try again"},
	"delete":       {Zh: "删除", En: "Delete"},
	"delete_sure":  {Zh: "删除这份纪要？", En: "Delete these minutes?"},
	"delete_what":  {Zh: "录音、文字稿和摘要都会删除，不能恢复。", En: "The recording, its transcript and its summary are deleted, and cannot be brought back."},
}

// ListWords are what the list of minutes says.
var ListWords = say.Table{
	"search":           {Zh: "搜索", En: "Search"},
	"looking":          {Zh: "搜索标题和文字稿", En: "Search titles and transcripts"},
	"settings":         {Zh: "设置", En: "Settings"},
	"all":              {Zh: "全部纪要", En: "All minutes"},
	"found_for":        {Zh: "“{n}”的搜索结果", En: "Found for “{n}”"},
	"count":            {Zh: "{n} 份", En: "{n} found"},
	"by_state":         {Zh: "按状态筛选", En: "Only those in a state"},
	"any_state":        {Zh: "全部状态", En: "Any state"},
	"state_summarised": {Zh: "已生成摘要", En: "Summarised"}, "state_transcribing": {Zh: "正在转写", En: "Being transcribed"},
	"state_transcribed": {Zh: "正在生成摘要", En: "Being summarised"}, "state_uploaded": {Zh: "等待转写", En: "To be transcribed"},
	"state_awaiting_upload": {Zh: "等待上传", En: "To be uploaded"}, "state_waiting": {Zh: "等待语音引擎", En: "Waiting for an engine"},
	"state_failed":    {Zh: "失败", En: "Failed"},
	"more":            {Zh: "显示更多", En: "Show more"},
	"none":            {Zh: "没有找到", En: "Nothing found"},
	"clear":           {Zh: "显示全部纪要", En: "Show all minutes"},
	"again":           {Zh: "再试一次", En: "Try again"},
	"empty":           {Zh: "还没有纪要", En: "No minutes yet"},
	"empty_how":       {Zh: "上传一段会议录音，几分钟后就有文字稿和摘要：谁说了什么，决定了什么，谁要做什么。", En: "Upload the recording of a meeting. A few minutes later there are its transcript and its summary: who said what, what was decided, who does what."},
	"delete_of":       {Zh: "删除：{n}", En: "Delete: {n}"},
	"upload_again_of": {Zh: "重新上传：{n}", En: "Upload again: {n}"},
	"deleted":         {Zh: "已删除", En: "Deleted"},
	"list_keys":       {Zh: "快捷键：/ 搜索，n 上传，Esc 清除", En: "Keys: / search, n upload, Esc clears"},
}
