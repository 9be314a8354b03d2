package office

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// setting is one of LibreOffice's.
type setting struct{ path, name, value string }

// settings are what differs from LibreOffice's own defaults. The fence holds
// without them; they spare documents the attempt.
var settings = []setting{
	// What a document looks like must not follow the machine: paper, dates, money.
	{"/org.openoffice.Setup/L10N", "ooSetupSystemLocale", "zh-CN"},
	{"/org.openoffice.Office.Linguistic/General", "UILocale", "zh-CN"}, // 页 1 rather than Page 1 below tables that say nothing themselves
	{"/org.openoffice.Office.Linguistic/General", "DefaultLocale_CJK", "zh-CN"},
	// Nothing in a document runs.
	{"/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"},
	{"/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"},
	{"/org.openoffice.Office.Common/Security/Scripting", "OfficeBasic", "0"},
	// Nothing that it points to is fetched. Never is 1 in Calc, and 0 in Writer.
	{"/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"},
	{"/org.openoffice.Office.Calc/Content/Update", "Link", "1"},
	{"/org.openoffice.Office.Writer/Content/Update", "Link", "0"},
	// Nobody is there to be asked, and nothing is there to recover.
	{"/org.openoffice.Office.Common/Misc", "FirstRun", "false"},
	{"/org.openoffice.Office.Common/Misc", "ShowTipOfTheDay", "false"},
	{"/org.openoffice.Setup/Office", "ooSetupInstCompleted", "true"},
	{"/org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", "false"},
	{"/org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"},
	{"/org.openoffice.Office.Common/Save/Document", "CreateBackup", "false"},
	{"/org.openoffice.Office.Common/Misc", "UseLocking", "false"},
	{"/org.openoffice.Office.Common/Misc", "UseOpenCL", "false"},
}

// seen says that LibreOffice has been started in this version ("7.4") before.
// Otherwise it tests the graphics at each start, which takes longer than all the
// rest of it (measured: 1.0 of 1.2 s).
func seen(version string) setting {
	return setting{"/org.openoffice.Setup/Product", "ooSetupLastVersion", version}
}

// registry writes settings as LibreOffice reads them.
func registry(settings []setting) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<oor:items xmlns:oor="http://openoffice.org/2001/registry">` + "\n")
	for _, s := range settings {
		fmt.Fprintf(&b, `<item oor:path="%s"><prop oor:name="%s" oor:op="fuse"><value>%s</value></prop></item>`+"\n", s.path, s.name, s.value)
	}
	b.WriteString("</oor:items>\n")
	return b.Bytes()
}

// writeProfile makes a profile that LibreOffice has not seen yet.
func writeProfile(dir, version string) error {
	user := filepath.Join(dir, "user")
	if err := os.MkdirAll(user, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(user, "registrymodifications.xcu"), registry(append(slices.Clip(settings), seen(version))), 0o600)
}

// copyProfile gives a worker a profile of its own; what it does to that stays
// with it.
func copyProfile(template, dir string) error {
	return os.CopyFS(dir, os.DirFS(template))
}
