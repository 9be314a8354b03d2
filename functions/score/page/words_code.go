package page

import "xietong.dev/shared/say"

// codeWords are the words of codes, by their family: outcome_block is the outcome block.
var codeWords = say.Table{
	"outcome_allow":     {Zh: "放行", En: "Allow"},
	"outcome_monitor":   {Zh: "观察", En: "Monitor"},
	"outcome_warn":      {Zh: "提醒", En: "Warn"},
	"outcome_challenge": {Zh: "再验证", En: "Challenge"},
	"outcome_block":     {Zh: "阻断", En: "Block"},

	"basis_claimed":        {Zh: "探针所述", En: "claimed"},
	"basis_attested":       {Zh: "平台认证", En: "attested"},
	"basis_derived":        {Zh: "服务端推算", En: "derived"},
	"basis_address":        {Zh: "仅凭地址", En: "address"},
	"basis_means_claimed":  {Zh: "探针这样说，可能被欺骗", En: "the probe says so, and can be deceived"},
	"basis_means_attested": {Zh: "平台签名证明", En: "a platform signed it"},
	"basis_means_derived":  {Zh: "服务端从报告历史推算", En: "the server worked it out"},
	"basis_means_address":  {Zh: "服务端仅从地址推算", En: "the server worked it out of the address alone"},

	"category_app":       {Zh: "应用", En: "app"},
	"category_behaviour": {Zh: "行为", En: "behaviour"},
	"category_config":    {Zh: "配置", En: "settings"},
	"category_device":    {Zh: "设备", En: "device"},
	"category_list":      {Zh: "名单", En: "lists"},
	"category_location":  {Zh: "位置", En: "location"},
	"category_malware":   {Zh: "恶意软件", En: "malware"},
	"category_multi":     {Zh: "多开", En: "cloned apps"},
	"category_network":   {Zh: "网络", En: "network"},
	"category_runtime":   {Zh: "运行时", En: "run time"},
	"category_system":    {Zh: "系统", En: "system"},
	"category_time":      {Zh: "时间", En: "time"},
	"category_token":     {Zh: "凭据", En: "tokens"},
	"category_ui":        {Zh: "界面", En: "screen"},
	"category_virtual":   {Zh: "虚拟环境", En: "virtual device"},

	"severity_info":     {Zh: "提示", En: "info"},
	"severity_low":      {Zh: "低", En: "low"},
	"severity_medium":   {Zh: "中", En: "medium"},
	"severity_high":     {Zh: "高", En: "high"},
	"severity_critical": {Zh: "严重", En: "critical"},

	"kind_device":        {Zh: "设备", En: "device"},
	"kind_account":       {Zh: "账号", En: "account"},
	"kind_address":       {Zh: "地址", En: "address"},
	"kind_model":         {Zh: "型号", En: "model"},
	"kind_app_version":   {Zh: "应用版本", En: "app version"},
	"kind_probe_version": {Zh: "探针版本", En: "probe version"},

	"moment_decision": {Zh: "决策", En: "decision"},
	"moment_alert":    {Zh: "告警", En: "alert"},
	"moment_command":  {Zh: "命令", En: "command"},
	"moment_change":   {Zh: "操作", En: "change"},

	"command_block":   {Zh: "阻断", En: "Block"},
	"command_unblock": {Zh: "解除阻断", En: "Unblock"},
	"command_step_up": {Zh: "要求再验证", En: "Challenge"},

	"attestation_none":    {Zh: "没有", En: "none"},
	"attestation_valid":   {Zh: "有效", En: "valid"},
	"attestation_invalid": {Zh: "无效", En: "invalid"},

	"suite_sm":   {Zh: "国密 SM2/SM4", En: "SM2/SM4"},
	"suite_p256": {Zh: "P-256/AES", En: "P-256/AES"},
	"suite_hmac": {Zh: "HMAC", En: "HMAC"},

	"state_draft":   {Zh: "草稿", En: "Draft"},
	"state_shadow":  {Zh: "影子", En: "Shadow"},
	"state_live":    {Zh: "现行", En: "Live"},
	"state_retired": {Zh: "已退役", En: "Retired"},

	"change_added":   {Zh: "新增", En: "added"},
	"change_removed": {Zh: "删除", En: "removed"},
	"change_changed": {Zh: "修改", En: "changed"},

	"fail_open":   {Zh: "放行", En: "let it pass"},
	"fail_closed": {Zh: "阻断", En: "stop it"},

	"limited_claimed_alone": {Zh: "仅有探针所述的一类证据，不足以更严", En: "claims of one kind alone do not suffice for worse"},
	"limited_address_alone": {Zh: "仅凭地址不足以更严", En: "an address alone does not suffice for worse"},
	"limited_allowed":       {Zh: "在放行名单上", En: "it is on the list of those let through"},

	"what_command.block":      {Zh: "阻断", En: "Blocked"},
	"what_command.step_up":    {Zh: "要求再验证", En: "Challenged"},
	"what_command.unblock":    {Zh: "解除阻断", En: "Unblocked"},
	"what_alert.close":        {Zh: "关闭告警", En: "Closed an alert"},
	"what_suppression.put":    {Zh: "静默告警", En: "Suppressed alerts"},
	"what_suppression.delete": {Zh: "取消静默", En: "Ended a suppression"},
	"what_list.put":           {Zh: "加入名单", En: "Put on a list"},
	"what_list.delete":        {Zh: "移出名单", En: "Took off a list"},
	"what_ruleset.draft":      {Zh: "规则集草稿", En: "Drafted rules"},
	"what_ruleset.shadow":     {Zh: "规则集转为影子", En: "Put rules in shadow"},
	"what_ruleset.approve":    {Zh: "审批规则集", En: "Approved rules"},
	"what_ruleset.live":       {Zh: "规则集上线", En: "Published rules"},
	"what_replay.request":     {Zh: "对比规则集", En: "Compared rules"},
	"what_app.put":            {Zh: "修改应用", En: "Changed an app"},
}
