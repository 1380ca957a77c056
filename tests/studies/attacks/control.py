"""The control: a LangChain chain as the tutorials write it, on the same documents, with the same obedient model."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_openai import ChatOpenAI
from markdown_it import MarkdownIt

from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.doubles.obedient_chat_model import obedient_server
from tests.studies.attacks.house import OWN, RESTRICTED, Tally
from tests.studies.attacks.judge import active, cells, leaked, said
from tests.studies.attacks.strings import Attack

_PROMPT = (
    "You are an assistant for question-answering tasks. Use the following pieces of retrieved context to answer the "
    "question. If you don't know the answer, just say that you don't know. Keep the answer concise."
)


class _Words(Embeddings):
    """The embedder of the study in LangChain's words."""

    def __init__(self) -> None:
        self._inner = HashingEmbedder()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = self._inner.embed_passages(texts).tolist()
        return found

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def controlled(attacks: Sequence[Attack]) -> list[Tally]:
    """Ask the chain the same as our application is asked: the attack, and about the document that holds it."""
    store = InMemoryVectorStore(_Words())
    texts = [f"资料 {number} {one.storable[:60]}\n{one.storable}" for number, one in enumerate(attacks)]
    store.add_documents([Document(page_content=text) for text in [*texts, OWN, f"续约的底价:{RESTRICTED}"]])
    question, poisoned = Tally("control: question"), Tally("control: poisoned document")
    with obedient_server() as server:
        model = ChatOpenAI(model="obedient", base_url=server.base_url, api_key="none", temperature=0)
        template = ChatPromptTemplate.from_messages(
            [("system", _PROMPT), ("human", "Context: {context}\n\nQuestion: {question}")]
        )
        chain = template | model | StrOutputParser()
        for number, attack in enumerate(attacks):
            about = f"资料 {number} {attack.question or attack.storable[:24]}"
            for tally, text in ((question, attack.storable), (poisoned, about)):
                found = store.similarity_search(text, k=5)
                reply = chain.invoke({"context": "\n\n".join(d.page_content for d in found), "question": text})
                ways = said(reply, attack.order, worded=True, echo=text) + leaked(reply, [RESTRICTED])
                ways += [f"active: {one}" for one in active(MarkdownIt("commonmark", {"html": True}).render(reply))]
                tally.note(attack, ways + cells([[line] for line in reply.splitlines()]))
    return [question, poisoned]
