// Inside 企业微信: finds out beside whose chat this stands, and puts drafts into the chat box. A person sends them.
import { Failure, api, say, show } from "./sidebar.js";

const view = document.getElementById("view");
const HERE = location.href.split("#")[0];
const BESIDE_ONE = ["single_chat_tools", "contact_profile"];

view.addEventListener("shown", () => {
  for (const button of view.querySelectorAll("[data-chat]")) button.hidden = false;
});

view.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-chat]");
  if (!button) return;
  const content = button.closest("[data-edit]").querySelector("textarea").value;
  try {
    await window.ww.sendChatMessage({ msgtype: "text", enterChat: false, text: { content } });
    say("in_chat");
  } catch (error) {
    if (!/cancel/.test(error?.errMsg ?? "")) say(error?.errMsg ?? "offline", true);
  }
});

async function begin() {
  if (!window.ww) return say("no_sdk", true);
  const signed = await api(`/v1/crm/wecom/signature?${new URLSearchParams({ url: HERE })}`);
  const as = (signature) => () => ({ timestamp: signed.timestamp, nonceStr: signed.nonce, signature });
  window.ww.register({
    corpId: signed.corp_id,
    agentId: signed.agent_id,
    jsApiList: ["getContext", "getCurExternalContact", "sendChatMessage"],
    getConfigSignature: as(signed.config),
    getAgentConfigSignature: as(signed.agent_config),
  });
  const { entry } = await window.ww.getContext();
  if (!BESIDE_ONE.includes(entry)) return say("no_chat", true);
  const { userId } = await window.ww.getCurExternalContact();
  await show(`wecom:customer/${userId}`);
}

begin().catch((error) => say(error instanceof Failure ? error.message : (error?.errMsg ?? "no_chat"), true));
