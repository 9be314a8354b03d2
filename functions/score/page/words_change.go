package page

import "xietong.dev/shared/say"

// changeWords are what people change, and what will happen then.
var changeWords = say.Table{
	"why":         {Zh: "原因", En: "Why"},
	"cancel":      {Zh: "取消", En: "Cancel"},
	"done":        {Zh: "已完成", En: "Done"},
	"how_long":    {Zh: "多久", En: "For how long"},
	"endless":     {Zh: "直到有人取消", En: "until somebody ends it"},
	"for_hour":    {Zh: "1 小时", En: "1 hour"},
	"for_day":     {Zh: "1 天", En: "1 day"},
	"for_week":    {Zh: "7 天", En: "7 days"},
	"for_month":   {Zh: "30 天", En: "30 days"},
	"for_quarter": {Zh: "90 天", En: "90 days"},

	"will_block":   {Zh: "此后的报告都判为阻断，探针下次上报时会收到命令。", En: "From now on its reports are blocked; the probe is told with its next report."},
	"will_step_up": {Zh: "此后的报告至少判为再验证，使用人须再次证明身份。", En: "From now on its reports are challenged at least: a second proof of who it is."},
	"will_unblock": {Zh: "阻断和再验证的命令都结束，此后只由规则决定。", En: "Blocks and challenges by command end; from now on rules alone decide."},

	"suppress":          {Zh: "静默告警", En: "Suppress alerts"},
	"will_suppress":     {Zh: "这条规则暂不为此对象告警，判断不变。", En: "This rule does not alert of it for a while. What is decided stays the same."},
	"will_suppress_all": {Zh: "所选规则暂不为此对象告警，判断不变。", En: "The rule does not alert of it for a while. What is decided stays the same."},
	"rule_hint":         {Zh: "规则标识；* 表示所有规则", En: "a rule's id; * is every rule"},
	"unsuppress":        {Zh: "取消静默", En: "End"},
	"will_unsuppress":   {Zh: "这些规则将重新为此对象告警。", En: "Rules alert of it again."},
	"close_alert":       {Zh: "关闭告警", En: "Close the alert"},
	"will_close":        {Zh: "告警关闭，通知最后一次；同一窗口内再次命中只计数，不再通知。", En: "It is told once more, that it is closed. Later hits in its window are counted and told no more."},

	"enlist":          {Zh: "加入名单", En: "Put on a list"},
	"will_enlist":     {Zh: "名单上的条目从下一次报告起由规则读取。", En: "Rules read the entry from the next report on."},
	"add_item":        {Zh: "添加条目", En: "Add an entry"},
	"list_hint":       {Zh: "已有的或新的名单：小写字母、数字、下划线", En: "a list that there is or a new one: lower-case letters, digits, underscores"},
	"value_hint":      {Zh: "设备为 32 位标识；地址可为网段；账号为应用中的账号", En: "of a device its id; of an address it may be a network; of an account the app's own name"},
	"remove":          {Zh: "移除", En: "Remove"},
	"will_remove":     {Zh: "条目从名单移除，下一次报告起不再起作用。", En: "It leaves the list, and counts no more from the next report on."},
	"new_draft":       {Zh: "新建草稿", En: "New draft"},
	"will_draft":      {Zh: "规则经检查后保存为草稿，不影响任何决策。", En: "The rules are checked and kept as a draft. It decides nothing yet."},
	"rules_json":      {Zh: "规则（JSON）", En: "Rules (JSON)"},
	"compare":         {Zh: "对比", En: "Compare"},
	"will_compare":    {Zh: "用这一版重新判断最近的报告，只看差异，不改变已有决策。", En: "The newest reports are decided again by this set, to see what differs. No stored decision changes."},
	"approve":         {Zh: "批准", En: "Approve"},
	"will_approve":    {Zh: "记录您同意这一版上线。作者不能批准自己的规则集。", En: "It is noted that you agree to its going live. Nobody approves a set of their own."},
	"put_live":        {Zh: "上线", En: "Go live"},
	"will_put_live":   {Zh: "从下一条报告起，全部单位都由这一版决策，现在的规则集退役。", En: "From the next report on it decides for all units, and the present set retires."},
	"put_shadow":      {Zh: "转为影子", En: "Put in shadow"},
	"will_put_shadow": {Zh: "它与现行规则集同时判断，只记录不同之处，不影响结论。", En: "It decides beside the live set; only what differs is noted, and no outcome changes."},
	"put_draft":       {Zh: "退回草稿", En: "Back to draft"},
	"will_put_draft":  {Zh: "它不再参与判断。", En: "It decides no more."},

	"add_app":         {Zh: "添加应用", En: "Add an app"},
	"will_add_app":    {Zh: "添加后，该应用的探针可以登记和上报。", En: "Its probes can enrol and report from then on."},
	"will_change_app": {Zh: "新的设置在 10 秒内对该应用的探针生效。", En: "It holds for the app's probes within 10 seconds."},
	"app_id":          {Zh: "应用标识", En: "App id"},
	"name":            {Zh: "名称", En: "Name"},
	"interval_s":      {Zh: "上报间隔（秒）", En: "Reports every (seconds)"},
	"do_check":        {Zh: "核查", En: "Check"},
}
