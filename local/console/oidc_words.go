package console

import "xietong.dev/shared/say"

var oidcWords = say.Table{
	"title onward.html": {Zh: "已登录", En: "Signed in"},
	"title left.html":   {Zh: "已退出", En: "Signed out"},

	"oidc_enter":    {Zh: "用统一身份认证登录", En: "Sign in with your organisation's account"},
	"oidc_or":       {Zh: "或使用令牌", En: "Or with the token"},
	"oidc_welcome":  {Zh: "您已登录为", En: "You are signed in as"},
	"oidc_onward":   {Zh: "继续", En: "Go on"},
	"oidc_here":     {Zh: "您已退出控制台。", En: "You are signed out of the console."},
	"oidc_goes_on":  {Zh: "统一身份认证的登录仍然有效：使用这个浏览器的人可以不输入密码就再次进入。如果这不是您自己的电脑，请一并退出。", En: "Your organisation's own sign-in goes on: whoever uses this browser may come in again without a password. If the computer is not yours alone, sign out there too."},
	"oidc_end":      {Zh: "同时退出统一身份认证", En: "Sign out of the organisation's account too"},
	"oidc_no_end":   {Zh: "请到统一身份认证的页面退出，或关闭浏览器的所有窗口。", En: "Sign out on the pages of that account, or close all windows of the browser."},
	"oidc_all_over": {Zh: "统一身份认证也已退出。", En: "You are signed out of the organisation's account too."},
	"oidc_again":    {Zh: "重新登录", En: "Sign in again"},

	"error.oidc_silent":  {Zh: "统一身份认证目前没有正常应答。请稍后再试，或在下面使用令牌登录。", En: "The organisation's sign-in does not answer as it should. Try again in a while, or use the token below."},
	"error.oidc_denied":  {Zh: "登录被取消，或统一身份认证不允许您进入控制台。可以再试一次；如果仍被拒绝，请找统一身份认证的管理员开通权限。", En: "The sign-in was cancelled, or your organisation does not let you into the console. Try again; if it refuses once more, ask those who manage its accounts to allow you."},
	"error.oidc_refused": {Zh: "统一身份认证没有完成登录。请再试一次；如果仍然如此，请告诉控制台的运维人员：原因写在日志里。", En: "The organisation's sign-in did not complete. Try again; if that does not help, tell those who run the console: the reason stands in its log."},
	"error.oidc_stale":   {Zh: "这次登录已经失效：超过了 10 分钟、已经用过，或是在另一个窗口里开始的。请重新登录。", En: "This sign-in is over: it took more than 10 minutes, was used already, or began in another window. Start again."},
	"error.oidc_unsure":  {Zh: "统一身份认证的应答未通过核验，因此没有让您进入。请重新登录；如果仍然如此，请告诉控制台的运维人员：原因写在日志里。", En: "The answer of the organisation's sign-in could not be verified, so you were not let in. Start again; if that does not help, tell those who run the console: the reason stands in its log."},
	"error.oidc_group":   {Zh: "您的账号 %s 不在用户组 %s 中，不能进入控制台。请找统一身份认证的管理员把您加入该组，然后重新登录。", En: "Your account %s is not in the group %s, which may use the console. Ask those who manage the accounts to add you, then sign in again."},
	"error.oidc_name":    {Zh: "您账号的用户名不能在这里使用：应为 1 到 64 个字符，不能含有控制字符。请找统一身份认证的管理员修改用户名。", En: "The name of your account cannot be used here: want 1 to 64 characters and no control characters. Ask those who manage the accounts to change it."},
}
