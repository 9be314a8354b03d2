package machine_test

import (
	"testing"
	"time"

	"xietong.dev/shared/manifest"
)

// Work is given up by the function before the platform does it: only then does
// it count, and those who wait are told of work that never ends.
func TestWorkIsLimitedBelowThePlatformsTimeouts(t *testing.T) {
	functions, err := manifest.LoadAll("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range functions {
		var limit time.Duration
		for _, v := range f.Env {
			if v.Name == "WORK_LIMIT" {
				limit, err = time.ParseDuration(v.Value)
			}
		}
		if err != nil || limit <= 0 || limit >= f.Timeout {
			t.Errorf("functions/%s/knative.yaml: WORK_LIMIT is %s (%v), want one below timeoutSeconds (%s)", f.Word, limit, err, f.Timeout)
		}
		for _, trigger := range f.Triggers {
			if limit >= trigger.Delivery.Timeout {
				t.Errorf("functions/%s/knative.yaml: WORK_LIMIT is %s, want less than the timeout of %s (%s)", f.Word, limit, trigger.Name, trigger.Delivery.Timeout)
			}
		}
	}
}
