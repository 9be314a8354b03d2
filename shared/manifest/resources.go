package manifest

import (
	"fmt"
	"regexp"
	"strconv"
)

// Resources are amounts of what a machine has; an empty one is not bound.
type Resources struct {
	CPU     Quantity `yaml:"cpu"`
	Memory  Quantity `yaml:"memory"`
	Storage Quantity `yaml:"ephemeral-storage"` // of its temporary files
}

// Quantity is an amount as Kubernetes writes it: 500m, 2, 128Mi, 1Gi.
type Quantity string

var quantity = regexp.MustCompile(`^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$`)

var factors = map[string]float64{"": 1, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
	"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}

// Value is the amount in whole units: cores, or bytes. It is 0 where none is given.
func (q Quantity) Value() float64 {
	parts := quantity.FindStringSubmatch(string(q))
	if parts == nil {
		return 0
	}
	n, _ := strconv.ParseFloat(parts[1], 64)
	return n * factors[parts[2]]
}

func (r Resources) check(path string) error {
	for name, q := range map[string]Quantity{"cpu": r.CPU, "memory": r.Memory, "ephemeral-storage": r.Storage} {
		if q != "" && q.Value() <= 0 {
			return fmt.Errorf("%s.%s is %q, want an amount such as 500m, 2, 128Mi or 1Gi", path, name, q)
		}
	}
	return nil
}

// within checks that nobody asks for more than he may use.
func (r Resources) within(limits Resources) error {
	for name, pair := range map[string][2]Quantity{"cpu": {r.CPU, limits.CPU}, "memory": {r.Memory, limits.Memory}, "ephemeral-storage": {r.Storage, limits.Storage}} {
		if pair[1] != "" && pair[0].Value() > pair[1].Value() {
			return fmt.Errorf("resources.requests.%s is %q, over the limit %q", name, pair[0], pair[1])
		}
	}
	return nil
}
