package score

import "xietong.dev/shared/say"

// rulesetMessages are the words of rule sets and replays.
var rulesetMessages = say.Table{
	"error.no_ruleset":    {Zh: "没有规则集 %s", En: "there is no rule set %s"},
	"error.no_replay":     {Zh: "没有回放 %s", En: "there is no replay %s"},
	"error.invalid_rules": {Zh: "规则集有 %d 处问题：\n%s", En: "the rule set has %d problems:\n%s"},
	"error.own_ruleset":   {Zh: "规则集 %d 由您起草，须由他人审批", En: "you wrote rule set %d; somebody else has to approve it"},
	"error.live_already":  {Zh: "规则集 %d 已经生效，无须审批", En: "rule set %d is live, and needs no approval"},
	"error.live_stays":    {Zh: "规则集 %d 正在生效，只有另一规则集生效时才会停用：请将另一规则集设为 live", En: "rule set %d is live, and retires when another goes live: make that one live"},
	"error.retired_stays": {Zh: "规则集 %d 已停用，只能重新生效（live）；要修改或试运行，请用它的规则另行起草", En: "rule set %d has retired and can only go live again; to change it or try it, draft its rules anew"},
	"error.never_live":    {Zh: "规则集 %d 尚未生效，不能停用；不再需要的草稿可以留着不动", En: "rule set %d is not live and cannot retire; a draft that nobody needs may stay"},
	"error.not_ready":     {Zh: "规则集 %d 还不能生效：%s", En: "rule set %d cannot go live yet: %s"},
	"error.changed":       {Zh: "规则集 %d 的状态刚刚被他人改变，请刷新后再试", En: "somebody has just changed the state of rule set %d; look at it and try again"},
	"error.field_replay":  {Zh: "%s 应为回放的编号，并且只用于 live", En: "%s: want the id of a replay, and only for live"},
	"error.field_years":   {Zh: "%s 应在 1970 年至 9999 年之间", En: "%s: want times from 1970 to 9999"},
	"error.field_order":   {Zh: "%s 应早于 %s", En: "%s: want a time before %s"},

	"lack.approvals":    {Zh: "已有 %d 人审批，需要 %d 人（起草人不算；紧急回退时发布人也不算）", En: "%d people have approved, %d have to (its author does not count; nor, in an emergency, does who publishes)"},
	"lack.replay":       {Zh: "须先用这个规则集回放最近的 %d 条报告（不足则为全部）并等待完成", En: "replay the newest %d reports with it first, or all where there are fewer, and wait for the end"},
	"lack.replay_named": {Zh: "回放 %s 不能作为依据：须为这个规则集的、已完成的、包括最近 %d 条报告（不足则为全部）的回放", En: "replay %s does not do: want one with this rule set that has ended and compares the newest %d reports, or all where there are fewer"},

	"problem.set":  {Zh: "规则集，%s：%s", En: "the set, %s: %s"},
	"problem.rule": {Zh: "rules[%d]（%s），%s：%s", En: "rules[%d] (%s), %s: %s"},
}
