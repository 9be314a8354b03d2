package main

import (
	"fmt"
	"os"
	"path/filepath"

	"xietong.dev/infra/records"
	"xietong.dev/infra/render"
	"xietong.dev/shared/manifest"
)

// subject is a function on a platform.
type subject struct {
	Function string `arg:"" help:"The function's word."`
	To       string `required:"" help:"The platform: knative, openfaas or lambda." enum:"knative,openfaas,lambda"`
	Records  string `help:"Folder that keeps what was deployed, as DIR/<platform>/<word>/0001.yaml." default:".deployments" placeholder:"DIR"`
}

// choices are what the operator decides of a deployment.
type choices struct {
	Tag       string   `help:"The version: the image's tag. By default that of the manifest." placeholder:"TAG"`
	Registry  string   `help:"Where images are pulled from: host:port/path in place of the manifest's." placeholder:"HOST"`
	Namespace string   `help:"Of Knative and OpenFaaS; by default their tool's." placeholder:"NAME"`
	Arch      string   `help:"CPU of a Lambda function: amd64 or arm64." default:"amd64" enum:"amd64,arm64,loong64"`
	Topic     []string `help:"OpenFaaS: a topic that wakes the function, where its Triggers cannot say." placeholder:"NAME"`
	Settings  []string `help:"Files with the config maps and secrets that the manifest refers to, by default infra/platform/*.yaml. Of secrets only the names of the keys are read." placeholder:"FILE"`
}

type renderCommand struct {
	subject
	choices
}

// Run prints the platform's file.
func (c renderCommand) Run(s *session) error {
	r, err := s.render(c.subject, c.choices)
	if err != nil {
		return err
	}
	_, err = s.out.Write(r.text)
	return err
}

// rendered is a function as a platform takes it.
type rendered struct {
	function manifest.Function
	choice   render.Choice
	text     []byte
}

func (s *session) render(sub subject, c choices) (rendered, error) {
	f, source, err := s.load(sub.Function)
	if err != nil {
		return rendered{}, err
	}
	choice := render.Choice{Tag: c.Tag, Registry: c.Registry, Namespace: c.Namespace, CPU: c.Arch, Topics: c.Topic}
	if choice.Settings, err = s.settings(c.Settings); err != nil {
		return rendered{}, err
	}
	text, err := render.Render(sub.To, source, f, choice)
	return rendered{f, choice, text}, err
}

// load reads a function's manifest, and its text.
func (s *session) load(word string) (f manifest.Function, source []byte, err error) {
	words, err := functions(s.root)
	if err != nil {
		return f, nil, err
	}
	if err := known(word, words); err != nil {
		return f, nil, err
	}
	at := filepath.Join(s.root, folder(word))
	if f, err = manifest.Load(at); err != nil {
		return f, nil, err
	}
	source, err = os.ReadFile(filepath.Join(at, manifest.FileName))
	return f, source, err
}

func (s *session) settings(names []string) (render.Settings, error) {
	var read render.Settings
	if len(names) == 0 {
		names, _ = filepath.Glob(filepath.Join(s.root, "infra", "platform", "*.yaml"))
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return read, fmt.Errorf("read the settings: %w", err)
		}
		if err := read.Read(name, text); err != nil {
			return read, fmt.Errorf("read the settings: %w", err)
		}
	}
	return read, nil
}

// records is where the deployments of a function to a platform are kept.
func (s *session) records(sub subject) records.Dir {
	return records.Dir(filepath.Join(s.at(sub.Records), sub.To, sub.Function))
}
