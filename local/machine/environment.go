package machine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"xietong.dev/local/supervise"
	"xietong.dev/shared/manifest"
)

const region = "us-east-1"

// sources are the config maps and secrets that manifests refer to, with what
// they hold on this machine. On a cluster the operator makes them; infra/ says
// what each holds.
func (m *Machine) sources(word string) map[string]map[string]string {
	return map[string]map[string]string{
		"toolbox":          {"K_SINK": m.Running.Front + "/broker", "S3_ENDPOINT": m.Running.Store, "S3_REGION": region, "PDFIUM_CACHE": m.State.Cache()},
		"toolbox-store":    {"S3_ACCESS_KEY": m.Credentials.AccessKey, "S3_SECRET_KEY": m.Credentials.SecretKey},
		"toolbox-api":      {"API_TOKEN": m.Credentials.APIToken, "CONTENT_KEY": m.Credentials.ContentKey(), "RECEIPT_KEY": m.Credentials.ReceiptKey()},
		"toolbox-score":    {"SCORE_SECRET": m.Credentials.ScoreSecret()},
		"postgres-" + word: {"DATABASE_URL": cmp.Or(m.databases[word], m.Running.Database)},
	}
}

// environment is what a function's process is given: what its manifest says,
// then what the caller sets, and nothing of our own environment but PATH.
func (m *Machine) environment(f manifest.Function) ([]string, error) {
	env := []string{"PATH=" + m.Getenv("PATH"), "LANG=C.UTF-8"}
	sources := m.sources(f.Word)
	for _, ref := range f.EnvFrom {
		values, ok := sources[ref.Name]
		if !ok && !ref.Optional {
			return nil, fmt.Errorf("function %s: envFrom refers to %q, which this machine does not know", f.Word, ref.Name)
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			env = append(env, ref.Prefix+name+"="+values[name])
		}
	}
	for _, v := range f.Env {
		value, err := resolve(v, sources)
		if err != nil {
			return nil, fmt.Errorf("function %s: %w", f.Word, err)
		}
		env = append(env, v.Name+"="+value)
	}
	for _, v := range m.Variables {
		if setting, ours := strings.CutPrefix(v, f.Word+"."); ours {
			env = append(env, setting)
		}
	}
	return env, nil
}

func resolve(v manifest.EnvVar, sources map[string]map[string]string) (string, error) {
	ref := v.ConfigMapKeyRef
	if ref == nil {
		ref = v.SecretKeyRef
	}
	if ref == nil {
		return v.Value, nil
	}
	value, ok := sources[ref.Name][ref.Key]
	if !ok && !ref.Optional {
		return "", fmt.Errorf("env %s refers to key %q of %q, which this machine does not know", v.Name, ref.Key, ref.Name)
	}
	return value, nil
}

// superviseAll takes every function under supervision.
func (m *Machine) superviseAll() error {
	for _, v := range m.Variables {
		if !m.names(v) {
			return fmt.Errorf("--set %s: want <function>.NAME=value", v)
		}
	}
	for _, f := range m.Functions {
		service, err := m.service(f)
		if err != nil {
			return err
		}
		m.supervisor.Run(service)
	}
	return nil
}

// service is a function as the supervisor sees it.
func (m *Machine) service(f manifest.Function) (supervise.Service, error) {
	env, err := m.environment(f)
	if err == nil {
		err = remembers(f, env, m.Broker.KeepDead, m.Broker.Longest)
	}
	return supervise.Service{Word: f.Word, Program: m.program(f.Word), Env: env, MinScale: f.MinScale, MaxScale: m.scale(f),
		Concurrency: f.Concurrency, Timeout: f.Timeout}, err
}

// slots is how many requests a function takes at the same time.
func (m *Machine) slots(f manifest.Function) int {
	return supervise.Service{Concurrency: f.Concurrency, MaxScale: m.scale(f)}.Capacity()
}

func (m *Machine) names(variable string) bool {
	word, setting, _ := strings.Cut(variable, ".")
	for _, f := range m.Functions {
		if f.Word == word && strings.Index(setting, "=") > 0 {
			return true
		}
	}
	return false
}

// scale bounds a function's instances. A manifest without a bound means as many
// as a cluster has room for; one machine has little.
func (m *Machine) scale(f manifest.Function) int {
	scale := f.MaxScale
	if scale == 0 {
		scale = 4
	}
	if m.Workers > 0 {
		scale = min(scale, m.Workers)
	}
	return scale
}
