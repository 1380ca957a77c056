"""What a backup and its restore take: `python -m tests.studies.backup [--chunks 50000] [--corpus]`.

Without `--corpus` the index is filled with recombined words and an embedder without a model (labelled synthetic), so
that embedding takes no hours; the figures say nothing about answers.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from copilot.backup.place import Place
from copilot.bootstrap import Application, look, open_application, restore
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from knowledge.chunk import Chunk, ChunkQuestion, Span, chunk_id
from knowledge.document import Audience, Document, DocumentKind, Metadata, StoredDocument, document_id
from knowledge.reader import access_label
from knowledge.store import Indexed

_DIMENSION = 384
_PER_DOCUMENT = 25


def _fill(application: Application, chunks: int) -> None:
    rng = np.random.default_rng(48)
    words = [f"{a}{b}" for a in "续费客户成功经理交付上线复购流失预警" for b in "管理流程目标方案节点责任标准复盘"]
    embedder = HashingEmbedder(_DIMENSION)
    for number in range(chunks // _PER_DOCUMENT):
        name = f"synthetic-{number}.md"
        identity = document_id("synthetic", name)
        texts = [
            "".join(rng.choice(words, 60)) + "。" + "".join(rng.choice(words, 60)) + "。" for _ in range(_PER_DOCUMENT)
        ]
        starts = np.cumsum([0, *(len(text) for text in texts)])
        made = [
            Chunk(
                id=chunk_id(identity, 1, n), document_id=identity, version=1, ordinal=n,
                span=Span(start=int(starts[n]), end=int(starts[n + 1]), text=text, heading_path=(f"第 {n} 节",)),
            )
            for n, text in enumerate(texts)
        ]  # fmt: skip
        questions = [ChunkQuestion(id=f"{identity}.1.q{n}", chunk_id=made[n].id, text=texts[n][:20]) for n in range(5)]
        metadata = Metadata(kind=DocumentKind.OTHER, audience=Audience.INTERNAL)
        stored = StoredDocument(
            id=identity, origin="synthetic", version=1,
            document=Document(source=name, title=f"文档 {number}", text="".join(texts), metadata=metadata),
        )  # fmt: skip
        label = access_label(Audience.INTERNAL, ())
        ids = [one.id for one in made]
        vectors = application.vectors
        vectors.add("chunk", identity, 1, ids, ids, embedder.embed_passages(texts), label, embedder.identity)
        asked = embedder.embed_queries([one.text for one in questions])
        places = [one.chunk_id for one in questions]
        vectors.add("question", identity, 1, [one.id for one in questions], places, asked, label, embedder.identity)
        application.store.save(
            Indexed(
                stored=stored,
                chunks=made,
                questions=questions,
                sentences=[embedder.embed_passages(["a", "b"]) for _ in made],
                content_hash="0" * 64,
                fingerprint="",
                recipe="synthetic",
                at=datetime.now(UTC),
            )
        )


def main() -> None:
    """Fill, back up, look, restore; print what each took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, default=50_000)
    parser.add_argument("--corpus", action="store_true", help="the shipped corpus with the packaged model")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="copilot-study-"))
    try:
        home, again = (Settings(home=folder / name) for name in ("home", "again"))
        begun = time.monotonic()
        with open_application(home, embedder=None if options.corpus else HashingEmbedder(_DIMENSION)) as application:
            if options.corpus:
                application.copilot.ingest([], corpus=True)
            else:
                _fill(application, options.chunks)
            print(f"filled in {time.monotonic() - begun:.0f} s (embedding included)")
            stages: dict[str, float] = {}
            made = application.copilot.backups.make(
                Place.of(folder / "all.tar.zst", datetime.now(UTC)),
                lambda done, total, stage: stages.setdefault(stage, time.monotonic()),
            )
            application.vectors.close()
        sizes = {name: _size(folder / "home" / name) for name in ("copilot.db", "chroma", "originals", "cache")}
        print({name: f"{size / 1e6:.0f} MB" for name, size in sizes.items()})
        print(f"backup: {made.seconds:.1f} s, {made.bytes / 1e6:.1f} MB, {made.vectors} vectors; {made.counts}")
        first = min(stages.values())
        print({stage: f"+{at - first:.1f} s" for stage, at in stages.items()})
        begun = time.monotonic()
        look(Path(made.path))
        print(f"check: {time.monotonic() - begun:.1f} s")
        stages.clear()
        begun = time.monotonic()
        report = restore(
            again, Path(made.path), replacing=False,
            listen=lambda done, total, stage: stages.setdefault(stage, time.monotonic()),
        )  # fmt: skip
        print(f"restore: {time.monotonic() - begun:.1f} s, {report.vectors} vectors, asked {len(report.asked)}")
        print({stage: f"+{at - begun:.1f} s" for stage, at in stages.items()}, report.not_asked)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _size(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


if __name__ == "__main__":
    main()
