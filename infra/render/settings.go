package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"xietong.dev/shared/manifest"
)

// Settings are what the manifests refer to: the values of the config maps, and
// of the secrets the names of their keys.
type Settings struct {
	values  map[string]map[string]string
	secrets map[string][]string
}

// Read takes the config maps and secrets of a file into the settings; the file's
// name stands in errors. What else it holds is for a cluster.
func (s *Settings) Read(name string, text []byte) error {
	if s.values == nil {
		s.values, s.secrets = map[string]map[string]string{}, map[string][]string{}
	}
	documents := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var d struct {
			Kind       string
			Metadata   struct{ Name string }
			Data       yaml.Node
			StringData yaml.Node `yaml:"stringData"`
		}
		switch err := documents.Decode(&d); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := s.take(d.Kind, d.Metadata.Name, d.Data, d.StringData); err != nil {
			return fmt.Errorf("%s: %s %s: %w", name, d.Kind, d.Metadata.Name, err)
		}
	}
}

func (s *Settings) take(kind, name string, parts ...yaml.Node) error {
	if kind != manifest.ConfigMap && kind != manifest.Secret {
		return nil
	}
	held := map[string]string{}
	for _, part := range parts {
		if part.Kind == 0 {
			continue // not given
		}
		if err := part.Decode(&held); err != nil {
			return err
		}
	}
	if kind == manifest.Secret {
		s.secrets[name] = slices.Sorted(maps.Keys(held))
		return nil
	}
	s.values[name] = held
	return nil
}

// variable is one variable of a function: its value, or the key of a secret.
type variable struct {
	name, value string
	secret      *manifest.KeyRef
	unfilled    string // the config map whose value is still empty
}

// variables resolves what the manifest refers to, in the order of the names. As
// in Kubernetes, env goes before envFrom, and of envFrom the last.
func variables(f manifest.Function, s Settings) ([]variable, error) {
	all := map[string]variable{}
	for _, ref := range f.EnvFrom {
		found, err := s.all(ref)
		if err != nil {
			return nil, err
		}
		for _, v := range found {
			all[v.name] = v
		}
	}
	for _, e := range f.Env {
		v, there, err := s.one(e)
		if err != nil {
			return nil, err
		}
		if there {
			all[e.Name] = v
		}
	}
	var sorted []variable
	for _, name := range slices.Sorted(maps.Keys(all)) {
		sorted = append(sorted, all[name])
	}
	return sorted, nil
}

func (s Settings) all(ref manifest.Ref) ([]variable, error) {
	var found []variable
	for key, value := range s.values[ref.Name] {
		if ref.Kind == manifest.ConfigMap {
			found = append(found, setting(ref.Prefix+key, ref.Name, value))
		}
	}
	for _, key := range s.secrets[ref.Name] {
		if ref.Kind == manifest.Secret {
			found = append(found, variable{name: ref.Prefix + key, secret: &manifest.KeyRef{Name: ref.Name, Key: key}})
		}
	}
	if len(found) == 0 && !ref.Optional {
		return nil, unknown(ref.Kind, ref.Name, "")
	}
	return found, nil
}

// one resolves a variable; there is none where an optional reference leads nowhere.
func (s Settings) one(e manifest.EnvVar) (variable, bool, error) {
	switch ref := e.ConfigMapKeyRef; {
	case e.SecretKeyRef != nil:
		there := slices.Contains(s.secrets[e.SecretKeyRef.Name], e.SecretKeyRef.Key)
		if !there && !e.SecretKeyRef.Optional {
			return variable{}, false, unknown(manifest.Secret, e.SecretKeyRef.Name, e.SecretKeyRef.Key)
		}
		return variable{name: e.Name, secret: e.SecretKeyRef}, there, nil
	case ref != nil:
		value, there := s.values[ref.Name][ref.Key]
		if !there && !ref.Optional {
			return variable{}, false, unknown(manifest.ConfigMap, ref.Name, ref.Key)
		}
		return setting(e.Name, ref.Name, value), there, nil
	}
	return variable{name: e.Name, value: e.Value}, true, nil
}

func setting(name, from, value string) variable {
	v := variable{name: name, value: value}
	if value == "" {
		v.unfilled = from
	}
	return v
}

func unknown(kind, name, key string) error {
	if key != "" {
		return fmt.Errorf("the manifest refers to key %s of %s %s, which no file of settings holds", key, kind, name)
	}
	return fmt.Errorf("the manifest refers to %s %s, which no file of settings holds", kind, name)
}

// Unfilled names the settings that a platform other than Knative writes into its
// file and that are still empty.
func Unfilled(f manifest.Function, s Settings) ([]string, error) {
	all, err := variables(f, s)
	var names []string
	for _, v := range all {
		if v.unfilled != "" {
			names = append(names, v.name+" ("+v.unfilled+")")
		}
	}
	return names, err
}
