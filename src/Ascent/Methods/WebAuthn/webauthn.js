// Security keys and passkeys in the forms of Ascent. Buttons of a form call the functions at the end; each asks the browser
// for a key, writes its answer into a hidden field of the form and sends the form.
(function () {
  "use strict"

  // Bytes travel as base64url.
  function toBytes(text) {
    var padded = text.replace(/-/g, "+").replace(/_/g, "/")
    while (padded.length % 4) padded += "="
    return Uint8Array.from(atob(padded), function (c) { return c.charCodeAt(0) })
  }

  function toText(buffer) {
    var binary = ""
    new Uint8Array(buffer).forEach(function (b) { binary += String.fromCharCode(b) })
    return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")
  }

  function withBytes(descriptors) {
    return (descriptors || []).map(function (d) { return Object.assign({}, d, { id: toBytes(d.id) }) })
  }

  function creationOptions(options) {
    var key = Object.assign({}, options.publicKey)
    key.challenge = toBytes(key.challenge)
    key.user = Object.assign({}, key.user, { id: toBytes(key.user.id) })
    if (key.excludeCredentials) key.excludeCredentials = withBytes(key.excludeCredentials)
    return { publicKey: key }
  }

  function requestOptions(options) {
    var key = Object.assign({}, options.publicKey)
    key.challenge = toBytes(key.challenge)
    if (key.allowCredentials) key.allowCredentials = withBytes(key.allowCredentials)
    return { publicKey: key }
  }

  // What the server reads of a credential.
  function answer(credential) {
    var from = credential.response, response = { clientDataJSON: toText(from.clientDataJSON) }
    if (from.attestationObject) {
      response.attestationObject = toText(from.attestationObject)
      response.transports = from.getTransports ? from.getTransports() : []
    } else {
      response.authenticatorData = toText(from.authenticatorData)
      response.signature = toText(from.signature)
      if (from.userHandle && from.userHandle.byteLength) response.userHandle = toText(from.userHandle)
    }
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: credential.getClientExtensionResults ? credential.getClientExtensionResults() : {},
      response: response,
    })
  }

  function field(name) {
    return document.querySelector('[name="' + name + '"]')
  }

  function readJson(name) {
    var input = field(name)
    if (!input || !input.value) throw new Error("The form has no field " + name + ".")
    return JSON.parse(input.value)
  }

  // The form is sent as it is: fields of other ways to sign in may be empty. A field called submit would hide the method.
  function send(name, credential) {
    var input = field(name)
    if (!input || !input.form) throw new Error("The form has no field " + name + ".")
    input.value = answer(credential)
    HTMLFormElement.prototype.submit.call(input.form)
  }

  function supported() {
    if (window.PublicKeyCredential && navigator.credentials) return true
    window.alert("This browser cannot use security keys or passkeys here. Please try another browser, over https.")
    return false
  }

  // Whoever closes the browser's dialogue knows it; everything else is told.
  function tell(error) {
    if (error && (error.name === "AbortError" || error.name === "NotAllowedError")) return
    console.error(error)
    window.alert(error && error.name === "InvalidStateError" ? "This key is registered already." : "The key could not be used: " + (error && error.message))
  }

  // At most one request may wait for an answer: a button takes the place of the waiting autofill, never the other way about.
  // A button stays pressed once its form is on the way.
  var waiting = null, pressed = false

  function run(work) {
    if (!supported()) return Promise.resolve()
    pressed = true
    return Promise.resolve().then(work).catch(function (error) {
      pressed = false
      tell(error)
    })
  }

  function request(options, more) {
    if (waiting) waiting.abort()
    waiting = window.AbortController ? new AbortController() : null
    return navigator.credentials.get(Object.assign(requestOptions(options), waiting ? { signal: waiting.signal } : {}, more))
  }

  function create(options) {
    if (waiting) waiting.abort()
    waiting = null
    return navigator.credentials.create(creationOptions(options))
  }

  // Form pages hand the options over; applications that draw the form themselves call by name alone, and the button has them.
  function webAuthnRegistration(options) {
    return run(function () {
      return create(options || readJson("webauthn_register_trigger")).then(function (credential) { send("webauthn_register", credential) })
    })
  }

  function webAuthnLogin(options) {
    return run(function () {
      return request(options || readJson("webauthn_login_trigger")).then(function (credential) { send("webauthn_login", credential) })
    })
  }

  function passkeyLogin() {
    return run(function () {
      return request(readJson("passkey_challenge")).then(function (credential) { send("passkey_login", credential) })
    })
  }

  // Offers passkeys in the autofill of the identifier's field. Where that is not to be had, the button is still there.
  function passkeyLoginAutocompleteInit() {
    var conditional = window.PublicKeyCredential && PublicKeyCredential.isConditionalMediationAvailable
    if (!conditional) return Promise.resolve()
    return PublicKeyCredential.isConditionalMediationAvailable().then(function (available) {
      if (!available || pressed || !field("passkey_challenge")) return
      return request(readJson("passkey_challenge"), { mediation: "conditional" }).then(function (credential) { send("passkey_login", credential) })
    }).catch(function (error) {
      if (!error || (error.name !== "AbortError" && error.name !== "NotAllowedError")) console.error(error)
    })
  }

  // The passkey is called what the person typed into the first of these fields.
  function nameOf(data) {
    var names = data.displayNameFieldNames || (data.displayNameFieldName ? [data.displayNameFieldName] : [])
    for (var i = 0; i < names.length; i++) {
      var input = field(names[i])
      if (input && input.value) return input.value
    }
    return null
  }

  function passkeyRegistration() {
    return run(function () {
      var data = readJson("passkey_create_data"), name = nameOf(data), options = data.credentialOptions
      if (name) Object.assign(options.publicKey.user, { name: name, displayName: name })
      return create(options).then(function (credential) { send("passkey_register", credential) })
    })
  }

  function passkeySettingsRegistration() {
    return run(function () {
      return create(readJson("passkey_create_data")).then(function (credential) { send("passkey_settings_register", credential) })
    })
  }

  var functions = {
    oryWebAuthnRegistration: webAuthnRegistration,
    oryWebAuthnLogin: webAuthnLogin,
    oryPasskeyLogin: passkeyLogin,
    oryPasskeyLoginAutocompleteInit: passkeyLoginAutocompleteInit,
    oryPasskeyRegistration: passkeyRegistration,
    oryPasskeySettingsRegistration: passkeySettingsRegistration,
  }
  // Older pages call them with two underscores.
  Object.keys(functions).forEach(function (name) { window[name] = window["__" + name] = functions[name] })
  // Pages that were drawn before this script arrived keep their buttons disabled until it says that it is here.
  window.dispatchEvent(new CustomEvent("oryWebAuthnInitialized"))
})()
