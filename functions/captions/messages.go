package captions

import "xietong.dev/shared/say"

// messages are all words that people read.
var messages = say.Table{
	"sound":    {Zh: "会议录音", En: "meeting"},
	"captions": {Zh: "会议字幕", En: "captions"},

	"error.deleted":        {Zh: "该会议的纪要已删除", En: "the minutes of this meeting were deleted"},
	"error.ended":          {Zh: "该会议的字幕已结束，不再接收声音", En: "the captions of this meeting have ended; they take no more sound"},
	"error.taken":          {Zh: "同一音轨有了更新的连接，本连接结束", En: "a newer connection sends this track; this one ends"},
	"error.session_long":   {Zh: "该音轨已满 %d 分钟，请另开一场", En: "this track has %d minutes; begin another session"},
	"error.speak_text":     {Zh: "文本消息只接受 {\"type\":\"end\"}；声音请用二进制消息", En: "a text message may only be {\"type\":\"end\"}; send sound as binary messages"},
	"error.speak_samples":  {Zh: "声音应为 16 kHz、单声道、16 位小端样本，每条消息字节数为偶数", En: "sound is 16 kHz, one channel, 16 bit little endian: an even number of bytes in each message"},
	"error.field_id":       {Zh: "%s 应为 8 到 64 个小写字母、数字或连字符", En: "%s: want 8 to 64 of a-z, 0-9 and -"},
	"error.field_language": {Zh: "%s 应为语言标签，例如 zh、en、ja", En: "%s: want a language tag such as zh, en or ja"},
	"error.field_twice":    {Zh: "%s：音轨 %d 已经是 %s 的", En: "%s: track %d is already that of %s"},
	"error.field_wrong":    {Zh: "%s 不对，请见 recording.uploaded 的格式", En: "%s is wrong; see the schema of recording.uploaded"},
}
