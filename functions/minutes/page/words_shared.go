package page

import (
	"maps"

	"xietong.dev/shared/say"
)

// SharedWords are what the page of a link says: what the minutes' own page says of the
// same things, and its own.
var SharedWords = joined(picked(MinutesWords,
	"tools", "export", "as_md", "as_txt", "as_srt", "as_vtt", "views", "speakers", "not_here",
	"transcript", "transcript_comes", "nothing_said", "speaker", "play_from", "suspect", "suspect_why", "gap", "follow",
	"find", "hit", "none", "hit_before", "hit_after",
	"player", "play", "pause", "back5", "on5", "place", "place_of", "speed", "speed_is", "press_play", "unplayable",
	"summary", "summary_comes", "empty_summary", "list_abstract", "list_decisions", "list_actions", "list_topics", "list_questions", "list_risks", "list_numbers", "list_keywords",
	"owner", "due", "play_topic", "untitled_topic", "find_term", "evidence", "hear", "by_machine", "by", "by_person", "who_is", "comment_on",
), say.Table{
	"shared_with_you": {Zh: "有人和您分享了一份纪要", En: "Somebody shared minutes with you"},
	"password":        {Zh: "访问密码", En: "Password"},
	"enter":           {Zh: "打开", En: "Open"},
})

// picked are some words of a table.
func picked(from say.Table, keys ...string) say.Table {
	some := say.Table{}
	for _, key := range keys {
		some[key] = from[key]
	}
	return some
}

func joined(tables ...say.Table) say.Table {
	all := say.Table{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}
