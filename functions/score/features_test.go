package score

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xietong.dev/functions/score/report"
	"xietong.dev/functions/score/rules"
)

// What is counted of a device and of an account is what counting the reports
// themselves gives, for reports that come in order and for late ones.
func TestCountsAreThoseOfTheReports(t *testing.T) {
	d := openDesk(t)
	const devices, accounts = 12, 7
	d.enrolled(devices)
	random := rand.New(rand.NewPCG(1, 2))
	steps := []time.Duration{time.Second, 20 * time.Second, 10 * time.Minute, 3 * time.Hour}
	var before []*Report
	var top time.Time
	differ := 0
	for at := noon; len(before) < max(*many, 500); {
		at = at.Add(time.Duration(random.Int64N(int64(steps[random.IntN(len(steps))]))) + time.Millisecond)
		r := d.of(named("d", random.IntN(devices)), "", "", at)
		if n := random.IntN(accounts + 1); n > 0 {
			r.Account = named("a", n)
		}
		if random.IntN(10) == 0 {
			r.Offline, r.At = true, at.Add(-time.Duration(random.Int64N(int64(30*time.Hour))))
		}
		late := r.At.Before(top)
		if !late {
			top = r.At
		}
		d.decided(r)
		got := d.features(r.ID)
		if want := recounted(before, r, got, late); !cmp.Equal(want, got) {
			differ++
			if differ < 4 {
				t.Errorf("report %d (late %v): %s", len(before), late, cmp.Diff(want, got))
			}
		}
		before = append(before, r)
	}
	t.Logf("counts of %d reports, %d differ", len(before), differ)
}

// recounted is features with the counts of devices and accounts counted anew. Of late
// reports those of seven days are not: links know when two first met and last, and
// not each time between.
func recounted(before []*Report, r *Report, in rules.Input, late bool) rules.Input {
	all := append(before[:len(before):len(before)], r)
	within := func(age time.Duration, is func(*Report) bool) (n int64, accounts, devices map[string]bool) {
		accounts, devices = map[string]bool{}, map[string]bool{}
		for _, o := range all {
			if is(o) && o.At.After(r.At.Add(-age)) && !o.At.After(r.At) {
				n++
				accounts[o.Account], devices[o.Device] = true, true
			}
		}
		delete(accounts, "")
		return n, accounts, devices
	}
	device := func(o *Report) bool { return o.Device == r.Device }
	account := func(o *Report) bool { return r.Account != "" && o.Account == r.Account }
	const day = 24 * time.Hour
	in.DeviceReports1M, _, _ = within(time.Minute, device)
	in.DeviceReports1H, _, _ = within(time.Hour, device)
	in.AccountReports1M, _, _ = within(time.Minute, account)
	in.AccountReports1H, _, _ = within(time.Hour, account)
	var met, on map[string]bool
	in.DeviceReports1D, met, _ = within(day, device)
	in.AccountReports1D, _, on = within(day, account)
	in.DeviceAccounts1D, in.AccountDevices1D = int64(len(met)), int64(len(on))
	if !late {
		_, met, _ = within(7*day, device)
		_, _, on = within(7*day, account)
		in.DeviceAccounts7D, in.AccountDevices7D = int64(len(met)), int64(len(on))
	}
	return in
}

func TestVersionsAreComparedByTheirNumbers(t *testing.T) {
	for _, c := range []struct {
		version, than string
		want          bool
	}{{"3.2.1", "3.10.0", true}, {"3.10.0", "3.2.1", false}, {"3.2", "3.2.1", true}, {"3.2.1", "3.2.1", false}, {"", "3", false}, {"3", "", false}, {"beta", "3", false}} {
		if got := older(c.version, c.than); got != c.want {
			t.Errorf("%q before %q: %v, want %v", c.version, c.than, got, c.want)
		}
	}
}

// Shanghai to Beijing in five minutes is no journey; the next report after a day is.
func TestTravelIsMeasuredFromThePlaceBefore(t *testing.T) {
	d := openDesk(t)
	d.enrolled(1)
	for _, c := range []struct {
		after    time.Duration
		lat, lon float64
		km, kmh  int64
		signal   bool
	}{
		{0, 31.23, 121.47, 0, 0, false},
		{5 * time.Minute, 39.90, 116.40, 1067, 12805, true},
		{24 * time.Hour, 31.23, 121.47, 1067, 44, false},
	} {
		d.wait(c.after)
		r := d.of(named("d", 0), named("a", 0), "", d.Now())
		r.Body.Place = &report.Place{Lat: c.lat, Lon: c.lon}
		d.decided(r)
		in := d.features(r.ID)
		if in.TravelKM != c.km || in.TravelKMH != c.kmh || slices.Contains(in.Derived, "loc.impossible_travel") != c.signal {
			t.Errorf("after %v: %d km, %d km/h, %v; want %d, %d, %v", c.after, in.TravelKM, in.TravelKMH, in.Derived, c.km, c.kmh, c.signal)
		}
	}
}
