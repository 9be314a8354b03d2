// What a page can see of the browser it runs in, as signals of the catalogue.
//
// Everything here can be faked by whoever holds the device: these are claims. Checks
// that honest people trip over (developer tools, private windows, machines without a
// graphics card) are asked for by name, because false alarms are what users of such
// probes complain about most.

export interface Claim { id: string; detail?: string }

/** Doubtful checks are off unless they are asked for. */
export interface Doubtful { debugger?: boolean; incognito?: boolean; software_graphics?: boolean }

/** Page is what is looked at: window, or in a test an object that is like it. */
export type Page = any

/** observe looks once. */
export async function observe(page: Page, doubtful: Doubtful = {}): Promise<Claim[]> {
  const found: Claim[] = []
  const add = (id: string, details: string[]) => {
    if (details.length) found.push({ id, detail: details.join(' ').slice(0, 200) })
  }
  add('beh.headless', headless(page))
  add('beh.browser_tampered', tampered(page))
  add('beh.cookie_off', withoutStorage(page))
  if (doubtful.debugger) add('rt.js_debug', debugged(page))
  if (doubtful.incognito) add('beh.incognito', await incognito(page))
  if (doubtful.software_graphics) add('virt.emulator', softwareGraphics(page))
  return found
}

// Names that drivers of browsers leave behind in a page.
const drivers = ['__playwright__binding__', '__pwInitScripts', '__nightmare', '__selenium_unwrapped', '__webdriver_evaluate',
  '__webdriver_script_fn', '__fxdriver_unwrapped', '_phantom', 'callPhantom', 'domAutomation', 'domAutomationController']

function headless(page: Page): string[] {
  const seen = []
  if (page.navigator.webdriver) seen.push('webdriver')
  if (/Headless|PhantomJS/.test(page.navigator.userAgent)) seen.push('user_agent')
  if (drivers.some(name => name in page)) seen.push('driver')
  if (Object.keys(page.document).some(name => /^\$?cdc_/.test(name))) seen.push('chromedriver')
  if (!page.navigator.languages?.length) seen.push('languages')
  // A tab in the background may have no size yet.
  if (page.document.visibilityState !== 'hidden' && page.outerWidth === 0 && page.outerHeight === 0) seen.push('no_window')
  return seen
}

function tampered(page: Page): string[] {
  const n = page.navigator, agent: string = n.userAgent, seen = []
  const phone = /Mobile/.test(agent) // tablets and PCs of the same systems do not say it
  if (phone && !n.maxTouchPoints) seen.push('touch')
  if (/Windows/.test(agent) && n.platform && !/^Win/.test(n.platform)) seen.push('platform')
  if (/iPhone/.test(agent) && n.platform && !/^(iPhone|Mac)/.test(n.platform)) seen.push('platform')
  if (n.userAgentData && n.userAgentData.mobile !== /Mobile/.test(agent)) seen.push('mobile')
  if (page.screen.availWidth > page.screen.width || page.screen.availHeight > page.screen.height) seen.push('screen')
  if (n.languages?.length && n.language !== n.languages[0]) seen.push('language')
  // A browser has these on the prototype; an own one was put there to hide something.
  if (['webdriver', 'userAgent', 'platform', 'languages', 'plugins'].some(name => Object.getOwnPropertyDescriptor(n, name))) seen.push('navigator')
  if ([page.fetch, page.Date, page.Function.prototype.toString].some(f => f && !/\[native code\]/.test(Function.prototype.toString.call(f)))) seen.push('replaced')
  return seen
}

function withoutStorage(page: Page): string[] {
  const seen = []
  if (page.navigator.cookieEnabled === false) seen.push('cookies')
  try {
    page.localStorage.setItem('score.try', '1')
    page.localStorage.removeItem('score.try')
  } catch {
    seen.push('storage')
  }
  return seen
}

// Tools beside the page make the difference; so does a side bar, hence doubtful.
function debugged(page: Page): string[] {
  const beside = page.outerWidth - page.innerWidth * (page.devicePixelRatio || 1) > 200
  const below = page.outerHeight - page.innerHeight * (page.devicePixelRatio || 1) > 300
  return beside || below ? ['window'] : []
}

// A private window of Chromium is given less room; so is a full disk, hence doubtful.
async function incognito(page: Page): Promise<string[]> {
  const quota = (await page.navigator.storage?.estimate?.())?.quota
  const most = page.performance?.memory?.jsHeapSizeLimit
  return quota && most && quota < 2 * most ? ['quota'] : []
}

// Virtual desktops and servers draw without a graphics card too, hence doubtful.
function softwareGraphics(page: Page): string[] {
  const gl = page.document.createElement('canvas').getContext('webgl')
  const info = gl?.getExtension('WEBGL_debug_renderer_info')
  const name = info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : ''
  return /SwiftShader|llvmpipe|Software/i.test(name) ? [name] : []
}

/** Hands counts clicks that no hand made. */
export class Hands {
  private made = 0
  private all = 0

  constructor(page: Page) {
    page.addEventListener('click', (e: Event) => {
      this.all++
      if (!e.isTrusted) this.made++
    }, { capture: true, passive: true })
  }

  /** claim is empty until five clicks came from a script, and more than from people. */
  claim(): Claim[] {
    if (this.made < 5 || this.made * 2 <= this.all) return []
    return [{ id: 'beh.automation', detail: `${this.made} of ${this.all} clicks` }]
  }
}

/** about is what a body says besides signals. */
export function about(page: Page) {
  const agent: string = page.navigator.userAgent
  const system = /Android [\d.]+|iPhone OS [\d_]+|(Open)?HarmonyOS [\d.]+|Windows NT [\d.]+|Mac OS X [\d_]+|Linux/.exec(agent)
  const browser = /(MicroMessenger|Edg|Firefox|Chrome|Version)\/[\d.]+/.exec(agent)
  return {
    platform: 'h5',
    os_version: system?.[0].slice(0, 128) ?? '',
    model: browser?.[0].slice(0, 128) ?? '',
    utc_offset_min: -new Date().getTimezoneOffset() || 0,
  }
}
