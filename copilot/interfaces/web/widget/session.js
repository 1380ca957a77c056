// Who the chat speaks as: a visitor with a token that is renewed in time, or whoever is signed in on this very site.
const EARLY_MS = 60_000;

export class Problem extends Error {
  constructor(status, code, detail) {
    super(detail || code);
    this.status = status;
    this.code = code;
  }
}

export class Session {
  #token = null;
  #expires = Infinity;
  #renewing = null;

  // `source`: `{ api, token, tokenUrl, getToken }`, read anew each time, since a page may change them.
  constructor(source) {
    this.source = source;
  }

  get #ownSite() {
    return new URL(this.source().api).origin === location.origin;
  }

  get signedIn() {
    const { token, tokenUrl, getToken } = this.source();
    return !token && !tokenUrl && !getToken;
  }

  // Returns the response; anything but success is thrown as a Problem.
  async open(path, { method = "GET", body, headers = {}, signal } = {}) {
    for (let again = true; ; again = false) {
      const token = await this.#current();
      const response = await fetch(new URL(path, this.source().api), {
        method,
        signal,
        cache: "no-store",
        credentials: this.signedIn ? "same-origin" : "omit",
        headers: {
          ...(body ? { "Content-Type": "application/json" } : {}),
          ...(token ? { Authorization: `Bearer ${token}` } : {}),
          ...headers,
        },
        body: body && JSON.stringify(body),
      });
      if (response.ok) return response;
      const problem = await problemOf(response);
      if (response.status === 401 && again && !this.signedIn && this.#renewable) {
        this.#token = null;
        continue;
      }
      throw problem;
    }
  }

  async json(path, options) {
    return (await this.open(path, options)).json();
  }

  get #renewable() {
    const { tokenUrl, getToken } = this.source();
    return Boolean(tokenUrl || getToken);
  }

  async #current() {
    if (this.signedIn) {
      if (!this.#ownSite) throw new Problem(401, "unconfigured", "");
      return null;
    }
    if (this.#token && Date.now() < this.#expires - EARLY_MS) return this.#token;
    if (!this.#renewable) return this.source().token;
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  // A token that the page came with is used once, before its own back end is asked for the next.
  async #renew() {
    const { token, tokenUrl, getToken } = this.source();
    if (token && token !== this.used) {
      this.used = token;
      this.#expires = expiryOf(token);
      this.#token = token;
      if (Date.now() < this.#expires - EARLY_MS) return token;
    }
    const made = getToken ? await getToken() : await fetched(tokenUrl);
    const found = typeof made === "string" ? { token: made } : made;
    if (!found?.token) throw new Problem(401, "unconfigured", "");
    this.#token = found.token;
    this.#expires = expiryOf(found.token);
    return this.#token;
  }
}

async function fetched(address) {
  const response = await fetch(address, { method: "POST", credentials: "same-origin", cache: "no-store" });
  if (!response.ok) throw new Problem(response.status === 401 ? 401 : 503, "token_refused", "");
  return response.json();
}

// When a token ends is written in it; who cannot read it asks the server and is told.
function expiryOf(token) {
  try {
    const part = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(part)).exp * 1000;
  } catch {
    return Infinity;
  }
}

async function problemOf(response) {
  const said = await response.json().catch(() => ({}));
  return new Problem(response.status, said.code || "unavailable", said.detail || "");
}
