"""The other side of the load study: FastAPI around LangChain's Chroma and sentence-transformers, as in tutorials.

`fill` puts the corpus into a collection of the Chroma server, `serve` answers `/v1/search` and `/v1/ask` from it.
Asking runs a chain of retriever, prompt and a chat model that answers at once: all but the model is measured.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.benchmarks import plain
from tests.benchmarks.texts import pages

COLLECTION = "plain-langchain"
_K = 5
_PROMPT = "Answer from these passages only.\n\n{context}\n\nQuestion: {question}"


def store(chroma_url: str, model: Path) -> Any:
    """Return LangChain's store on the server, with the same weights as ours in full precision."""
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    parts = urlsplit(chroma_url)
    client = chromadb.HttpClient(
        host=parts.hostname or "", port=parts.port or 0, settings=Settings(anonymized_telemetry=False)
    )
    return Chroma(client=client, collection_name=COLLECTION, embedding_function=plain.embeddings(model))


def fill(chroma_url: str, model: Path) -> int:
    """Split and store the corpus; returns the number of chunks."""
    documents = plain.split({page.name: page.text for page in pages(10**9)})
    store(chroma_url, model).add_documents(documents)
    return len(documents)


def serve(chroma_url: str, model: Path, port: int) -> None:
    """Answer until ended."""
    import uvicorn
    from fastapi import FastAPI
    from langchain_core.documents import Document
    from langchain_core.language_models import FakeListChatModel
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnablePassthrough

    kept = store(chroma_url, model)
    kept.similarity_search("ready", k=_K)

    def joined(found: list[Document]) -> str:
        return "\n\n".join(one.page_content for one in found)

    chain = (
        {"context": kept.as_retriever(search_kwargs={"k": _K}) | joined, "question": RunnablePassthrough()}
        | ChatPromptTemplate.from_template(_PROMPT)
        | FakeListChatModel(responses=["See the passages."])
        | StrOutputParser()
    )
    app = FastAPI()

    @app.get("/v1/search")
    def search(q: str, k: int = _K) -> dict[str, Any]:
        found = kept.similarity_search_with_score(q, k=k)
        return {"passages": [{"text": one.page_content, "score": score} for one, score in found]}

    @app.post("/v1/ask")
    def ask(body: dict[str, str]) -> dict[str, str]:
        return {"answer": chain.invoke(body["question"])}

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    _task = json.loads(sys.argv[1])
    if _task["step"] == "fill":
        print(fill(_task["chroma_url"], Path(_task["model"])))
    else:
        serve(_task["chroma_url"], Path(_task["model"]), _task["port"])
