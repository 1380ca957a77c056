// What a tab remembers from page to page: the conversation, a question under way, whether the chat was open. Each tab
// has its own, so ten tabs hold ten conversations. Pages that are not allowed storage remember nothing.
export class Memory {
  constructor(name) {
    this.name = `copilot:${name}`;
  }

  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.name)) ?? {};
    } catch {
      return {};
    }
  }

  keep(changes) {
    try {
      sessionStorage.setItem(this.name, JSON.stringify({ ...this.read(), ...changes }));
    } catch {
      // Nothing is lost but the way back after a reload.
    }
  }
}
