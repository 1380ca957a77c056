"""The models that the settings name."""

from __future__ import annotations

from pathlib import Path

from copilot.adapters.folder_model_shelf import FolderModelShelf
from copilot.adapters.langchain_chat_model import LangChainChatModel
from copilot.adapters.langchain_usage import LangChainUsage
from copilot.adapters.masking_chat_model import MaskingChatModel, is_masked
from copilot.adapters.recorded_chat_model import REPLAY, RecordingChatModel, ReplayChatModel
from copilot.chat_model import ChatModel
from copilot.curating.cost import Price
from copilot.curating.writer import ChatQuestionWriter, QuestionWriter
from copilot.settings import WORDS_ONLY, Settings
from knowledge.adapters.cached_embedder import CachedEmbedder
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.adapters.sentence_transformer_embedder import SentenceTransformerEmbedder
from knowledge.embedder import Embedder


def fresh_embedder(settings: Settings) -> Embedder:
    """Return the embedder of the settings, without a memory of its own."""
    if settings.embedding_model == WORDS_ONLY:
        return HashingEmbedder()
    return SentenceTransformerEmbedder(
        model=model_name(settings), folder=settings.models, engine=settings.embedding_engine
    )


def model_name(settings: Settings) -> str:
    """Return the model that training has made of the one in the settings, if any was promoted."""
    if settings.embedding_model == WORDS_ONLY:
        return WORDS_ONLY
    shelf = FolderModelShelf(settings.models)
    state = shelf.current()
    trained = state.active if state is not None and state.base == settings.embedding_model else None
    return str(shelf.folder(trained)) if trained else settings.embedding_model


def remembering(embedder: Embedder, settings: Settings) -> Embedder:
    """Let an embedder remember what it has embedded, where that costs more than remembering."""
    if settings.embedding_model == WORDS_ONLY:
        return embedder
    return CachedEmbedder(embedder, settings.home / "cache" / "embeddings.db")


def question_writer_of(settings: Settings) -> QuestionWriter | None:
    """Return who writes questions; None without a chat model."""
    if settings.chat_model is None:
        return None
    meter = LangChainUsage()
    chat_model = chat_model_of(settings, meter)
    assert chat_model is not None  # noqa: S101  # for the type: a model is set
    return ChatQuestionWriter(chat_model=chat_model, meter=meter, count=settings.questions_per_chunk)


def price_of(settings: Settings) -> Price | None:
    """Return what the chat model costs; None where the settings do not tell."""
    if settings.chat_price_input is None and settings.chat_price_output is None:
        return None
    return Price(input=settings.chat_price_input or 0.0, output=settings.chat_price_output or 0.0)


def chat_model_of(settings: Settings, meter: LangChainUsage | None = None) -> ChatModel | None:
    """Return the chat model of the settings, live, recorded or replayed; None where there is none.

    Everybody who asks a chat model asks this one. What is recorded is what was sent, placeholders too.
    """
    if settings.chat_model is None:
        return None
    model = _bare_chat_model(settings, settings.chat_model, meter)
    return (
        MaskingChatModel(model) if is_masked(settings.chat_mask, settings.chat_model, settings.chat_base_url) else model
    )


def _bare_chat_model(settings: Settings, name: str, meter: LangChainUsage | None) -> ChatModel:
    key, record = settings.chat_api_key, settings.chat_record
    if name.startswith(REPLAY):
        return ReplayChatModel(Path(name.removeprefix(REPLAY)), wanted=record)
    model = LangChainChatModel(
        model=name,
        base_url=settings.chat_base_url,
        api_key=key.get_secret_value() if key else None,
        timeout_s=settings.chat_timeout_s,
        callbacks=[meter.callback] if meter else [],
    )
    return RecordingChatModel(model, record) if record else model
