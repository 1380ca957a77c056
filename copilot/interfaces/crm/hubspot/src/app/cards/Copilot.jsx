// The card beside a company, deal or contact. HubSpot signs every request; who looks and in which portal stands in what
// it appends, so nothing here says who somebody is. Put the address of your copilot here and into app-hsmeta.json.
import React, { useCallback, useEffect, useState } from "react";
import {
  Alert, Button, Divider, Flex, Heading, Link, List, LoadingSpinner, Tag, Text, TextArea, hubspot,
} from "@hubspot/ui-extensions";

const COPILOT = "https://copilot.example.com/v1/crm/hubspot";
// What the record is called, and where its web address stands; the last one that is there counts.
const PROPERTIES = ["name", "domain", "dealname", "firstname", "lastname", "email"];
const TONES = { healthy: "success", watch: "warning", risk: "error", unknown: "default" };

const WORDS = {
  zh: {
    health: "健康度", next: "下一步", avoid: "先别做", drafts: "草稿", cases: "相似案例", ask: "提问", question: "问这个客户",
    accept: "就这么做", later: "以后再说", reject: "不合适", why: "为什么不合适", send: "提交", plan: "起草成功计划",
    message: "起草客户消息", approve: "确认第 {n} 版", save: "保存修改", text: "草稿正文", choose: "这是哪个客户?", this: "就是它",
    create: "确认新建", loading: "正在读取", again: "重试", failed: "没有拿到", said: { accepted: "已采纳", later: "以后再说", rejected: "不合适" },
  },
  en: {
    health: "Health", next: "Next actions", avoid: "Leave these alone", drafts: "Drafts", cases: "Cases like this", ask: "Ask",
    question: "Ask about this account", accept: "Accept", later: "Later", reject: "Not this", why: "Why not", send: "Send",
    plan: "Draft a success plan", message: "Draft a message", approve: "Approve revision {n}", save: "Save the edit",
    text: "Text of the draft", choose: "Which account is this?", this: "This one", create: "Confirm and create",
    loading: "Loading", again: "Try again", failed: "Not available", said: { accepted: "Accepted", later: "Later", rejected: "Not this" },
  },
};

hubspot.extend(({ context, actions }) => <Copilot context={context} actions={actions} />);

async function call(path, query, { method = "GET", body } = {}) {
  const asked = Object.entries(query).filter(([, value]) => value).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const response = await hubspot.fetch(`${COPILOT}/${path}${asked.length ? `?${asked.join("&")}` : ""}`, { method, ...(body ? { body } : {}) });
  const told = await response.json();
  if (!response.ok) throw new Error(told.detail);
  return told;
}

// HubSpot gives a request fifteen seconds, so the copilot answers sooner and is asked again.
async function finished(begun) {
  let work = begun;
  while (work.status === "working") work = await call(`sidebar/work/${work.id}`, {});
  if (work.status === "failed") throw new Error(work.problem.detail);
  return work;
}

// A request that HubSpot repeats carries the same key and is carried out once.
const newKey = () => `card-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

function Copilot({ context, actions }) {
  const language = (context.user.locale ?? context.user.language ?? "").toLowerCase().startsWith("zh") ? "zh" : "en";
  const t = WORDS[language];
  const record = `hubspot:${context.crm.objectTypeId}/${context.crm.objectId}`;
  const [shown, setShown] = useState(null);
  const [view, setView] = useState(null);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    actions.fetchCrmObjectProperties(PROPERTIES).then(
      (found) => setShown({
        name: found.name || found.dealname || [found.firstname, found.lastname].filter(Boolean).join(" "),
        website: found.domain || found.email,
      }),
      () => setShown({}),
    );
  }, [actions]);

  const load = useCallback(async () => {
    setView(await call("sidebar", { record, language, ...shown }));
    setError("");
  }, [record, language, shown]);

  // One thing at a time, and what went wrong is said.
  const act = useCallback(async (work) => {
    setBusy(true);
    try {
      await work();
    } catch (problem) {
      setError(problem.message);
    } finally {
      setBusy(false);
    }
  }, []);

  useEffect(() => { if (shown) act(load); }, [shown, load, act]);

  if (error && !view) {
    return <Alert title={t.failed} variant="danger">{error}<Button onClick={() => act(load)}>{t.again}</Button></Alert>;
  }
  if (!view) return <LoadingSpinner label={t.loading} />;
  const change = (work) => act(async () => { await work(); await load(); });
  return (
    <Flex direction="column" gap="sm">
      {error && <Alert title={t.failed} variant="warning">{error}</Alert>}
      {view.account
        ? <Account view={view} t={t} busy={busy} change={change} language={language} />
        : <Choice view={view} t={t} busy={busy} change={change} record={record} />}
      <Ask t={t} account={view.account?.id} busy={busy} act={act} />
    </Flex>
  );
}

function Choice({ view, t, busy, change, record }) {
  const choose = (body) => change(() => call("sidebar/account", {}, { method: "POST", body: { record, ...body } }));
  return (
    <Flex direction="column" gap="xs">
      <Heading>{t.choose}</Heading>
      {view.choices.map((one) => (
        <Flex key={one.id} justify="between" align="center">
          <Text>{one.name}</Text>
          <Button size="xs" disabled={busy} onClick={() => choose({ account_id: one.id })}>{t.this}</Button>
        </Flex>
      ))}
      {view.shown.name && (
        <Button size="xs" variant="secondary" disabled={busy} onClick={() => choose(view.shown)}>{`${t.create}: ${view.shown.name}`}</Button>
      )}
    </Flex>
  );
}

function Account({ view, t, busy, change, language }) {
  const { account, advice, said } = view;
  const draft = (kind) => change(async () => {
    const body = { kind, account_id: account.id, language };
    await finished(await call("sidebar/drafts", { key: newKey() }, { method: "POST", body }));
  });
  return (
    <Flex direction="column" gap="sm">
      <Heading>{account.name ?? account.id}</Heading>
      {advice && (
        <>
          <Flex gap="xs" align="center">
            <Text format={{ fontWeight: "bold" }}>{`${t.health} ${advice.health.score === null ? "—" : Math.round(advice.health.score)}`}</Text>
            <Tag variant={TONES[advice.health.band]}>{advice.health.band}</Tag>
          </Flex>
          <List variant="unordered-styled">
            {advice.health.dimensions.flatMap((one) => one.signals).map((signal) => <Text key={signal}>{signal}</Text>)}
          </List>
          <Divider />
          <Text format={{ fontWeight: "bold" }}>{t.next}</Text>
          {advice.actions.map((one) => <Step key={one.id} action={one} said={said[one.id]} t={t} busy={busy} change={change} />)}
          <Divider />
          <Text format={{ fontWeight: "bold" }}>{t.avoid}</Text>
          <List variant="unordered-styled">
            {advice.avoid.map((one) => <Text key={one.key}>{`${one.title} — ${one.why}`}</Text>)}
          </List>
        </>
      )}
      {view.missing.map((one) => <Alert key={one.part} title={t.failed} variant="warning">{one.problem.detail}</Alert>)}
      <Divider />
      <Text format={{ fontWeight: "bold" }}>{t.drafts}</Text>
      {(view.drafts ?? []).map((one) => <Draft key={`${one.id}-${one.latest}`} draft={one} t={t} busy={busy} change={change} />)}
      <Flex gap="xs">
        <Button size="xs" disabled={busy} onClick={() => draft("success_plan")}>{t.plan}</Button>
        <Button size="xs" disabled={busy} onClick={() => draft("customer_message")}>{t.message}</Button>
      </Flex>
      {view.cases && (
        <>
          <Divider />
          <Text format={{ fontWeight: "bold" }}>{t.cases}</Text>
          <List variant="unordered-styled">
            {view.cases.matches.map((one) => <Text key={one.document_id}>{language === "zh" ? one.title : one.title_en ?? one.title}</Text>)}
          </List>
        </>
      )}
    </Flex>
  );
}

function Step({ action, said, t, busy, change }) {
  const [reason, setReason] = useState("");
  const [asking, setAsking] = useState(false);
  const react = (reaction) => change(async () => {
    const body = { reaction, ...(reason ? { reason } : {}) };
    await call(`suggestions/${encodeURIComponent(action.id)}/reaction`, {}, { method: "POST", body });
    setAsking(false);
  });
  return (
    <Flex direction="column" gap="xs">
      <Text format={{ fontWeight: "demibold" }}>{action.title}</Text>
      <Text>{action.why}</Text>
      {action.citations.map((one) => <Text key={one.n} variant="microcopy">{`[${one.n}] ${one.title}: ${one.quote}`}</Text>)}
      {said && <Tag variant={said.reaction === "accepted" ? "success" : "default"}>{t.said[said.reaction]}</Tag>}
      <Flex gap="xs">
        <Button size="xs" variant="primary" disabled={busy} onClick={() => react("accepted")}>{t.accept}</Button>
        <Button size="xs" disabled={busy} onClick={() => react("later")}>{t.later}</Button>
        <Button size="xs" disabled={busy} onClick={() => setAsking(!asking)}>{t.reject}</Button>
      </Flex>
      {asking && (
        <Flex direction="column" gap="xs">
          <TextArea name={`why-${action.id}`} label={t.why} required value={reason} onChange={setReason} />
          <Button size="xs" disabled={busy || !reason.trim()} onClick={() => react("rejected")}>{t.send}</Button>
        </Flex>
      )}
    </Flex>
  );
}

function Draft({ draft, t, busy, change }) {
  const [text, setText] = useState(draft.content);
  const path = `drafts/${encodeURIComponent(draft.id)}`;
  const save = () => call(`${path}/revisions`, {}, { method: "POST", body: { content: text, based_on: draft.latest } });
  const approve = async () => {
    const revision = text === draft.content ? draft.latest : (await save()).revision;
    await call(`${path}/decisions`, { key: `card-${draft.id}-${revision}-approve` }, { method: "POST", body: { decision: "approve", revision } });
  };
  return (
    <Flex direction="column" gap="xs">
      <Flex gap="xs"><Tag>{draft.kind}</Tag><Tag variant={draft.status === "approved" ? "success" : "warning"}>{draft.status}</Tag></Flex>
      {draft.findings.map((one) => <Text key={one.code + one.place} variant="microcopy">{one.message}</Text>)}
      <TextArea name={`text-${draft.id}`} label={t.text} rows={8} value={text} onChange={setText} />
      <Flex gap="xs">
        <Button size="xs" disabled={busy || text === draft.content} onClick={() => change(save)}>{t.save}</Button>
        {draft.status !== "approved" && draft.status !== "delivered" && (
          <Button size="xs" variant="primary" disabled={busy} onClick={() => change(approve)}>{t.approve.replace("{n}", draft.latest)}</Button>
        )}
      </Flex>
    </Flex>
  );
}

function Ask({ t, account, busy, act }) {
  const [question, setQuestion] = useState("");
  const [answer, setAnswer] = useState(null);
  const ask = () => act(async () => {
    const body = { question, ...(account ? { account_id: account } : {}) };
    setAnswer((await finished(await call("sidebar/questions", { key: newKey() }, { method: "POST", body }))).answer);
  });
  return (
    <Flex direction="column" gap="xs">
      <Divider />
      <TextArea name="question" label={t.question} value={question} onChange={setQuestion} />
      <Button size="xs" variant="primary" disabled={busy || !question.trim()} onClick={ask}>{t.ask}</Button>
      {answer && <Text>{answer.answer}</Text>}
      {answer?.citations.map((one) => (
        <Text key={one.n} variant="microcopy">
          {`[${one.n}] ${one.title}: ${one.quote} `}
          {/^https?:/.test(one.url ?? "") && <Link href={one.url}>↗</Link>}
        </Text>
      ))}
    </Flex>
  );
}
