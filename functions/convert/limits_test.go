package convert

import (
	"encoding/json"
	"strings"
	"testing"
)

// Requests beyond what is worked on at the same moment are asked to come again,
// and one that takes too long is told of the other way.
func TestRequestsHaveLimits(t *testing.T) {
	const office = "/convert/forms/libreoffice/convert"
	b := start(t, "MAX_REQUESTS=1", "REQUEST_WAIT=100ms")
	leave, err := b.converter.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := b.post(office, nil, file{"a.txt", "一"}); got.status != 503 || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, "busy") {
		t.Errorf("while another is worked on: %d %s", got.status, got.body)
	}
	leave()
	if got := b.post(office, nil, file{"a.txt", "一"}); got.status != 200 {
		t.Errorf("after it: %d %s", got.status, got.body)
	}
	slow := start(t, "REQUEST_TIME=1ms")
	var said struct{ Error struct{ Code string } }
	got := slow.post(office, nil, file{"a.txt", "一"})
	if err := json.Unmarshal([]byte(got.body), &said); err != nil || got.status != 503 || said.Error.Code != "too_slow" {
		t.Errorf("longer than it may take: %d %s", got.status, got.body)
	}
}

func TestSettingsThatCannotBe(t *testing.T) {
	fine := Config{Preview: "png", Width: 1240, Stretch: 20}
	for name, spoil := range map[string]func(*Config){
		"PREVIEW_FORMAT": func(c *Config) { c.Preview = "gif" },
		"PREVIEW_WIDTH":  func(c *Config) { c.Width = 8193 },
		"PREVIEW_PAGES":  func(c *Config) { c.Stretch = 0 },
	} {
		c := fine
		if err := c.check(); err != nil {
			t.Fatal(err)
		}
		spoil(&c)
		if err := c.check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
