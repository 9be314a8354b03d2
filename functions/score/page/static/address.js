// The page's address says what is shown, and that is all that says it.

const path = '/score'

// here is what the address names.
export const here = () => Object.fromEntries([...new URLSearchParams(location.search)].filter(([name, value]) => value && name !== 'lang'))

// query writes what is not empty.
export const query = at => new URLSearchParams(Object.entries(at).filter(([, value]) => value !== '' && value != null)).toString()

// to is the address of a view.
export const to = at => path + (query(at) && '?' + query(at))

// isHere reports whether an address is one of this page.
export const isHere = url => url.origin === location.origin && url.pathname === path && !url.hash

// api is an address of the API.
export const api = (...parts) => path + '/' + parts.map(encodeURIComponent).join('/')

// at is an address of the API with parameters.
export const asked = (address, parameters) => address + (query(parameters) && '?' + query(parameters))
