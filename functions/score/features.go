package score

// What rules read of a report: what the probe says, what a platform attests, and
// what follows from the reports before. Nothing here reads a clock or a database.

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"xietong.dev/functions/score/rules"
)

// features is what is known with a report, the report itself counted.
func features(r *Report, s seen, zone *time.Location) rules.Input {
	in := rules.Input{
		Claimed: rules.NewStrings(r.claimed()...), Platform: r.Body.Platform, OSVersion: r.Body.OSVersion, Model: r.Body.Model,
		AppVersion: r.Body.AppVersion, ProbeVersion: r.Body.ProbeVersion, ClockSkewS: seconds(r.Skew),
		Attested: rules.NewStrings(s.Attested...), Attestation: s.Attestation,
		Lists: rules.NewStrings(s.Lists...), App: r.App, Unit: r.Unit, Suite: r.Suite,
		Offline: r.Offline, Gaps: int64(r.Gaps), Hour: int64(r.At.In(zone).Hour()),
		DeviceAgeS: seconds(r.Received.Sub(s.EnrolledAt)), AccountAgeS: since(r.At, s.AccountSince), PairAgeS: since(r.At, s.PairSince),
		SilenceS: since(r.At, s.LastAt), Replays1D: s.Replays, Warned1D: s.Device.Warned,
		DeviceReports1M: s.Device.Minute + 1, DeviceReports1H: s.Device.Hour + 1, DeviceReports1D: s.Device.Day + 1,
	}
	if r.Offline {
		in.LateS = seconds(r.Received.Sub(r.At))
	}
	in.TravelKM, in.TravelKMH = travel(r, s)
	ofAccount(&in, r, s)
	ofAddress(&in, r, s)
	in.Derived = rules.NewStrings(derived(r, s, in, zone)...)
	return in
}

// ofAccount counts this report's account, where somebody is logged in.
func ofAccount(in *rules.Input, r *Report, s seen) {
	in.DeviceAccounts1D, in.DeviceAccounts7D = s.Device.Others, s.Device7d
	if r.Account == "" {
		return
	}
	in.DeviceAccounts1D, in.DeviceAccounts7D = s.Device.Others+1, s.Device7d+1
	in.AccountDevices1D, in.AccountDevices7D = s.Account.Others+1, s.Account7d+1
	in.AccountReports1M, in.AccountReports1H, in.AccountReports1D = s.Account.Minute+1, s.Account.Hour+1, s.Account.Day+1
}

// shares is how many devices at one address make it an egress that many share: an
// office, a carrier's gateway.
const shares = 20

// ofAddress counts at the address that a report came from; none came from one that
// was kept for later.
func ofAddress(in *rules.Input, r *Report, s seen) {
	if r.Address == "" {
		return
	}
	fresh := int64(0)
	if !s.AddressKnows {
		fresh = 1
	}
	in.AddressReports1M, in.AddressReports1H = minuteBefore(r.At, s.AddressBefore, s.AddressMinute)+1, s.AddressHour+1
	in.AddressDevices1D, in.AddressNewDevices1H, in.FarmDevices1H = s.AddressDevices+1, s.AddressNew+fresh, s.Farm+fresh
	in.AddressAccounts1D = s.AddressAccounts
	if r.Account != "" {
		in.AddressAccounts1D++
	}
	in.AddressShared = in.AddressDevices1D >= shares || slices.Contains(s.Lists, "shared_egress")
}

// minuteBefore estimates the count of the last 60 seconds from the counts of this
// minute and of the one before, as if that one's were evenly spread.
func minuteBefore(at time.Time, before, this int64) int64 {
	return this + before*int64(60-at.Second())/60
}

// derived are the signals that the server sees for itself.
func derived(r *Report, s seen, in rules.Input, zone *time.Location) (all []string) {
	add := func(id string, is bool) {
		if is {
			all = append(all, id)
		}
	}
	add("time.skew", abs(in.ClockSkewS) > 120)
	add("time.zone_gap", r.Body.UTCOffsetMin != nil && *r.Body.UTCOffsetMin != offset(r.At, zone))
	add("app.downgrade", older(r.Body.AppVersion, s.AppVersion))
	add("beh.replay", s.Replays > 0)
	add("sys.attest_failed", s.Attestation == "invalid")
	add("sys.attest_missing", s.lapsed)
	add("loc.impossible_travel", in.TravelKM > 50 && in.TravelKMH > 1000)
	add("beh.dev_many_acct", in.DeviceAccounts1D >= 5)
	add("beh.acct_many_dev", in.AccountDevices1D >= 5)
	add("beh.rate_device", in.DeviceReports1M > 60)
	add("beh.cluster", in.FarmDevices1H >= 5)
	add("beh.dormant_return", s.LastAt != nil && in.SilenceS > 90*24*3600)
	add("rt.probe_muted", s.Muted > 0)
	return all
}

// offset is a zone's, in minutes east of Greenwich.
func offset(at time.Time, zone *time.Location) int {
	_, seconds := at.In(zone).Zone()
	return seconds / 60
}

// older reports whether a version such as 3.10.2 comes before another. What is not
// of numbers is not compared.
func older(version, than string) bool {
	a, b := strings.Split(version, "."), strings.Split(than, ".")
	for i := range min(len(a), len(b)) {
		x, errX := strconv.Atoi(a[i])
		y, errY := strconv.Atoi(b[i])
		if errX != nil || errY != nil || x > y {
			return false
		}
		if x < y {
			return true
		}
	}
	return version != "" && len(a) < len(b)
}

// travel is how far and how fast an account came from its place before, by the
// great circle. Within a minute speed says nothing; places are known to about a
// kilometre.
func travel(r *Report, s seen) (km, kmh int64) {
	if r.Body.Place == nil || s.PlaceAt == nil || !r.At.After(*s.PlaceAt) {
		return 0, 0
	}
	far := distance(*s.Lat, *s.Lon, r.Body.Place.Lat, r.Body.Place.Lon)
	hours := max(r.At.Sub(*s.PlaceAt), time.Minute).Hours()
	return int64(math.Round(far)), int64(math.Round(far / hours))
}

// distance is in km, on a sphere of 6,371 km (the haversine formula).
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	const radius, degree = 6371, math.Pi / 180
	north, east := math.Sin((lat2-lat1)*degree/2), math.Sin((lon2-lon1)*degree/2)
	h := north*north + math.Cos(lat1*degree)*math.Cos(lat2*degree)*east*east
	return 2 * radius * math.Asin(math.Sqrt(min(h, 1)))
}

// since is whole seconds, 0 where there was no before, or only a later one.
func since(at time.Time, before *time.Time) int64 {
	if before == nil {
		return 0
	}
	return max(seconds(at.Sub(*before)), 0)
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

func abs(n int64) int64 { return max(n, -n) }

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

// farmKey names devices of one model at one address.
func farmKey(r *Report) string {
	if r.Address == "" {
		return ""
	}
	return r.Address + " " + r.Body.Model
}

// listed is what of a report a managed list may hold, each with its kind. A list
// of addresses holds networks: each that has this address in it is one value.
func listed(r *Report) (kinds, values []string) {
	add := func(kind, value string) {
		if value != "" {
			kinds, values = append(kinds, kind), append(values, value)
		}
	}
	add("device", r.Device)
	add("account", r.Account)
	add("model", r.Body.Model)
	add("app_version", r.Body.AppVersion)
	add("probe_version", r.Body.ProbeVersion)
	for _, network := range networks(r.Address) {
		add("address", network)
	}
	return kinds, values
}

// networks are all that an address is in, in the form that lists keep.
func networks(address string) (all []string) {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return nil
	}
	a = a.Unmap()
	for bits := a.BitLen(); bits >= 8; bits-- {
		network, _ := a.Prefix(bits) // bits is in range
		all = append(all, network.String())
	}
	return all
}

func (r *Report) claimed() (ids []string) {
	for _, c := range r.Body.Claimed {
		ids = append(ids, c.ID)
	}
	return ids
}

// plainAddress is an address as it is kept, empty where there is none.
func plainAddress(text string) string {
	if i := strings.LastIndexByte(text, '%'); i >= 0 {
		text = text[:i] // an interface of ours says nothing
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return ""
	}
	return a.Unmap().String()
}
