package booktest

// triesToCall have elements of the head fetch something.
func triesToCall() []Try {
	return []Try{
		{Name: "a style sheet from elsewhere", Head: `<link rel="stylesheet" href="{call}"/>`},
		{Name: "a style sheet in the body", Body: `<link rel="stylesheet" href="{call}"/>`},
		{Name: "an alternate style sheet", Head: `<link rel="alternate stylesheet" href="{call}" title="x"/>`},
		{Name: "a prefetch", Head: `<link rel="prefetch" href="{call}"/>`},
		{Name: "a preload", Head: `<link rel="preload" as="image" href="{call}"/>`},
		{Name: "a preload of pictures", Type: HTML, Head: `<link rel="preload" as="image" imagesrcset="{call} 1x">`},
		{Name: "a preload of a module", Head: `<link rel="modulepreload" href="{script}"/>`},
		{Name: "a prefetch in the body", Body: `<link rel="prefetch" href="{call}"/>`},
		{Name: "a manifest", Head: `<link rel="manifest" href="{call}"/>`, Old: true},
		{Name: "a prerendering", Head: `<link rel="prerender" href="{call}"/>`, Old: true},
		{Name: "an import of HTML", Head: `<link rel="import" href="{call}"/>`, Old: true},
		{Name: "a base elsewhere", Head: `<base href="{base}"/>`, Body: `<img src="x.png" alt=""/>`},
		{Name: "a refresh", Head: `<meta http-equiv="refresh" content="0;url={call}"/>`},
		{Name: "a refresh in the body", Type: HTML, Body: `<meta http-equiv="refresh" content="0;url={call}">`},
		{Name: "a refresh to a script", Head: `<meta http-equiv="refresh" content="0;url=javascript:{run}"/>`, Old: true},
		{Name: "a policy that allows", Head: `<meta http-equiv="Content-Security-Policy" content="default-src * 'unsafe-inline'"/>`, Body: `<img src="{call}" alt=""/>`},
		{Name: "a cookie", Head: `<meta http-equiv="Set-Cookie" content="ran=1"/>`, Old: true},
	}
}

// triesOfMedia have pictures, sound and film fetch something.
func triesOfMedia() []Try {
	return []Try{
		{Name: "a picture from elsewhere", Body: `<img src="{call}" alt=""/>`},
		{Name: "a picture without a scheme", Body: `<img src="//{host}" alt=""/>`},
		{Name: "a picture behind backslashes", Type: HTML, Body: `<img src="\\{host}">`},
		{Name: "a picture behind spaces", Type: HTML, Body: "<img src=\" \n\thttp:{host}\"><img src=\"\nhttp:/\t/{host}\">"},
		{Name: "a set of pictures", Body: `<img srcset="{call} 1x" alt=""/>`},
		{Name: "a source of pictures", Body: `<picture><source srcset="{call}"/><img src="missing.png" alt=""/></picture>`},
		{Name: "a lazy picture", Body: `<img loading="lazy" src="{call}" alt=""/>`},
		{Name: "a picture of another book", Body: `<img src="{other}" alt=""/>`},
		{Name: "a picture of the library", Body: `<img src="{api}" alt=""/>`},
		{Name: "a film", Body: `<video autoplay="autoplay" src="{call}"></video>`},
		{Name: "a film's poster", Body: `<video poster="{call}"></video>`},
		{Name: "sound", Body: `<audio preload="auto" src="{call}"></audio>`},
		{Name: "a source of sound", Body: `<audio preload="auto"><source src="{call}"/></audio>`},
		{Name: "a background by an attribute", Type: HTML, Open: `background="{call}"`},
		{Name: "a cell's background", Type: HTML, Body: `<table background="{call}"><tr><td>x</table>`},
		{Name: "a field that is a picture", Body: `<input type="image" src="{call}" alt=""/>`},
		{Name: "a picture named image", Type: HTML, Body: `<image src="{call}">`},
		{Name: "a picture that is a drawing with a call", Body: `<img src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Cimage href='{call}'/%3E%3C/svg%3E" alt=""/>`, Old: true},
		{Name: "a glyph of a formula", Body: `<math xmlns="http://www.w3.org/1998/Math/MathML" altimg="{call}"><mglyph src="{call}"/></math>`, Old: true},
	}
}

// triesOfStyle have styles fetch something.
func triesOfStyle() []Try {
	style := func(name, css string) Try { return Try{Name: name, Head: "<style>" + css + "</style>"} }
	return []Try{
		style("an import", `@import "{call}";`),
		style("an import by url", `@import url({call});`),
		style("an import into a layer", `@import "{call}" layer(x) supports(display: grid) screen;`),
		style("an import in disguise", `@im\70ort "{call}";`),
		style("an import behind a comment", `/**/@import/**/"{call}";`),
		style("a background", `#here{background:url({call})}`),
		style("a background in disguise", `#here{background:u\72l({call})}`),
		style("a background in quotes", `#here{background:url('{call}')}`),
		style("a background without a scheme", `#here{background:url(//{host})}`),
		style("a background of another book", `#here{background:url({other})}`),
		style("a background in a rule of a rule", `@media all{@supports (color:red){#here{&amp;:not(x){background:url({call})}}}}`),
		style("a background by a variable", `:root{--x:url({call})}#here{background:var(--x)}`),
		style("a background by a property of its own", `@property --p{syntax:'*';inherits:true;initial-value:url({call})}#here{background:var(--p)}`),
		style("a set of images", `#here{background:image-set("{call}" 1x)}`),
		style("a set of images, as it was once", `#here{background:-webkit-image-set(url({call}) 1x)}`),
		style("images that fade", `#here{background:-webkit-cross-fade(url({call}),url({call}),50%)}`),
		style("a list's picture", `#here{display:list-item;list-style:url({call})}`),
		style("content", `#here::before{content:url({call})}`),
		style("a border", `#here{border:9px solid;border-image:url({call}) 9}`),
		style("a mask", `#here{-webkit-mask:url({call})}`),
		style("a shape", `#here{float:left;shape-outside:url({call})}`),
		style("a pointer", `html,#here{cursor:url({call}),auto}`),
		style("a font", `@font-face{font-family:x;src:url({call})}#here{font-family:x}`),
		style("a font that is asked for letter by letter", `@font-face{font-family:x;src:url({call});unicode-range:U+61}#here{font-family:x,serif}`),
		style("a guess at what stands in the text", `#here[id^=h]{background:url({call})}`),
		style("a guess at the page around", `html:has(body) #here{background:url({call})}`),
		style("an animation", `@keyframes k{0%,100%{background-image:url({call})}}#here{animation:k 1s infinite}`),
		style("a filter", `#here{filter:url({api}#x)}`),
		{Name: "a background by an attribute of style", Body: `<p style="background:url({call})">x</p>`},
		{Name: "a background that ends its quotes", Body: `<p style="background:url(&quot;{call}&quot;)">x</p>`},
		{Name: "a background behind an escape", Body: `<p style="background:\75\72\6c({call})">x</p>`},
		{Name: "a background of the body", Open: `style="background:url({call})"`},
		{Name: "a binding", Head: `<style>#here{-moz-binding:url({call}#x);behavior:url({call})}</style>`, Old: true},
		{Name: "an expression", Head: `<style>#here{width:expression({run})}</style>`, Old: true},
		{Name: "a source function", Head: `<style>#here{background:src("{call}")}</style>`, Old: true},
	}
}

// triesOfSheets have the book's own style sheets and fonts fetch something.
func triesOfSheets() []Try {
	sheet := func(name, file, css string) Try {
		return Try{Name: name, Head: `<link rel="stylesheet" href="` + file + `"/>`, Beside: map[string]string{file: css}}
	}
	chain := sheet("a sheet that is imported by the book's own", "chain.css", `@import "chained.css";`)
	chain.Beside["chained.css"] = `@import url("{call}");`
	return []Try{
		sheet("a sheet's import", "imports.css", `@import "{call}";`),
		sheet("a sheet's background", "background.css", `#here{background:url({call})}`),
		sheet("a sheet's background of another book", "another.css", `#here{background:url({other})}`),
		sheet("a sheet's font", "font.css", `@font-face{font-family:y;src:url({call}) format("woff2")}#here{font-family:y}`),
		chain,
		{Name: "a sheet by way of an import", Head: `<style>@import "byway.css";</style>`, Beside: map[string]string{"byway.css": `#here{background:url({call})}`}},
	}
}
