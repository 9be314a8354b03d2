package manifest

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"
)

// iso is an ISO 8601 duration without years and months, whose length nobody
// knows. Only seconds take a fraction.
var iso = regexp.MustCompile(`^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)

var isoUnits = []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second}

// duration reads an ISO 8601 duration such as PT0.5S or PT5M.
func duration(field, text string) (time.Duration, error) {
	parts := iso.FindStringSubmatch(text)
	total, any := 0.0, false
	for i, unit := range isoUnits {
		if parts == nil || parts[i+1] == "" {
			continue
		}
		n, err := strconv.ParseFloat(parts[i+1], 64)
		if err != nil {
			return 0, fmt.Errorf("%s is %q: %w", field, text, err)
		}
		total, any = total+n*float64(unit), true
	}
	if !any || total > math.MaxInt64/2 {
		return 0, fmt.Errorf("%s is %q, want an ISO 8601 duration such as PT0.5S, PT30S or PT5M", field, text)
	}
	return time.Duration(math.Round(total)), nil
}

// positive reads a duration that must not be zero.
func positive(field, text string) (time.Duration, error) {
	d, err := duration(field, text)
	if err == nil && d == 0 {
		return 0, fmt.Errorf("%s is %q, want more than nothing", field, text)
	}
	return d, err
}
