// The page's own words. Chinese first; English for browsers that prefer it.
const zh = {
  name: "前线副驾",
  welcome: "一线遇到什么问题,直接问",
  promise: "先给答案,再给依据;每句话都能点开原文核对。知识库里没有的,会直说。",
  ask: "提问",
  stop: "停止",
  hint: "Enter 发送,Shift + Enter 换行",
  placeholder: "例如:客户说太贵了怎么回?",
  close: "关闭",
  map: "知识地图",
  documents: "{n} 篇",
  searching: "正在检索知识库",
  reading: "正在核对原文",
  wording: "正在组织语言",
  why: "依据与说明",
  sources: "出处",
  stale: "已过复核日期",
  page: "打开原网页 ↗",
  version: "第 {n} 版",
  stopped: "已停止。",
  offline: "连接中断,没有拿到完整回答。请再问一次。",
  loading: "准备中",
  ready: "已就绪",
  failed: "不可用",
  examples: [
    "客户说太贵了怎么回?",
    "NDR 低于多少就别扩销售团队了?",
    "新客户上线一个月还没出效果怎么办?",
    "谁来负责续费比较合适?",
    "How do we run a 1+1 trial?",
  ],
};
const en = {
  name: "Frontline Copilot",
  welcome: "Ask what came up on the front line",
  promise: "The answer first, then its sources; every sentence opens in the original. What is not in the knowledge is said plainly.",
  ask: "Ask",
  stop: "Stop",
  hint: "Enter sends, Shift + Enter starts a new line",
  placeholder: "For example: who should own renewals?",
  close: "Close",
  map: "Map of the knowledge",
  documents: "{n} documents",
  searching: "Searching the knowledge",
  reading: "Checking the sources",
  wording: "Wording the answer",
  why: "Why this answer",
  sources: "Sources",
  stale: "past its review date",
  page: "Open the web page ↗",
  version: "version {n}",
  stopped: "Stopped.",
  offline: "The connection broke before the answer was complete. Please ask again.",
  loading: "Getting ready",
  ready: "Ready",
  failed: "Not available",
  examples: [
    "The customer says it is too expensive. What do I say?",
    "Who should own renewals, CSM or a separate team?",
    "When is a customer really onboarded?",
    "一个月还没出效果怎么办?",
  ],
};

export const words = navigator.language.toLowerCase().startsWith("zh") ? zh : en;
export const language = words === zh ? "zh-Hans" : "en";

export function label(root = document) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = words[element.dataset.text];
}
