package office

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// standIns are the fonts that documents name and that may not be copied to every
// machine, and what is like them. Where the font itself is installed, it is used.
var standIns = []struct {
	font  string
	names []string
}{
	{"Noto Serif CJK SC", []string{
		"宋体", "SimSun", "新宋体", "NSimSun", "宋体-简", "STSong", "华文宋体", "华文中宋", "STZhongsong",
		"仿宋", "FangSong", "仿宋_GB2312", "FangSong_GB2312", "华文仿宋", "STFangsong", "方正仿宋_GBK", "方正书宋_GBK",
		"方正小标宋简体", "方正小标宋_GBK", "方正小标宋", "小标宋", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"}},
	{"Noto Sans CJK SC", []string{
		"黑体", "SimHei", "微软雅黑", "Microsoft YaHei", "微软雅黑 Light", "Microsoft YaHei UI", "等线", "DengXian",
		"华文细黑", "STXihei", "华文黑体", "STHeiti", "方正黑体_GBK", "PingFang SC"}},
	{"AR PL UKai CN", []string{"楷体", "KaiTi", "楷体_GB2312", "KaiTi_GB2312", "华文楷体", "STKaiti", "方正楷体_GBK"}},
	{"Liberation Serif", []string{"Times New Roman"}},
	{"Liberation Sans", []string{"Arial"}},
	{"Liberation Mono", []string{"Courier New"}},
	{"Carlito", []string{"Calibri"}},
	{"Caladea", []string{"Cambria"}},
}

// fontDirs are where fonts are looked for, and nowhere else.
var fontDirs = []string{"/usr/share/fonts", "/usr/local/share/fonts"}

// fontConfig is fontconfig's configuration, with its cache in a directory of ours.
func fontConfig(cache string) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"urn:fontconfig:fonts.dtd\">\n<fontconfig>\n")
	for _, dir := range fontDirs {
		fmt.Fprintf(&b, "<dir>%s</dir>\n", dir)
	}
	fmt.Fprintf(&b, "<cachedir>%s</cachedir>\n", cache)
	for _, s := range standIns {
		for _, name := range s.names {
			fmt.Fprintf(&b, "<alias binding=\"same\"><family>%s</family><accept><family>%s</family></accept></alias>\n", name, s.font)
		}
	}
	b.WriteString("<include ignore_missing=\"yes\">/etc/fonts/conf.d</include>\n</fontconfig>\n")
	return b.String()
}

// Fonts is a hash of the installed fonts and of what stands in for others: a
// document converted with the same is the same. Of a font file it takes path and
// size.
func Fonts() (string, error) {
	sum := sha256.New()
	sum.Write([]byte(fontConfig("")))
	for _, dir := range fontDirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := os.Stat(path) // fonts are often links
			if err == nil {
				fmt.Fprintf(sum, "%s %d\n", path, info.Size())
			}
			return nil
		})
		if err != nil && !os.IsNotExist(err) {
			return "", fmt.Errorf("look at the fonts: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
