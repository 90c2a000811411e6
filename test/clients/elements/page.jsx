// Ory's own user interface as an application would mount it: one page per flow, flows by cookie from Ascent on another port.
import { useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { Configuration, FrontendApi } from '@ory/client-fetch'
import { Error as ErrorCard, Login, Recovery, Registration, Settings, Verification } from '@ory/elements-react/theme'
import { SessionProvider, useSession } from '@ory/elements-react/client'
import '@ory/elements-react/theme/styles.css'

const { origin } = window.location
const url = window.ascentUrl
const config = {
  sdk: { url, options: { credentials: 'include' } },
  intl: { locale: 'en' },
  project: {
    name: 'Clients', default_locale: 'en', locale_behavior: 'force_default', default_redirect_url: `${origin}/`,
    error_ui_url: `${origin}/error`, login_ui_url: `${origin}/login`, registration_ui_url: `${origin}/registration`, settings_ui_url: `${origin}/settings`,
    recovery_ui_url: `${origin}/recovery`, verification_ui_url: `${origin}/verification`,
    recovery_enabled: true, registration_enabled: true, verification_enabled: true,
  },
}
const frontend = new FrontendApi(new Configuration({ basePath: url, credentials: 'include', headers: { Accept: 'application/json' } }))

const pages = {
  login: [Login, id => frontend.getLoginFlow({ id })],
  registration: [Registration, id => frontend.getRegistrationFlow({ id })],
  recovery: [Recovery, id => frontend.getRecoveryFlow({ id })],
  verification: [Verification, id => frontend.getVerificationFlow({ id })],
  settings: [Settings, id => frontend.getSettingsFlow({ id })],
}

/** A page without a flow sends the browser to fetch one; what is wrong with a flow decides where to go on. */
function FlowPage({ kind }) {
  const [Flow, read] = pages[kind]
  const [flow, setFlow] = useState(null)
  useEffect(() => {
    const query = new URLSearchParams(window.location.search), id = query.get('flow')
    const begin = () => window.location.assign(`${url}/self-service/${kind}/browser?${query}`)
    if (!id) return begin()
    read(id).then(setFlow, async e => {
      const body = await e.response?.json()
      query.delete('flow')
      if (body?.use_flow_id) window.location.assign(`?flow=${body.use_flow_id}`)
      else if (body?.redirect_browser_to) window.location.assign(body.redirect_browser_to)
      else begin()
    })
  }, [kind])
  return flow && <Flow flow={flow} config={config} />
}

function ErrorPage() {
  const [error, setError] = useState(null)
  useEffect(() => { frontend.getFlowError({ id: new URLSearchParams(window.location.search).get('id') }).then(setError) }, [])
  return error && <ErrorCard error={error} config={config} />
}

function Home() {
  const { session, isLoading } = useSession()
  const [logout, setLogout] = useState('')
  useEffect(() => { if (session) frontend.createBrowserLogoutFlow().then(f => setLogout(f.logout_url)) }, [session])
  if (isLoading) return null
  if (!session) return <p data-testid="nobody">Nobody is signed in.</p>
  return <main>
    <p data-testid="who">{session.identity.traits.email}</p>
    <p data-testid="aal">{session.authenticator_assurance_level}</p>
    <p data-testid="methods">{session.authentication_methods.map(m => m.method).join(' ')}</p>
    {logout && <a data-testid="logout" href={logout}>Sign out</a>}
  </main>
}

const kind = window.location.pathname.slice(1)
const page = kind in pages ? <FlowPage kind={kind} /> : kind === 'error' ? <ErrorPage /> : <SessionProvider baseUrl={url}><Home /></SessionProvider>
createRoot(document.getElementById('root')).render(page)
