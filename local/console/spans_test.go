package console

import (
	"testing"
	"time"
)

func TestHowLongPeopleAreTold(t *testing.T) {
	for d, want := range map[time.Duration][2]string{
		-time.Second: {"0", "0"}, 0: {"0", "0"}, time.Microsecond: {"<1 ms", "<1 毫秒"}, 12 * time.Millisecond: {"12 ms", "12 毫秒"},
		time.Second - 1: {"999 ms", "999 毫秒"}, time.Second: {"1 s", "1 秒"}, 3400 * time.Millisecond: {"3.4 s", "3.4 秒"}, 10*time.Second - 1: {"9.9 s", "9.9 秒"},
		time.Minute - 1: {"59 s", "59 秒"}, 2 * time.Minute: {"2 min", "2 分钟"}, 125 * time.Second: {"2 min 5 s", "2 分钟 5 秒"},
		2 * time.Hour: {"2 h", "2 小时"}, 200 * time.Minute: {"3 h 20 min", "3 小时 20 分钟"}, 72 * time.Hour: {"3 d", "3 天"}, 52 * time.Hour: {"2 d 4 h", "2 天 4 小时"},
	} {
		if got := [2]string{spanText("en", d), spanText("zh", d)}; got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
