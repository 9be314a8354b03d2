package booktest

const drawing = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="200" `

// triesInSVG use drawings: in the text, as pictures, as frames and as chapters.
func triesInSVG() []Try {
	inline := func(name, attributes, inside string) Try {
		return Try{Name: name, Body: drawing + attributes + ">" + inside + "</svg>"}
	}
	chapter := func(name, prolog, attributes, inside string) Try {
		return Try{Name: name, Type: SVG, Prolog: `<?xml version="1.0"?>` + prolog, Body: drawing + attributes + ">" + inside + `<rect width="200" height="200" fill="teal"/></svg>`}
	}
	beside := func(name, file, body string) Try {
		return Try{Name: name, Body: body, Beside: map[string]string{file: drawing + "><script>{run}</script></svg>"}}
	}
	return []Try{
		inline("a script in a drawing", "", `<script>{run}</script>`),
		inline("a drawing's script from elsewhere", "", `<script xlink:href="{script}"/>`),
		inline("a drawing that is loaded", `onload="{run}"`, ""),
		inline("a shape that is clicked", "", `<rect class="bait" width="200" height="200" onclick="{run}"/>`),
		inline("an animation that begins", "", `<rect width="1" height="1"><animate attributeName="x" dur="1s" onbegin="{run}"/></rect>`),
		inline("a link that becomes a script", "", `<a class="bait" href="#"><set attributeName="href" to="javascript:{run}"/><rect width="200" height="200"/></a>`),
		inline("a link of a drawing", "", `<a class="bait" xlink:href="javascript:{run}"><rect width="200" height="200"/></a>`),
		inline("a drawing's picture from elsewhere", "", `<image href="{call}" width="9" height="9"/>`),
		inline("a drawing's picture of another book", "", `<image href="{other}" width="9" height="9"/>`),
		inline("a filter's picture", "", `<filter id="f"><feImage href="{call}"/></filter><rect width="9" height="9" filter="url(#f)"/>`),
		inline("a drawing's use of another", "", `<use href="{api}#x"/>`),
		inline("a drawing's style", "", `<style>@import "{call}";</style>`),
		inline("a drawing's colour", "", `<rect width="9" height="9" style="mask-image:url({call})"/>`),
		inline("HTML in a drawing", "", `<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="{call}"></iframe></foreignObject>`),
		inline("a handler in HTML in a drawing", "", `<foreignObject width="9" height="9"><img xmlns="http://www.w3.org/1999/xhtml" src="missing.png" alt="" onerror="{run}"/></foreignObject>`),
		inline("a drawing's use of data", "", `<use href="data:image/svg+xml,%3Csvg%20id='x'/%3E#x"/>`).old(),
		chapter("a chapter that is a drawing with a script", "", "", `<script>{run}</script>`),
		chapter("a chapter that is a drawing and is loaded", "", `onload="{run}"`, ""),
		chapter("a chapter that is a drawing with a picture", "", "", `<image href="{call}" width="9" height="9"/>`),
		chapter("a chapter that is a drawing with another book's picture", "", "", `<image href="{other}" width="9" height="9"/>`),
		chapter("a chapter that is a drawing with the library's picture", "", "", `<image href="{api}" width="9" height="9"/>`),
		chapter("a chapter that is a drawing in a foreign style", `<?xml-stylesheet type="text/css" href="{call}"?>`, "", ""),
		chapter("a chapter that is a drawing with a frame", "", "", `<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="{call}"></iframe></foreignObject>`),
		chapter("a chapter that is a drawing and refreshes", "", "", `<foreignObject width="9" height="9"><meta xmlns="http://www.w3.org/1999/xhtml" http-equiv="refresh" content="0;url={call}"/></foreignObject>`),
		beside("a drawing as an object", "object.svg", `<object data="object.svg" type="image/svg+xml"></object>`),
		beside("a drawing that is embedded", "embed.svg", `<embed src="embed.svg" type="image/svg+xml"/>`),
		beside("a drawing in a frame", "frame.svg", `<iframe src="frame.svg"></iframe>`),
		{Name: "a drawing as a picture", Body: `<img src="picture.svg" alt=""/>`, Beside: map[string]string{"picture.svg": drawing + "><script>{run}</script><image href='{call}'/></svg>"}, Old: true},
	}
}

// triesOfLinks wait for a click that leads away.
func triesOfLinks() []Try {
	link := func(name, attributes string) Try {
		return Try{Name: name, Body: `<p><a class="bait" ` + attributes + `>press here</a></p>`}
	}
	return []Try{
		link("a link that is a script", `href="javascript:{run}"`),
		link("a link that is a script in disguise", `href="java&#9;script:{run}"`),
		link("a link that is a script behind a control", `href="&#x20;&#x0a;JaVaScRiPt:{run}"`),
		link("a link elsewhere", `href="{call}"`),
		link("a link for the top window", `href="{call}" target="_top"`),
		link("a link for the parent", `href="{call}" target="_parent"`),
		link("a link for a new window", `href="{call}" target="_blank"`),
		link("a link without a scheme", `href="//{host}" target="_top"`),
		link("a link that tells", `href="#here" ping="{call}"`),
		link("a link to another book", `href="{other}" target="_top"`),
		link("a link to the library", `href="{api}" target="_top"`),
		link("a link that keeps a file", `href="{other}" download="x"`),
		link("a link that is a page of data", `href="data:text/html,&lt;script&gt;{run}&lt;/script&gt;"`).old(),
		link("a link to a file", `href="file:///etc/passwd"`).old(),
		{Name: "a base for the top window", Head: `<base target="_top"/>`, Body: `<a class="bait" href="{call}">press</a>`},
		{Name: "a link on a map", Body: `<img alt="x" width="90" height="90" usemap="#m" src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"/><map name="m"><area class="bait" shape="default" alt="x" href="{call}" target="_top"/></map>`},
	}
}

func (t Try) old() Try {
	t.Old = true
	return t
}

// triesOfForms wait for somebody who sends a form.
func triesOfForms() []Try {
	return []Try{
		{Name: "a form", Body: `<form action="{call}" method="post"><input name="password" value="x"/><button class="bait">send</button></form>`},
		{Name: "a form for the top window", Body: `<form action="{call}" method="post" target="_top"><input type="submit" class="bait" value="send"/></form>`},
		{Name: "a form that is a script", Body: `<form action="javascript:{run}"><button class="bait">send</button></form>`},
		{Name: "a button with an address", Body: `<form><button class="bait" formmethod="post" formaction="{call}">send</button></form>`},
		{Name: "a button of a form elsewhere", Body: `<form id="f" action="{call}" method="post"></form><button class="bait" form="f">send</button>`},
		{Name: "a picture that sends", Body: `<form action="{call}" method="post"><input class="bait" type="image" alt="send"/></form>`},
		{Name: "a question", Type: HTML, Body: `<isindex action="{call}">`, Old: true},
	}
}

// triesOfFrames put another document into the chapter.
func triesOfFrames() []Try {
	return []Try{
		{Name: "a frame", Body: `<iframe src="{call}"></iframe>`},
		{Name: "a frame with a document of its own", Body: `<iframe srcdoc="&lt;script&gt;{run}&lt;/script&gt;"></iframe>`},
		{Name: "a frame that is a script", Body: `<iframe src="javascript:{run}"></iframe>`},
		{Name: "a frame of data", Body: `<iframe src="data:text/html,&lt;script&gt;{run}&lt;/script&gt;"></iframe>`},
		{Name: "a frame with another book", Body: `<iframe src="{other}"></iframe>`},
		{Name: "a frame with the library", Body: `<iframe src="{api}"></iframe>`},
		{Name: "a frame with a chapter that runs", Body: `<iframe src="framed.html"></iframe>`, Beside: map[string]string{"framed.html": `<script>{run}</script>`}},
		{Name: "an object", Body: `<object data="{call}"></object>`},
		{Name: "an object of HTML", Body: `<object type="text/html" data="data:text/html,&lt;script&gt;{run}&lt;/script&gt;"></object>`},
		{Name: "an embedded document", Body: `<embed src="{call}"/>`},
		{Name: "a set of frames", Type: HTML, Body: `</body><iframe src="{call}"></iframe>`},
		{Name: "a fenced frame", Type: HTML, Body: `<fencedframe src="{call}"></fencedframe>`, Old: true},
		{Name: "a portal", Type: HTML, Body: `<portal src="{call}"></portal>`, Old: true},
	}
}
