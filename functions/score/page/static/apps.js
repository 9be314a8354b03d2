// Apps that have probes in them, how a device of theirs stands now, and who did what.
import { $, make, say, ask, why, listed } from './base.js'
import { api, asked } from './address.js'
import { when, number, lasting, outcome, said, entity, text, code, quiet, link, facts, card, table, older, chosen, field, filters, weight } from './parts.js'
import { button } from './act.js'

export async function apps(at, signal) {
  const { apps: all } = await ask('GET', '/score/apps', null, signal)
  const result = make('div', { id: 'standing' })
  return {
    title: say('apps'), acts: [edit(null)],
    inside: [card('', table(say('apps'), [
      [say('app'), a => [text(a.name), make('br'), code(a.id)]], [say('fail'), a => said('fail', a.fail)], [say('interval'), a => lasting(a.interval_s), 'number'],
      [say('packages'), a => text(listed(a.packages))], [say('certificates'), a => number(a.certificates.length), 'number'], [say('actions'), a => edit(a)],
    ], all, say('no_apps'))), ...(all.length ? [card(say('check'), quiet(say('check_how')), checkForm(all, result), result)] : [])],
  }
}

// edit changes an app, or adds one.
function edit(a) {
  const lines = text => text.split(/[\s,，、]+/).filter(Boolean)
  return button(say(a ? 'change' : 'add_app'), {
    what: say(a ? 'will_change_app' : 'will_add_app'),
    fields: [...(a ? [] : [{ name: 'id', label: say('app_id'), required: true, maxLength: 64 }]), { name: 'name', label: say('name'), value: a?.name, required: true, maxLength: 100 },
      { name: 'fail', label: say('fail'), options: ['open', 'closed'].map(f => [f, said('fail', f)]), value: a?.fail }, { name: 'interval_s', label: say('interval_s'), type: 'number', min: 10, max: 86400, value: a?.interval_s ?? 60, required: true },
      { name: 'packages', label: say('packages'), long: true, maxLength: 4000, value: a?.packages.join('\n') }, { name: 'certificates', label: say('certificates'), long: true, maxLength: 4000, value: a?.certificates.join('\n') }],
    does: v => ask('PUT', api('apps', a?.id || v.id), { name: v.name, fail: v.fail, interval_s: Number(v.interval_s), packages: lines(v.packages), certificates: lines(v.certificates) }),
  }, a ? '' : 'main')
}

function checkForm(all, result) {
  const form = make('form', { className: 'row-form', ariaLabel: say('check') }, chosen('app', say('app'), all.slice(1).map(a => [a.id, a.name]), '', all[0].name),
    field('device', say('device'), { required: true, pattern: '[0-9a-f]{32}', placeholder: say('device_id') }), field('account', say('account'), {}), make('button', { className: 'main', textContent: say('do_check') }))
  form.querySelector('option').value = all[0].id
  form.querySelector('select').value = all[0].id
  form.addEventListener('submit', async e => {
    e.preventDefault()
    try {
      result.replaceChildren(standing(await ask('POST', '/score/checks', Object.fromEntries(new FormData(form)))))
    } catch (error) {
      result.replaceChildren(make('p', { className: 'wrong', role: 'alert', textContent: why(error) }))
    }
    $('said').textContent = result.innerText
  })
  return form
}

const standing = c => make('div', {}, make('p', { className: 'verdict' }, outcome(c.outcome), make('span', { className: 'figure', textContent: number(c.score) })), facts([
  [say('silent'), lasting(c.silent_s) + (c.muted ? ' · ' + say('muted') : '')], [say('on_lists'), c.lists.length ? text(listed(c.lists)) : ''], [say('in_force'), c.commands.length ? listed(c.commands.map(k => said('command', k.kind))) : ''],
  [say('time'), c.decided_at && when(c.decided_at)], [say('device'), link({ view: 'device', device: c.device }, code(c.device))],
]), table(say('reasons'), [[say('reason'), r => text(r.text)], [say('weight'), r => r.weight ? weight(r.weight) : '—', 'bar'], [say('basis'), r => r.basis ? said('basis', r.basis) : '—']], c.reasons, say('no_reasons')))

export async function audit(at, signal) {
  const { audit: all, next } = await ask('GET', asked('/score/audit', { what: at.what, subject: at.subject, by: at.by, before: at.before }), null, signal)
  const whats = ['command.block', 'command.step_up', 'command.unblock', 'alert.close', 'suppression.put', 'suppression.delete', 'list.put', 'list.delete', 'ruleset.draft', 'ruleset.shadow', 'ruleset.approve', 'ruleset.live', 'replay.request', 'app.put']
  return {
    title: say('audit'),
    inside: [card('', filters(at, chosen('what', say('what'), whats.map(w => [w, said('what', w)]), at.what), field('by', say('by'), { value: at.by || '', size: 14 }), field('subject', say('subject'), { value: at.subject || '' })),
      table(say('audit'), [[say('time'), e => when(e.at)], [say('by'), e => text(e.by)], [say('what'), e => said('what', e.what)], [say('subject'), e => subject(e)], [say('why'), e => text(e.detail?.reason || e.detail?.note || '')],
        [say('detail'), e => make('details', {}, make('summary', { textContent: say('show') }), make('pre', { textContent: JSON.stringify(e.detail, null, 2) }))]], all, say('no_audit')), ...older(at, next))],
  }
}

function subject(e) {
  const [family] = e.what.split('.'), kind = e.detail?.entity_kind || e.detail?.kind
  if (family === 'ruleset') return link({ view: 'ruleset', version: e.subject }, say('version', e.subject))
  if (family === 'alert') return link({ view: 'alert', alert: e.subject }, say('alert'))
  if (family === 'replay') return link({ view: 'replay', replay: e.subject }, say('replay'))
  return ['device', 'account'].includes(kind) ? [said('kind', kind), ' ', entity(kind, e.subject)] : text(e.subject)
}
