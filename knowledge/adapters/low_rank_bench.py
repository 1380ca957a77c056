"""Training and judging the upper half of a sentence-transformers model on a CPU, in minutes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from knowledge.adapters.low_rank_delta import write_delta
from knowledge.adapters.low_rank_layers import UpperLayers, best_sentence
from knowledge.adapters.low_rank_lessons import Batch, Lessons, pace
from knowledge.adapters.token_states import TokenStates
from knowledge.adapters.trainable_model import TrainableModel, write_merged
from knowledge.text import fold
from knowledge.training import Example, JudgedSet, Material, Recipe, StageListener

_MOST_NORM = 1.0
_WEIGHT_DECAY = 0.01
#: What a softmax makes nothing of, and bfloat16 can still hold.
_NEVER = -1e4
#: Tokens that go through the layers at once in a step.
_STEP_TOKENS = 1536


class LowRankBench:
    """Implements `Bench`."""

    def __init__(self, model: TrainableModel, states: TokenStates, upper: UpperLayers) -> None:
        self._model = model
        self._states = states
        self._upper = upper
        self._sentence_share = Recipe.sentence_share

    def fit(
        self, material: Material, examples: Sequence[Example], recipe: Recipe, listen: StageListener
    ) -> list[float]:
        """Learn the low-rank change; return the loss of every step."""
        self._sentence_share = recipe.sentence_share
        lessons = self._lessons(material, examples, listen)
        parameters = self._upper.begin(recipe.seed)
        total = recipe.steps(len(lessons.questions))
        optimizer = torch.optim.AdamW(parameters, lr=recipe.learning_rate, weight_decay=_WEIGHT_DECAY)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: pace(step, total))
        losses = []
        for batch in lessons.batches(recipe):
            loss = self._loss(batch, recipe)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            torch.nn.utils.clip_grad_norm_(parameters, _MOST_NORM)
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
            listen("training", len(losses), total)
        return losses

    def ranks(self, judged: JudgedSet, strength: float, listen: StageListener) -> list[int]:
        """Return the rank of the best right passage of each question, from 1."""
        passages = self._rows(judged.passages, self._model.passage, listen)
        questions = self._rows(judged.questions, self._model.query, listen)
        self._upper.set_strength(strength)
        asked = torch.from_numpy(self._upper.all_vectors(questions))
        near = torch.zeros(len(questions), len(passages))
        done = 0
        with torch.no_grad():
            for batch in self._states.batches(passages):
                near[:, batch] = self._near(asked, [passages[place] for place in batch], self._sentence_share)
                done += len(batch)
                listen(f"judging {judged.name}", done, len(passages))
        best = torch.stack([row[sorted(gold)].max() for row, gold in zip(near, judged.gold, strict=True)])
        return [int(rank) for rank in (near > best[:, None]).sum(1) + 1]

    def save(self, models: Path, strength: float) -> str:
        """Write the changed model as a folder of `models`."""
        return write_merged(self._model.folder, self._upper.delta(), strength, models)

    def save_change(self, path: Path) -> str:
        """Write the change alone."""
        return write_delta(self._upper.delta(), path)

    def _lessons(self, material: Material, examples: Sequence[Example], listen: StageListener) -> Lessons:
        used = sorted({section for example in examples for section in example.sections})
        sections = [material.sections[number] for number in used]
        placed = dict(zip(used, self._rows([s.placed for s in sections], self._model.passage, listen), strict=True))
        bare = dict(zip(used, self._rows([s.bare for s in sections], self._model.passage, listen), strict=True))
        asked = self._rows([example.question for example in examples], self._model.query, listen)
        questions: dict[int, list[int]] = {}
        right: dict[int, set[int]] = {}
        for example, row, nearest in zip(examples, asked, self._nearest(examples, asked, placed), strict=True):
            questions.setdefault(nearest, []).append(row)
            # Also the other sections that an equal question leads to: none of them is a wrong answer.
            right.setdefault(row, set()).update(placed[section] for section in example.sections)
        return Lessons(placed=placed, bare=bare, questions=questions, right=right)

    def _nearest(self, examples: Sequence[Example], asked: Sequence[int], placed: dict[int, int]) -> list[int]:
        """Choose, where several sections may answer, the one that the untrained model finds nearest."""
        unsure = [place for place, example in enumerate(examples) if len(example.sections) > 1]
        nearest = [example.sections[0] for example in examples]
        self._upper.set_strength(0)
        questions = self._upper.all_vectors([asked[place] for place in unsure])
        sections = sorted({section for place in unsure for section in examples[place].sections})
        vectors = dict(zip(sections, self._upper.all_vectors([placed[section] for section in sections]), strict=True))
        for place, question in zip(unsure, questions, strict=True):
            nearest[place] = max(examples[place].sections, key=lambda section: float(vectors[section] @ question))
        return nearest

    def _rows(self, texts: Sequence[str], prompt: Callable[[str], str], listen: StageListener) -> list[int]:
        return self._states.add(
            [prompt(fold(text)) for text in texts], lambda done, total: listen("reading", done, total)
        )

    def _near(self, questions: torch.Tensor, rows: Sequence[int], sentence_share: float) -> torch.Tensor:
        if not sentence_share:
            return questions @ self._upper.vectors(rows).T
        whole, sentences, owners = self._upper.with_sentences(rows)
        nearest = best_sentence(questions, sentences, owners, len(rows))
        return (1 - sentence_share) * questions @ whole.T + sentence_share * nearest

    def _loss(self, batch: Batch, recipe: Recipe) -> torch.Tensor:
        """Cross-entropy over the sections of the batch (multiple negatives ranking, Henderson and others, 2017)."""
        asked = self._upper.vectors(batch.questions)
        # Short texts apart from long ones: less padding to compute, and to remember for the way back.
        parts = self._states.batches(batch.shown, _STEP_TOKENS)
        columns = [self._near(asked, [batch.shown[place] for place in part], recipe.sentence_share) for part in parts]
        order = torch.argsort(torch.tensor([place for part in parts for place in part]))
        near = torch.cat(columns, 1)[:, order]
        also_right = torch.from_numpy(batch.also_right)
        return torch.nn.functional.cross_entropy(
            (near * recipe.scale).masked_fill(also_right, _NEVER), torch.tensor(batch.answers)
        )
