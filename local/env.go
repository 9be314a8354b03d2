package main

import (
	"fmt"
	"strings"
)

type envCommand struct{}

// Run prints, for a shell to evaluate, how to reach the runtime that serves on
// the state: for curl, for the AWS tools and for rclone (remote "toolbox").
func (envCommand) Run(s *session) error {
	dir, err := s.state()
	if err != nil {
		return err
	}
	running, runs, err := dir.Running()
	if err != nil {
		return err
	}
	if !runs {
		return fmt.Errorf("%s", messages.Say(s.language, "not running"))
	}
	c, err := dir.Credentials()
	if err != nil {
		return err
	}
	for _, v := range [][2]string{
		{"FRONT", running.Front}, {"API_TOKEN", c.APIToken}, {"CONSOLE", running.Console},
		{"AWS_ACCESS_KEY_ID", c.AccessKey}, {"AWS_SECRET_ACCESS_KEY", c.SecretKey}, {"AWS_ENDPOINT_URL", running.Store}, {"AWS_REGION", "us-east-1"},
		{"RCLONE_CONFIG_TOOLBOX_TYPE", "s3"}, {"RCLONE_CONFIG_TOOLBOX_PROVIDER", "Other"}, {"RCLONE_CONFIG_TOOLBOX_ENDPOINT", running.Store},
		{"RCLONE_CONFIG_TOOLBOX_ACCESS_KEY_ID", c.AccessKey}, {"RCLONE_CONFIG_TOOLBOX_SECRET_ACCESS_KEY", c.SecretKey},
		{"RCLONE_CONFIG_TOOLBOX_NO_CHECK_BUCKET", "true"}, {"RCLONE_CONFIG", "/dev/null"},
		{"AWS_CA_BUNDLE", ""}, // rclone refuses one where there is no TLS
	} {
		fmt.Fprintf(s.out, "export %s='%s'\n", v[0], strings.ReplaceAll(v[1], "'", `'\''`))
	}
	return nil
}
